"""The gateway's doors: each maps what comes in to the gateway's own commands."""
