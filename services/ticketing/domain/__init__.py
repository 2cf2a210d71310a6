"""The rules of tickets: what they are and what may become of them. No clock, no ids made, no I/O."""
