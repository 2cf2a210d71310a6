"""What can be asked of quality: one module a command or query."""
