"""What analytics does: archive and count, catch up, rebuild, and answer questions about figures."""
