"""A working day replayed through the public doors, and its figures checked against the platform's."""
