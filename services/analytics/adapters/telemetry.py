"""Every meter of analytics."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram


class AnalyticsMetrics:
    """Counts by outcome only: tenants, queues and agents are no labels, there are too many."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.events = Counter(
            "switchyard_analytics_events",
            "Events taken: counted, uncounted (archived, but no figure knows the type), repeated or unreadable.",
            ["outcome"],
            registry=registry,
        )
        self.gaps = Counter(
            "switchyard_analytics_gaps",
            "Events that came without the one before them in their source.",
            registry=registry,
        )
        self.freshness = Gauge(
            "switchyard_analytics_freshness_seconds",
            "Age of the figures: now less the moment up to which everything published is counted.",
            registry=registry,
        )
        self.batch = Histogram(
            "switchyard_analytics_batch_seconds",
            "Time to archive and count one batch.",
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0),
            registry=registry,
        )
