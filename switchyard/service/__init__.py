"""What every service needs around its own logic: settings, logs, telemetry, the HTTP frame, identity, running."""
