"""The engine that matches waiting contacts and agents, and the settings it works by."""
