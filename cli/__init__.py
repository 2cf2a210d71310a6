"""The command `switchyard`."""
