"""Where requests and events enter ticketing."""
