"""What can be asked of ticketing: one module a command or query."""
