"""What the services share: contracts (events, internal), eventing, stores, the service frame, testing."""
