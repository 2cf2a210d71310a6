"""Scores every contact that ended."""
