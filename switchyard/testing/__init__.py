"""Fakes and process fixtures for tests; shipped, and proven by the same suites as the real parts."""
