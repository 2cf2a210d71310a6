"""What a tenant sets up: sites, teams, skills, pools, profiles, queues and agents, as people enter them."""

from dataclasses import dataclass, field

from services.routing.domain.queue_steps import Overflow, RuleStep
from services.routing.domain.settings import (
    LONGEST_IDLE,
    Attribute,
    ChannelCapacity,
    ChannelOffers,
    QueueRank,
    SkillLevel,
)

DEFAULT_POOL = "default"
DEFAULT_PROFILE = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What every kind has; `id` is unique within tenant and kind."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Site(Setting):
    time_zone: str = "UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class Team(Setting):
    site: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Skill(Setting):
    """An ability that queues may require and agents have at a level."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool(Setting):
    """Queues and agents matched together by one engine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingProfile(Setting):
    """How much an agent holds at once: units in all, and per channel the units of one contact and the most of them."""

    capacity_units: int = 100
    channels: tuple[ChannelCapacity, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue(Setting):
    """`channel_targets` go before `target_seconds`, and where that is None each channel's default holds.

    What the fields from `choice` on mean is said at `QueueRules`.
    """

    pool: str = DEFAULT_POOL
    channels: tuple[str, ...] | None = None
    required_skills: tuple[SkillLevel, ...] = ()
    priority: int = 0
    target_seconds: float | None = None
    channel_targets: tuple[tuple[str, float], ...] = ()
    short_abandon_seconds: float = 5.0
    ring_seconds: float = 20.0
    wrap_up_seconds: float = 60.0
    greeting: str | None = None
    choice: str = LONGEST_IDLE
    preferred_skills: tuple[SkillLevel, ...] = ()
    sites: tuple[str, ...] = ()
    sticky_seconds: float = 0.0
    agent_rule: str = ""
    channel_offers: tuple[ChannelOffers, ...] = ()
    steps: tuple[RuleStep, ...] = ()
    overflows: tuple[Overflow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfiguredAgent(Setting):
    """`leaving_pool` is where the agent still is while moving: the new pool takes them once the old let them go."""

    team: str | None = None
    pool: str = DEFAULT_POOL
    queues: tuple[str, ...] = ()
    skills: tuple[SkillLevel, ...] = ()
    routing_profile: str = DEFAULT_PROFILE
    address: str | None = None
    leaving_pool: str = field(default="")
    queue_ranks: tuple[QueueRank, ...] = ()
    attributes: tuple[Attribute, ...] = ()


#: The plural that names a kind in paths, sources and keys.
KINDS: dict[type[Setting], str] = {
    Site: "sites",
    Team: "teams",
    Skill: "skills",
    Pool: "pools",
    RoutingProfile: "routing-profiles",
    Queue: "queues",
    ConfiguredAgent: "agents",
}

#: What every tenant has without making it: one call at a time, or several written contacts side by side.
BUILT_IN: tuple[Setting, ...] = (
    Pool(id=DEFAULT_POOL, name="Default"),
    RoutingProfile(
        id=DEFAULT_PROFILE,
        name="Default",
        channels=(
            ChannelCapacity(channel="voice", units=100, most=1),
            ChannelCapacity(channel="chat", units=30, most=3),
            ChannelCapacity(channel="sms", units=20, most=5),
            ChannelCapacity(channel="email", units=20, most=5),
        ),
    ),
)


def built_in(kind: type[Setting], id: str) -> Setting | None:  # noqa: A002 - the field's own name
    """Give what exists without being made, if this is it."""
    return next((thing for thing in BUILT_IN if isinstance(thing, kind) and thing.id == id), None)
