"""What a pool is told about its queues and agents, as far as matching needs it."""

from dataclasses import replace

from services.routing.domain.callback_rules import DEFAULT_CALLBACKS, CallbackRules
from services.routing.domain.opening_hours import OpeningHours
from services.routing.domain.queue_steps import Overflow, RuleStep, WayOut
from services.routing.domain.values import dataclass

#: Service target T where a queue names none, seconds (`docs/kpi.md`): live channels 20 s, email 24 h.
DEFAULT_TARGET_SECONDS = {"voice": 20.0, "chat": 20.0, "sms": 20.0, "email": 86_400.0}
LIVE_TARGET_SECONDS = 20.0
#: How a queue chooses among agents who may have a contact.
LONGEST_IDLE, MOST_SKILLED, LEAST_OCCUPIED, ROUND_ROBIN = (
    "longest-idle",
    "most-skilled",
    "least-occupied",
    "round-robin",
)
CHOICES = (LONGEST_IDLE, MOST_SKILLED, LEAST_OCCUPIED, ROUND_ROBIN)


@dataclass(frozen=True, slots=True, kw_only=True)
class SkillLevel:
    """A skill that an agent has, or that a contact requires at least at this level, 1 to 10."""

    skill_id: str
    level: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """A fact about a contact or an agent that expressions may ask for, such as language = cmn."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelCapacity:
    """Capacity units that one contact of a channel takes, and the most contacts of it at once; 0 for none.

    Work of this channel is set aside while the agent handles a contact of a channel in `interruptible_by`, and takes
    no capacity meanwhile.
    """

    channel: str
    units: int
    most: int
    interruptible_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelTarget:
    """The service target T of one channel in a queue."""

    channel: str
    target_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelOffers:
    """How contacts of one channel are offered: how long each rings, to how many agents at once, and whether the
    agent is asked at all.

    `ring_seconds` 0 stands for the queue's. With `auto_accept` an offer is accepted as it is made.
    """

    channel: str
    ring_seconds: float = 0.0
    at_once: int = 1
    auto_accept: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRules:
    """A queue as configured; `target_seconds` 0 stands for the channel's default, `wrap_up_seconds` 0 for none.

    A channel's own target in `channel_targets` goes before `target_seconds`. `choice` is one of `CHOICES`;
    `preferred_skills` rank agents for it and rule nobody out. `sites` limits who is asked at first, none for everybody.
    A contact is kept for its customer's last agent for `sticky_seconds`, if that agent is signed in. `agent_rule` is an
    expression that must hold for contact and agent. `steps` are in the order of their time. A contact that comes
    outside of `opening` takes `when_closed`, and waits where there is none. `callbacks` says how its customers are
    called back.
    """

    queue_id: str
    required_skills: tuple[SkillLevel, ...] = ()
    priority: int = 0
    target_seconds: float = 0.0
    short_abandon_seconds: float = 5.0
    ring_seconds: float = 20.0
    wrap_up_seconds: float = 60.0
    choice: str = LONGEST_IDLE
    channel_targets: tuple[ChannelTarget, ...] = ()
    version: int = 0
    preferred_skills: tuple[SkillLevel, ...] = ()
    sites: tuple[str, ...] = ()
    sticky_seconds: float = 0.0
    agent_rule: str = ""
    channel_offers: tuple[ChannelOffers, ...] = ()
    steps: tuple[RuleStep, ...] = ()
    overflows: tuple[Overflow, ...] = ()
    opening: OpeningHours | None = None
    when_closed: WayOut | None = None
    callbacks: CallbackRules = DEFAULT_CALLBACKS

    @property
    def calling_hours(self) -> OpeningHours | None:
        """When customers may be called back; None for always."""
        return self.callbacks.hours or self.opening

    def target_for(self, channel: str) -> float:
        """Give the service target T of a channel in this queue, in seconds."""
        own = (target.target_seconds for target in self.channel_targets if target.channel == channel)
        return next(own, 0.0) or self.target_seconds or DEFAULT_TARGET_SECONDS.get(channel, LIVE_TARGET_SECONDS)

    def offers_for(self, channel: str) -> ChannelOffers:
        """Say how contacts of a channel are offered, the ring time filled in."""
        own = next((offers for offers in self.channel_offers if offers.channel == channel), None)
        if own is None:
            return ChannelOffers(channel=channel, ring_seconds=self.ring_seconds)
        return own if own.ring_seconds else replace(own, ring_seconds=self.ring_seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRank:
    """An agent's own order of queues: rank 1 before rank 2; a queue without one has rank 1."""

    queue_id: str
    rank: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentProfile:
    """An agent as configured: which queues in which order, which skills, how much at once."""

    agent_id: str
    team_id: str = ""
    site_id: str = ""
    queue_ids: tuple[str, ...] = ()
    skills: tuple[SkillLevel, ...] = ()
    capacity_units: int = 100
    channels: tuple[ChannelCapacity, ...] = ()
    version: int = 0
    queue_ranks: tuple[QueueRank, ...] = ()
    attributes: tuple[Attribute, ...] = ()
