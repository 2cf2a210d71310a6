"""Changing and reading a tenant's settings; every change reaches the pools as commands in their logs."""
