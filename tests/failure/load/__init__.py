"""Customers and agents who keep on through faults, and write down what the platform told them."""
