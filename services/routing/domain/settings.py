"""What a pool is told about its queues and agents, as far as matching needs it."""

from dataclasses import dataclass

#: Service target T where a queue names none, seconds (`docs/kpi.md`): live channels 20 s, email 24 h.
DEFAULT_TARGET_SECONDS = {"voice": 20.0, "chat": 20.0, "sms": 20.0, "email": 86_400.0}
LIVE_TARGET_SECONDS = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SkillLevel:
    """A skill that an agent has, or that a contact requires at least at this level, 1 to 10."""

    skill_id: str
    level: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelCapacity:
    """Capacity units that one contact of a channel takes, and the most contacts of it at once; 0 for none."""

    channel: str
    units: int
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelTarget:
    """The service target T of one channel in a queue."""

    channel: str
    target_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRules:
    """A queue as configured; `target_seconds` 0 stands for the channel's default, `wrap_up_seconds` 0 for none.

    A channel's own target in `channel_targets` goes before `target_seconds`.
    """

    queue_id: str
    required_skills: tuple[SkillLevel, ...] = ()
    priority: int = 0
    target_seconds: float = 0.0
    short_abandon_seconds: float = 5.0
    ring_seconds: float = 20.0
    wrap_up_seconds: float = 60.0
    choice: str = "longest-idle"
    channel_targets: tuple[ChannelTarget, ...] = ()
    version: int = 0

    def target_for(self, channel: str) -> float:
        """Give the service target T of a channel in this queue, in seconds."""
        own = (target.target_seconds for target in self.channel_targets if target.channel == channel)
        return next(own, 0.0) or self.target_seconds or DEFAULT_TARGET_SECONDS.get(channel, LIVE_TARGET_SECONDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentProfile:
    """An agent as configured: which queues, which skills, how much at once."""

    agent_id: str
    team_id: str = ""
    site_id: str = ""
    queue_ids: tuple[str, ...] = ()
    skills: tuple[SkillLevel, ...] = ()
    capacity_units: int = 100
    channels: tuple[ChannelCapacity, ...] = ()
    version: int = 0
