"""Every meter of quality."""

from prometheus_client import CollectorRegistry, Counter, Histogram


class QualityMetrics:
    """Counts evaluations; tenants, agents and scorecards are no labels, there are too many."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.evaluations = Counter(
            "switchyard_quality_evaluations",
            "Evaluations stored, by whether they passed and whether they want a reviewer.",
            ["passed", "flagged"],
            registry=registry,
        )
        self.transcript_seconds = Histogram(
            "switchyard_quality_transcript_seconds",
            "Time to fetch a contact's transcript from the gateway.",
            registry=registry,
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0),
        )
        self.transcripts_unavailable = Counter(
            "switchyard_quality_transcripts_unavailable",
            "Transcripts that the gateway did not give; each is asked for again.",
            registry=registry,
        )
