"""Contacts, their lines and customers, entry points and deliveries: rules only, no clock, no ids made here."""
