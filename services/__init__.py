"""The six services; none imports another."""
