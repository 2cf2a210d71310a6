"""What a scenario says. Spans are in seconds; `..._seconds` from the beginning of the simulated time."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Annotated, Literal, TypeAlias

from services.routing.domain.organisation import BUILT_IN, RoutingProfile
from services.routing.domain.settings import AgentProfile, ChannelCapacity, QueueRules, SkillLevel
from services.routing.simulation.limits import Limits
from services.routing.simulation.spreads import Constant, PositiveSeconds, Seconds, Shape, Share, Timed
from services.routing.simulation.written import Inline

Id: TypeAlias = Annotated[str, Limits(pattern=r"[A-Za-z0-9_-]{1,64}", says="1 to 64 letters, digits, - or _")]
Channel: TypeAlias = Annotated[
    str, Limits(pattern=r"[a-z][a-z0-9_-]{0,31}", says="a channel's name, such as voice or chat")
]
NO_TIME = Constant(seconds=0.0)
#: When customers on hold are asked whether they would rather be called, and when who missed an offer is back.
ASKS_AFTER, BACK_AFTER = Constant(seconds=60.0), Constant(seconds=30.0)
#: A day; a wrap-up ends when its drawn time is over, not by the queue's limit, unless the scenario sets one.
NO_WRAP_UP_LIMIT = 86_400.0
_MOST_PERIODS = 3_000


def _default_channels() -> tuple[ChannelCapacity, ...]:
    """What an agent without a profile of its own may hold, as in production."""
    return next(each.channels for each in BUILT_IN if isinstance(each, RoutingProfile))


@dataclass(frozen=True, slots=True, kw_only=True)
class Handling:
    """What a contact takes of an agent."""

    talk: Timed
    wrap_up: Timed = NO_TIME


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrivals:
    """Customers of one kind. Exactly one of `counts`, `rates_per_hour` and `at_seconds` says how many come when.

    `process` is `poisson` (counts are means) or `counted` (so many in each period, at uniform instants).
    `busyness_shape` makes whole days busier or quieter: a factor of mean 1, gamma with that shape, for each day.
    Without a channel, handling or patience of their own they have the queue's.
    """

    counts: Annotated[tuple[Annotated[float, Limits(least=0, most=1e6)], ...], Limits(longest=_MOST_PERIODS)] = ()
    rates_per_hour: Annotated[
        tuple[Annotated[float, Limits(least=0, most=1e7)], ...], Limits(longest=_MOST_PERIODS)
    ] = ()
    at_seconds: Annotated[tuple[Seconds, ...], Limits(longest=1_000_000)] = ()
    process: Literal["poisson", "counted"] = "poisson"
    period_seconds: PositiveSeconds | None = None
    busyness_shape: Shape | None = None
    priority: Annotated[int, Limits(least=-1_000, most=1_000)] = 0
    required_skills: tuple[SkillLevel, ...] = ()
    channel: Channel | None = None
    handling: Handling | None = None
    patience: Timed | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """Customers who call again after a delay, each at most `most` times."""

    delay: Timed
    after_abandoned: Share = 0.0
    after_blocked: Share = 0.0
    after_answered: Share = 0.0
    most: Annotated[int, Limits(least=1, most=100)] = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Callbacks:
    """Customers who would rather be called back, and how many of those called answer the telephone.

    A share of those who still wait `after_seconds` after they came asks for it; they are called in their place.
    """

    asks: Share = 0.0
    after_seconds: Timed = ASKS_AFTER
    answers: Share = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """What an agent does with an offer: takes it after a delay, rejects it then, or lets it ring.

    Whoever let an offer ring comes back `back_after_seconds` after being set not ready.
    """

    delay: Timed = NO_TIME
    rejects: Share = 0.0
    lets_ring: Share = 0.0
    back_after_seconds: Timed = BACK_AFTER


@dataclass(frozen=True, slots=True, kw_only=True)
class OfChannel:
    """What is different for a queue's customers on one channel; the rest is the queue's own."""

    handling: Handling | None = None
    patience: Timed | None = None
    callback: Callbacks | None = None
    acceptance: Acceptance | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedQueue:
    """A queue, its customers and its work; every rule that a queue can have is written beside these fields.

    `acceptance` says how its offers are taken by agents who have none of their own.
    """

    id: Id
    rules: Annotated[
        QueueRules, Inline(hidden={"queue_id": "", "version": 1}, defaults={"wrap_up_seconds": NO_WRAP_UP_LIMIT})
    ]
    channel: Channel = "voice"
    arrivals: Annotated[tuple[Arrivals, ...], Limits(longest=200)] = ()
    handling: Handling
    patience: Timed | None = None
    again: Again | None = None
    callback: Callbacks = Callbacks()
    acceptance: Acceptance = Acceptance()
    by_channel: Mapping[str, OfChannel] = field(default_factory=dict)

    def on(self, channel: str) -> "SimulatedQueue":
        """Give the queue as it is for customers on a channel."""
        own = self.by_channel.get(channel, OfChannel())
        given = {each.name: getattr(own, each.name) for each in fields(own)}
        return replace(self, **{name: value for name, value in given.items() if value is not None})

    def channels(self) -> tuple[str, ...]:
        """Give every channel that customers come on, the queue's own where none come."""
        found = dict.fromkeys(each.channel or self.channel for each in self.arrivals)
        return tuple(found) or (self.channel,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Agents alike: `staff` says how many there are in each period, the last number holds to the end.

    Every field of an agent's profile, its queues first of all, is written beside these. Without an `acceptance` of
    their own they take offers as the queue says.
    """

    id: Id
    profile: Annotated[
        AgentProfile, Inline(hidden={"agent_id": "", "version": 1}, defaults={"channels": _default_channels()})
    ]
    staff: Annotated[
        tuple[Annotated[int, Limits(least=0, most=20_000)], ...], Limits(shortest=1, longest=_MOST_PERIODS)
    ]
    period_seconds: PositiveSeconds | None = None
    handling: Mapping[str, Handling] = field(default_factory=dict)
    acceptance: Acceptance | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    from_seconds: Seconds
    to_seconds: Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class RosteredAgent:
    """One agent with shifts of their own, there all the time without any; counted in `group`."""

    id: Id
    profile: Annotated[
        AgentProfile, Inline(hidden={"agent_id": "", "version": 1}, defaults={"channels": _default_channels()})
    ]
    group: Id = "agents"
    shifts: Annotated[tuple[Shift, ...], Limits(longest=100)] = ()
    handling: Mapping[str, Handling] = field(default_factory=dict)
    acceptance: Acceptance | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """Customers arrive for `open_seconds`; for up to `closing_seconds` more, what waits is still served.

    `begins_at` names the local time of the beginning. What enters a queue before `warm_up_seconds` is not counted.
    `lines` bounds the customers who wait or talk at once; beyond, they hear the busy tone. `busyness_shape` is a
    factor of the day, as for arrivals, that all queues share.
    """

    name: Annotated[str, Limits(pattern=r".{1,200}", says="a name")] = "scenario"
    begins_at: datetime = datetime(2026, 1, 5)  # noqa: DTZ001 - local time without a zone is meant
    open_seconds: PositiveSeconds
    closing_seconds: Seconds = 3_600.0
    warm_up_seconds: Seconds = 0.0
    period_seconds: PositiveSeconds = 1_800.0
    seed: Annotated[int, Limits(least=0, most=2**53)] = 1
    replications: Annotated[int, Limits(least=1, most=1_000)] = 10
    lines: Annotated[int, Limits(least=1, most=1_000_000)] | None = None
    busyness_shape: Shape | None = None
    queues: Annotated[tuple[SimulatedQueue, ...], Limits(shortest=1, longest=500)]
    groups: Annotated[tuple[Group, ...], Limits(longest=500)] = ()
    agents: Annotated[tuple[RosteredAgent, ...], Limits(longest=20_000)] = ()

    def crews(self) -> Iterator[tuple[str, Group | RosteredAgent]]:
        """Give everybody who works, after a JSON pointer to where."""
        yield from ((f"/groups/{number}", group) for number, group in enumerate(self.groups))
        yield from ((f"/agents/{number}", agent) for number, agent in enumerate(self.agents))
