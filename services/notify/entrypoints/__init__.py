"""Where requests, events and time enter notify."""
