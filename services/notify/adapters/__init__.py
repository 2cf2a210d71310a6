"""Notify's side of the database, the wire, the template language and the meters."""
