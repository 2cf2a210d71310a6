"""What the gateway does, a module per command or query, over the ports that `ports.py` names."""
