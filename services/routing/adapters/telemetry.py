"""Every meter of routing, and the span around a command."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager

from opentelemetry.trace import Tracer
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from services.routing.application.live_pool import LivePool, Spans
from services.routing.application.ports import JournalEntry
from services.routing.domain.accuracy import Accuracy, accuracy
from services.routing.domain.events import OfferMade
from services.routing.domain.stays import Parked, Waiting
from switchyard.eventing.drafting import current_traceparent
from switchyard.eventing.envelope import Received
from switchyard.service.telemetry import message_spans

_EXAMINED = (1, 2, 3, 5, 8, 13, 20)
_TURNS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_AGES = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class RoutingMetrics:
    """Measures of the loop; pools, tenants and agents are no labels, there are too many."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.commands = Counter("switchyard_routing_commands", "Commands read from the log.", registry=registry)
        self.turns = Histogram(
            "switchyard_routing_turn_seconds",
            "Time that a batch of commands takes, from its poll to its announcement.",
            buckets=_TURNS,
            registry=registry,
        )
        self.ages = Histogram(
            "switchyard_routing_command_age_seconds",
            "Age of a pool's newest command when the loop gets to it.",
            buckets=_AGES,
            registry=registry,
        )
        self.behind = Gauge(
            "switchyard_routing_pools_behind",
            "Pools whose commands this replica gets to too late to answer them in time.",
            registry=registry,
        )
        self.refusals = Counter(
            "switchyard_routing_refusals", "Commands refused, by code.", ["code"], registry=registry
        )
        self.events = Counter(
            "switchyard_routing_events", "Events decided, internal ones too, by type.", ["event"], registry=registry
        )
        self.entries = Counter("switchyard_routing_journal_entries", "Journal entries written.", registry=registry)
        self.takeovers = Counter("switchyard_routing_takeovers", "Pools read from the journal.", registry=registry)
        self.fences = Counter(
            "switchyard_routing_fences", "Entries refused because another replica had written.", registry=registry
        )
        self.poison = Counter(
            "switchyard_routing_poison", "Records of the command log sent to the dead letters.", registry=registry
        )
        self.examined = Histogram(
            "switchyard_routing_agents_considered",
            "Agents named in the decision of an offer.",
            buckets=_EXAMINED,
            registry=registry,
        )
        self.pools = Gauge("switchyard_routing_pools", "Pools that this replica serves.", registry=registry)
        self.waiting = Gauge(
            "switchyard_routing_waiting", "Contacts waiting in this replica's pools.", registry=registry
        )
        self.parked = Gauge(
            "switchyard_routing_parked",
            "Contacts that broke a rule and are offered to nobody until somebody moves them.",
            registry=registry,
        )
        self.estimate_error = Gauge(
            "switchyard_routing_estimate_error_seconds",
            "Mean absolute error of the estimated wait, over the last answered contacts of all queues.",
            registry=registry,
        )
        self.estimates_inside = Gauge(
            "switchyard_routing_estimates_inside_band_ratio",
            "Share of true waits inside the estimate's 80 % band, over the last answered contacts of all queues.",
            registry=registry,
        )
        self.agents = Gauge("switchyard_routing_agents", "Agents in this replica's pools.", registry=registry)

    def serve(self, pools: Callable[[], Collection[LivePool]]) -> None:
        """Count what is there when the figures are fetched, not at every turn."""
        self.pools.set_function(lambda: len(pools()))
        self.behind.set_function(lambda: sum(pool.is_behind for pool in pools()))
        self.agents.set_function(lambda: sum(len(pool.state.agents) for pool in pools()))
        self.waiting.set_function(lambda: sum(_count(pool, Waiting) for pool in pools()))
        self.parked.set_function(lambda: sum(_count(pool, Parked) for pool in pools()))
        self.estimate_error.set_function(lambda: _accuracy(pools()).mean_absolute_error_seconds or 0.0)
        self.estimates_inside.set_function(lambda: _accuracy(pools()).inside_band_share or 0.0)

    def turned(self, *, commands: int, seconds: float) -> None:
        if commands:
            self.commands.inc(commands)
            self.turns.observe(seconds)

    def reached(self, age_seconds: float) -> None:
        self.ages.observe(age_seconds)

    def decided(self, entries: Sequence[JournalEntry]) -> None:
        self.entries.inc(len(entries))
        for step in (step for entry in entries for step in entry.steps):
            if step.refusal is not None:
                self.refusals.labels(step.refusal.code).inc()
            for event in step.events:
                self.events.labels(type(event).__name__).inc()
                if isinstance(event, OfferMade):
                    self.examined.observe(len(event.decision.considered))

    def taken_over(self) -> None:
        self.takeovers.inc()

    def fenced(self) -> None:
        self.fences.inc()

    def poisoned(self) -> None:
        self.poison.inc()


def command_spans(tracer: Tracer, group: str) -> Spans:
    """Open a span around each command, child of the sender's; its events belong to it."""
    spans = message_spans(tracer, group)

    @contextmanager
    def around(received: Received) -> Iterator[str | None]:
        with spans(received):
            yield current_traceparent() or received.message.envelope.traceparent

    return around


def _count(pool: LivePool, state: type) -> int:
    return sum(isinstance(stay, state) for stay in tuple(pool.state.contacts.values()))


def _accuracy(pools: Collection[LivePool]) -> Accuracy:
    return accuracy(*(forecast for pool in pools for forecast in tuple(pool.state.forecasts.values())))
