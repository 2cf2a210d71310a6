"""What a tenant sets up: sites, teams, skills, pools, profiles, queues and agents, as people enter them."""

from dataclasses import dataclass, field

from services.routing.domain.calendars import BusinessHours, Holidays
from services.routing.domain.callback_rules import DEFAULT_QUEUE_CALLBACKS, QueueCallbacks
from services.routing.domain.declared_emergency import DeclaredEmergency
from services.routing.domain.floor.rules import DEFAULT_RULES, FloorRule
from services.routing.domain.floor.shifts import Shift
from services.routing.domain.queue_steps import Overflow, RuleStep, WayOut
from services.routing.domain.setting import Setting as Setting  # noqa: PLC0414 - read from here with its kinds
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

    What the fields from `choice` on mean is said at `QueueRules`. `business_hours` and `holidays` are ids; without the
    first the queue is always open. A contact that comes while it is closed takes `when_closed`, and waits where that
    is None.
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
    business_hours: str | None = None
    holidays: str | None = None
    when_closed: WayOut | None = None
    callbacks: QueueCallbacks = DEFAULT_QUEUE_CALLBACKS


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfiguredFloorRule(Setting):
    """What every pool holds its agents to; the rule's id is the setting's."""

    rule: FloorRule


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfiguredShift(Setting):
    """When an agent is on duty, told to every pool, for agents move; the shift's id is the setting's."""

    shift: Shift


#: The plural that names a kind in paths, sources and keys.
KINDS: dict[type[Setting], str] = {
    Site: "sites",
    Team: "teams",
    Skill: "skills",
    Pool: "pools",
    RoutingProfile: "routing-profiles",
    Queue: "queues",
    ConfiguredAgent: "agents",
    BusinessHours: "business-hours",
    Holidays: "holidays",
    DeclaredEmergency: "emergency",
    ConfiguredFloorRule: "floor-rules",
    ConfiguredShift: "shifts",
}

_RULE_NAMES = {
    "sign-in-on-time": "Signed in within 3 minutes, 5 minutes early for a night shift 按时签入",
    "no-early-sign-out": "Not signed out before the shift is over 不提前签出",
    "break-10-minutes": "Breaks of at most 10 minutes 小休不超过10分钟",
    "breaks-at-once": "At most a fifth of a team on break at once 同时小休人数",
    "no-unexplained-not-ready": "Not ready without a reason for at most a minute 无理由示忙",
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
    *(ConfiguredFloorRule(id=rule.rule_id, name=_RULE_NAMES[rule.rule_id], rule=rule) for rule in DEFAULT_RULES),
)


def built_in(kind: type[Setting], id: str) -> Setting | None:  # noqa: A002 - the field's own name
    """Give what exists without being made, if this is it."""
    return next((thing for thing in BUILT_IN if isinstance(thing, kind) and thing.id == id), None)
