"""How the outside reaches analytics: the consumer of events, and REST."""
