"""Routing's doors: live reads over HTTP."""
