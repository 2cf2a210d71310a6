"""Decides what is told to whom and when; surveys."""
