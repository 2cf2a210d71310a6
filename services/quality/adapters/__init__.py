"""Quality's side of the database, the wire, the gateway and the meters."""
