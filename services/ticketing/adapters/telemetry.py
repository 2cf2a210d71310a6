"""Every meter of ticketing."""

from prometheus_client import CollectorRegistry, Counter


class TicketingMetrics:
    """Counts what was announced; tenants and agents are no labels, there are too many."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.announced = Counter(
            "switchyard_ticketing_events", "Events of tickets stored for publishing.", ["event"], registry=registry
        )
        self.without_ticket = Counter(
            "switchyard_ticketing_contacts_without_ticket",
            "Closed contacts for which nothing was opened: seen before, not handled, or no ticket asked for.",
            registry=registry,
        )
