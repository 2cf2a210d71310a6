"""Every meter of notify."""

from prometheus_client import CollectorRegistry, Counter


class NotifyMetrics:
    """Counts what was announced; tenants, queues and templates are no labels, there are too many."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.announced = Counter(
            "switchyard_notify_events",
            "Events of surveys and notices, and commands to deliver, stored for publishing.",
            ["event"],
            registry=registry,
        )
        self.late_answers = Counter(
            "switchyard_notify_late_answers",
            "Answers to surveys that came after their time and were not counted.",
            registry=registry,
        )
        self.sweep_failures = Counter(
            "switchyard_notify_sweep_failures",
            "Sweeps for expired surveys that the database did not let through; each is tried again.",
            registry=registry,
        )
