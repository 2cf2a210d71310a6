"""The parts of the gateway, joined one by one for its bootstrap."""
