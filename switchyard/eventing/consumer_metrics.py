"""What is counted about consumers; declared once a registry, children cached because looking labels up costs more."""

from weakref import WeakKeyDictionary

from prometheus_client import CollectorRegistry, Counter, Gauge

_declared: "WeakKeyDictionary[CollectorRegistry, ConsumerMetrics]" = WeakKeyDictionary()


class ConsumerMetrics:
    """Make it by `consumer_metrics`: a registry refuses a second declaration."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.messages = Counter(
            "switchyard_consumed_messages",
            "Messages taken off the broker, by what became of them: done, duplicate, retried, poisoned, waiting "
            "behind another of their subject, malformed, or unknown (of a type this group does not handle)",
            ["group", "outcome"],
            registry=registry,
        )
        self.blocked = Gauge(
            "switchyard_blocked_subjects",
            "Subjects whose messages wait for a retry or a replay",
            ["group"],
            registry=registry,
        )
        self.lag = Gauge(
            "switchyard_consumer_lag",
            "Messages on the broker that the group has yet to handle",
            ["group"],
            registry=registry,
        )


def consumer_metrics(registry: CollectorRegistry) -> ConsumerMetrics:
    """Give the registry's metrics of consumers, declared when first asked for."""
    if registry not in _declared:
        _declared[registry] = ConsumerMetrics(registry)
    return _declared[registry]


class GroupCounts:
    """One group's children."""

    def __init__(self, metrics: ConsumerMetrics, group: str) -> None:
        count = metrics.messages.labels
        self.done = count(group, "done")
        self.duplicate = count(group, "duplicate")
        self.retried = count(group, "retried")
        self.poisoned = count(group, "poisoned")
        self.waiting = count(group, "waiting")
        self.malformed = count(group, "malformed")
        self.unknown = count(group, "unknown")
        self.blocked = metrics.blocked.labels(group)
        self.lag = metrics.lag.labels(group)
