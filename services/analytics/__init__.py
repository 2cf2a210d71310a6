"""Folds all events into live and interval figures."""
