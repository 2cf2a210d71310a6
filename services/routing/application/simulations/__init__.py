"""Simulations asked for at the door: kept, played one at a time in a process of their own, answered when done."""
