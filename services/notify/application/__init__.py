"""What can be asked of notify: one module a command or query."""
