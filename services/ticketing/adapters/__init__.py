"""Ticketing's side of the database, the wire and the meters."""
