"""Analytics' side of the database and of telemetry."""
