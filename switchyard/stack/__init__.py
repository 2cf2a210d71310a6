"""Brokers and databases as child processes: for trying, developing and testing, never for production."""
