"""Metrics of the HTTP edge, which every service has alike."""

from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, Counter, Histogram

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


@dataclass(slots=True)
class HttpMetrics:
    """Requests by route template, never by path: an id in a label would be a time series each."""

    registry: CollectorRegistry
    _seconds: Histogram = field(init=False)
    _requests: Counter = field(init=False)
    _children: dict[tuple[str, str, int], tuple[Histogram, Counter]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._seconds = Histogram(
            "switchyard_http_request_seconds",
            "Time to answer a request, by route.",
            ("method", "route"),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._requests = Counter(
            "switchyard_http_requests",
            "Requests answered, by route and status.",
            ("method", "route", "status"),
            registry=self.registry,
        )

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        child = self._children.get((method, route, status))
        if child is None:
            histogram = self._seconds.labels(method, route)
            child = histogram, self._requests.labels(method, route, str(status))
            self._children[(method, route, status)] = child
        child[0].observe(seconds)
        child[1].inc()
