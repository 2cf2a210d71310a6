"""Every metric of the door, declared before use (docs/metrics.md); none is labelled by a tenant or a credential."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from services.gateway.application.door.answers import Answer, Answered, Refused


class DoorMetrics:
    def __init__(self, registry: CollectorRegistry) -> None:
        self._commands = Histogram(
            "switchyard_gateway_command_seconds",
            "Time from a REST command to its answer from routing, by outcome: done, refused, pending or unavailable.",
            ("outcome",),
            registry=registry,
            buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
        )
        self._refused = Counter(
            "switchyard_gateway_credentials_refused",
            "Requests without a good credential, by code.",
            ("code",),
            registry=registry,
        )
        self._turned_away = Counter(
            "switchyard_gateway_requests_turned_away",
            "Requests turned away by code: rate-limited or backlog.",
            ("code",),
            registry=registry,
        )
        self._repeats = Counter(
            "switchyard_gateway_idempotent_requests",
            "Requests under an Idempotency-Key by what they met: first, replayed, reused or in-progress.",
            ("result",),
            registry=registry,
        )
        self._registry = registry

    def command(self, answer: Answer | None, seconds: float) -> None:
        """Count a command; None where the broker did not take it."""
        self._commands.labels(_outcome(answer)).observe(seconds)

    def credential_refused(self, code: str) -> None:
        self._refused.labels(code).inc()

    def turned_away(self, code: str) -> None:
        self._turned_away.labels(code).inc()

    def idempotent(self, result: str) -> None:
        self._repeats.labels(result).inc()

    def watch(self, *, sessions: Callable[[], int], readers: Callable[[], int]) -> None:
        """Show what is read when the metrics are."""
        gauges = (
            (
                "switchyard_gateway_stream_sessions",
                "Sessions of the stream, those that may still be resumed included.",
                sessions,
            ),
            ("switchyard_gateway_event_readers", "Connections that read public events.", readers),
        )
        for name, text, value in gauges:
            Gauge(name, text, registry=self._registry).set_function(value)


def _outcome(answer: Answer | None) -> str:
    match answer:
        case None:
            return "unavailable"
        case Answered():
            return "done"
        case Refused():
            return "refused"
        case _:
            return "pending"
