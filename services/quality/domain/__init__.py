"""The rules of quality: what a scorecard asks and how a conversation answers. No clock, no ids made, no I/O."""
