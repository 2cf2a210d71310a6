import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from switchyard.internal.routing.v1 import opening_hours_pb2 as _opening_hours_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class SkillLevel(_message.Message):
    __slots__ = ("skill_id", "level")
    SKILL_ID_FIELD_NUMBER: _ClassVar[int]
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    skill_id: str
    level: int
    def __init__(self, skill_id: _Optional[str] = ..., level: _Optional[int] = ...) -> None: ...

class EnqueueContact(_message.Message):
    __slots__ = ("contact_id", "entry", "queue_id", "channel", "queued_at", "priority", "required_skills", "transferred_from", "last_agent_id", "attributes", "callable", "callback")
    CONTACT_ID_FIELD_NUMBER: _ClassVar[int]
    ENTRY_FIELD_NUMBER: _ClassVar[int]
    QUEUE_ID_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    QUEUED_AT_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    REQUIRED_SKILLS_FIELD_NUMBER: _ClassVar[int]
    TRANSFERRED_FROM_FIELD_NUMBER: _ClassVar[int]
    LAST_AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    ATTRIBUTES_FIELD_NUMBER: _ClassVar[int]
    CALLABLE_FIELD_NUMBER: _ClassVar[int]
    CALLBACK_FIELD_NUMBER: _ClassVar[int]
    contact_id: str
    entry: int
    queue_id: str
    channel: str
    queued_at: _timestamp_pb2.Timestamp
    priority: int
    required_skills: _containers.RepeatedCompositeFieldContainer[SkillLevel]
    transferred_from: str
    last_agent_id: str
    attributes: _containers.RepeatedCompositeFieldContainer[Attribute]
    callable: bool
    callback: CallbackPlan
    def __init__(self, contact_id: _Optional[str] = ..., entry: _Optional[int] = ..., queue_id: _Optional[str] = ..., channel: _Optional[str] = ..., queued_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., priority: _Optional[int] = ..., required_skills: _Optional[_Iterable[_Union[SkillLevel, _Mapping]]] = ..., transferred_from: _Optional[str] = ..., last_agent_id: _Optional[str] = ..., attributes: _Optional[_Iterable[_Union[Attribute, _Mapping]]] = ..., callable: _Optional[bool] = ..., callback: _Optional[_Union[CallbackPlan, _Mapping]] = ...) -> None: ...

class CallbackPlan(_message.Message):
    __slots__ = ("due_at", "not_after")
    DUE_AT_FIELD_NUMBER: _ClassVar[int]
    NOT_AFTER_FIELD_NUMBER: _ClassVar[int]
    due_at: _timestamp_pb2.Timestamp
    not_after: _timestamp_pb2.Timestamp
    def __init__(self, due_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., not_after: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class RequestCallback(_message.Message):
    __slots__ = ("contact_id", "plan")
    CONTACT_ID_FIELD_NUMBER: _ClassVar[int]
    PLAN_FIELD_NUMBER: _ClassVar[int]
    contact_id: str
    plan: CallbackPlan
    def __init__(self, contact_id: _Optional[str] = ..., plan: _Optional[_Union[CallbackPlan, _Mapping]] = ...) -> None: ...

class RescheduleCallback(_message.Message):
    __slots__ = ("contact_id", "plan")
    CONTACT_ID_FIELD_NUMBER: _ClassVar[int]
    PLAN_FIELD_NUMBER: _ClassVar[int]
    contact_id: str
    plan: CallbackPlan
    def __init__(self, contact_id: _Optional[str] = ..., plan: _Optional[_Union[CallbackPlan, _Mapping]] = ...) -> None: ...

class ReportNotReached(_message.Message):
    __slots__ = ("contact_id", "offer_id", "reason", "agent_id")
    CONTACT_ID_FIELD_NUMBER: _ClassVar[int]
    OFFER_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    contact_id: str
    offer_id: str
    reason: str
    agent_id: str
    def __init__(self, contact_id: _Optional[str] = ..., offer_id: _Optional[str] = ..., reason: _Optional[str] = ..., agent_id: _Optional[str] = ...) -> None: ...

class Attribute(_message.Message):
    __slots__ = ("name", "value")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    name: str
    value: str
    def __init__(self, name: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...

class EndContact(_message.Message):
    __slots__ = ("contact_id", "ended_by", "agent_id")
    CONTACT_ID_FIELD_NUMBER: _ClassVar[int]
    ENDED_BY_FIELD_NUMBER: _ClassVar[int]
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    contact_id: str
    ended_by: str
    agent_id: str
    def __init__(self, contact_id: _Optional[str] = ..., ended_by: _Optional[str] = ..., agent_id: _Optional[str] = ...) -> None: ...

class AcceptOffer(_message.Message):
    __slots__ = ("offer_id", "agent_id")
    OFFER_ID_FIELD_NUMBER: _ClassVar[int]
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    offer_id: str
    agent_id: str
    def __init__(self, offer_id: _Optional[str] = ..., agent_id: _Optional[str] = ...) -> None: ...

class RejectOffer(_message.Message):
    __slots__ = ("offer_id", "agent_id", "reason")
    OFFER_ID_FIELD_NUMBER: _ClassVar[int]
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    offer_id: str
    agent_id: str
    reason: str
    def __init__(self, offer_id: _Optional[str] = ..., agent_id: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class TransferContact(_message.Message):
    __slots__ = ("contact_id", "agent_id", "to_queue", "to_pool")
    CONTACT_ID_FIELD_NUMBER: _ClassVar[int]
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    TO_QUEUE_FIELD_NUMBER: _ClassVar[int]
    TO_POOL_FIELD_NUMBER: _ClassVar[int]
    contact_id: str
    agent_id: str
    to_queue: str
    to_pool: str
    def __init__(self, contact_id: _Optional[str] = ..., agent_id: _Optional[str] = ..., to_queue: _Optional[str] = ..., to_pool: _Optional[str] = ...) -> None: ...

class CompleteWrapUp(_message.Message):
    __slots__ = ("contact_id", "agent_id", "disposition", "ticket_type")
    CONTACT_ID_FIELD_NUMBER: _ClassVar[int]
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    DISPOSITION_FIELD_NUMBER: _ClassVar[int]
    TICKET_TYPE_FIELD_NUMBER: _ClassVar[int]
    contact_id: str
    agent_id: str
    disposition: str
    ticket_type: str
    def __init__(self, contact_id: _Optional[str] = ..., agent_id: _Optional[str] = ..., disposition: _Optional[str] = ..., ticket_type: _Optional[str] = ...) -> None: ...

class SetAgentState(_message.Message):
    __slots__ = ("agent_id", "state", "reason", "queue", "forced_by", "force", "site", "seat")
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    QUEUE_FIELD_NUMBER: _ClassVar[int]
    FORCED_BY_FIELD_NUMBER: _ClassVar[int]
    FORCE_FIELD_NUMBER: _ClassVar[int]
    SITE_FIELD_NUMBER: _ClassVar[int]
    SEAT_FIELD_NUMBER: _ClassVar[int]
    agent_id: str
    state: str
    reason: str
    queue: bool
    forced_by: str
    force: bool
    site: str
    seat: str
    def __init__(self, agent_id: _Optional[str] = ..., state: _Optional[str] = ..., reason: _Optional[str] = ..., queue: _Optional[bool] = ..., forced_by: _Optional[str] = ..., force: _Optional[bool] = ..., site: _Optional[str] = ..., seat: _Optional[str] = ...) -> None: ...

class ExtendWrapUp(_message.Message):
    __slots__ = ("contact_id", "agent_id", "seconds")
    CONTACT_ID_FIELD_NUMBER: _ClassVar[int]
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    SECONDS_FIELD_NUMBER: _ClassVar[int]
    contact_id: str
    agent_id: str
    seconds: float
    def __init__(self, contact_id: _Optional[str] = ..., agent_id: _Optional[str] = ..., seconds: _Optional[float] = ...) -> None: ...

class AssignContact(_message.Message):
    __slots__ = ("contact_id", "agent_id", "by", "force")
    CONTACT_ID_FIELD_NUMBER: _ClassVar[int]
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    BY_FIELD_NUMBER: _ClassVar[int]
    FORCE_FIELD_NUMBER: _ClassVar[int]
    contact_id: str
    agent_id: str
    by: str
    force: bool
    def __init__(self, contact_id: _Optional[str] = ..., agent_id: _Optional[str] = ..., by: _Optional[str] = ..., force: _Optional[bool] = ...) -> None: ...

class ChangePriority(_message.Message):
    __slots__ = ("contact_id", "priority", "by")
    CONTACT_ID_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    BY_FIELD_NUMBER: _ClassVar[int]
    contact_id: str
    priority: int
    by: str
    def __init__(self, contact_id: _Optional[str] = ..., priority: _Optional[int] = ..., by: _Optional[str] = ...) -> None: ...

class TakeOver(_message.Message):
    __slots__ = ("contact_id", "agent_id", "by", "force")
    CONTACT_ID_FIELD_NUMBER: _ClassVar[int]
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    BY_FIELD_NUMBER: _ClassVar[int]
    FORCE_FIELD_NUMBER: _ClassVar[int]
    contact_id: str
    agent_id: str
    by: str
    force: bool
    def __init__(self, contact_id: _Optional[str] = ..., agent_id: _Optional[str] = ..., by: _Optional[str] = ..., force: _Optional[bool] = ...) -> None: ...

class ReportPresence(_message.Message):
    __slots__ = ("agent_id", "present", "version", "grace_seconds")
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    PRESENT_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    GRACE_SECONDS_FIELD_NUMBER: _ClassVar[int]
    agent_id: str
    present: bool
    version: int
    grace_seconds: float
    def __init__(self, agent_id: _Optional[str] = ..., present: _Optional[bool] = ..., version: _Optional[int] = ..., grace_seconds: _Optional[float] = ...) -> None: ...

class ConfigureAgent(_message.Message):
    __slots__ = ("agent_id", "team_id", "site_id", "queue_ids", "skills", "capacity_units", "channels", "version", "queue_ranks", "attributes")
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    TEAM_ID_FIELD_NUMBER: _ClassVar[int]
    SITE_ID_FIELD_NUMBER: _ClassVar[int]
    QUEUE_IDS_FIELD_NUMBER: _ClassVar[int]
    SKILLS_FIELD_NUMBER: _ClassVar[int]
    CAPACITY_UNITS_FIELD_NUMBER: _ClassVar[int]
    CHANNELS_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    QUEUE_RANKS_FIELD_NUMBER: _ClassVar[int]
    ATTRIBUTES_FIELD_NUMBER: _ClassVar[int]
    agent_id: str
    team_id: str
    site_id: str
    queue_ids: _containers.RepeatedScalarFieldContainer[str]
    skills: _containers.RepeatedCompositeFieldContainer[SkillLevel]
    capacity_units: int
    channels: _containers.RepeatedCompositeFieldContainer[ChannelCapacity]
    version: int
    queue_ranks: _containers.RepeatedCompositeFieldContainer[QueueRank]
    attributes: _containers.RepeatedCompositeFieldContainer[Attribute]
    def __init__(self, agent_id: _Optional[str] = ..., team_id: _Optional[str] = ..., site_id: _Optional[str] = ..., queue_ids: _Optional[_Iterable[str]] = ..., skills: _Optional[_Iterable[_Union[SkillLevel, _Mapping]]] = ..., capacity_units: _Optional[int] = ..., channels: _Optional[_Iterable[_Union[ChannelCapacity, _Mapping]]] = ..., version: _Optional[int] = ..., queue_ranks: _Optional[_Iterable[_Union[QueueRank, _Mapping]]] = ..., attributes: _Optional[_Iterable[_Union[Attribute, _Mapping]]] = ...) -> None: ...

class QueueRank(_message.Message):
    __slots__ = ("queue_id", "rank")
    QUEUE_ID_FIELD_NUMBER: _ClassVar[int]
    RANK_FIELD_NUMBER: _ClassVar[int]
    queue_id: str
    rank: int
    def __init__(self, queue_id: _Optional[str] = ..., rank: _Optional[int] = ...) -> None: ...

class ChannelCapacity(_message.Message):
    __slots__ = ("channel", "units", "most", "interruptible_by")
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    UNITS_FIELD_NUMBER: _ClassVar[int]
    MOST_FIELD_NUMBER: _ClassVar[int]
    INTERRUPTIBLE_BY_FIELD_NUMBER: _ClassVar[int]
    channel: str
    units: int
    most: int
    interruptible_by: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, channel: _Optional[str] = ..., units: _Optional[int] = ..., most: _Optional[int] = ..., interruptible_by: _Optional[_Iterable[str]] = ...) -> None: ...

class RemoveAgent(_message.Message):
    __slots__ = ("agent_id", "version")
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    agent_id: str
    version: int
    def __init__(self, agent_id: _Optional[str] = ..., version: _Optional[int] = ...) -> None: ...

class ConfigureQueue(_message.Message):
    __slots__ = ("queue_id", "required_skills", "priority", "target_seconds", "short_abandon_seconds", "ring_seconds", "wrap_up_seconds", "choice", "version", "channel_targets", "preferred_skills", "sites", "sticky_seconds", "agent_rule", "channel_offers", "steps", "overflows", "opening", "when_closed", "callbacks")
    QUEUE_ID_FIELD_NUMBER: _ClassVar[int]
    REQUIRED_SKILLS_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    TARGET_SECONDS_FIELD_NUMBER: _ClassVar[int]
    SHORT_ABANDON_SECONDS_FIELD_NUMBER: _ClassVar[int]
    RING_SECONDS_FIELD_NUMBER: _ClassVar[int]
    WRAP_UP_SECONDS_FIELD_NUMBER: _ClassVar[int]
    CHOICE_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_TARGETS_FIELD_NUMBER: _ClassVar[int]
    PREFERRED_SKILLS_FIELD_NUMBER: _ClassVar[int]
    SITES_FIELD_NUMBER: _ClassVar[int]
    STICKY_SECONDS_FIELD_NUMBER: _ClassVar[int]
    AGENT_RULE_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_OFFERS_FIELD_NUMBER: _ClassVar[int]
    STEPS_FIELD_NUMBER: _ClassVar[int]
    OVERFLOWS_FIELD_NUMBER: _ClassVar[int]
    OPENING_FIELD_NUMBER: _ClassVar[int]
    WHEN_CLOSED_FIELD_NUMBER: _ClassVar[int]
    CALLBACKS_FIELD_NUMBER: _ClassVar[int]
    queue_id: str
    required_skills: _containers.RepeatedCompositeFieldContainer[SkillLevel]
    priority: int
    target_seconds: float
    short_abandon_seconds: float
    ring_seconds: float
    wrap_up_seconds: float
    choice: str
    version: int
    channel_targets: _containers.RepeatedCompositeFieldContainer[ChannelTarget]
    preferred_skills: _containers.RepeatedCompositeFieldContainer[SkillLevel]
    sites: _containers.RepeatedScalarFieldContainer[str]
    sticky_seconds: float
    agent_rule: str
    channel_offers: _containers.RepeatedCompositeFieldContainer[ChannelOffers]
    steps: _containers.RepeatedCompositeFieldContainer[RuleStep]
    overflows: _containers.RepeatedCompositeFieldContainer[Overflow]
    opening: _opening_hours_pb2.OpeningHours
    when_closed: WayOut
    callbacks: CallbackRules
    def __init__(self, queue_id: _Optional[str] = ..., required_skills: _Optional[_Iterable[_Union[SkillLevel, _Mapping]]] = ..., priority: _Optional[int] = ..., target_seconds: _Optional[float] = ..., short_abandon_seconds: _Optional[float] = ..., ring_seconds: _Optional[float] = ..., wrap_up_seconds: _Optional[float] = ..., choice: _Optional[str] = ..., version: _Optional[int] = ..., channel_targets: _Optional[_Iterable[_Union[ChannelTarget, _Mapping]]] = ..., preferred_skills: _Optional[_Iterable[_Union[SkillLevel, _Mapping]]] = ..., sites: _Optional[_Iterable[str]] = ..., sticky_seconds: _Optional[float] = ..., agent_rule: _Optional[str] = ..., channel_offers: _Optional[_Iterable[_Union[ChannelOffers, _Mapping]]] = ..., steps: _Optional[_Iterable[_Union[RuleStep, _Mapping]]] = ..., overflows: _Optional[_Iterable[_Union[Overflow, _Mapping]]] = ..., opening: _Optional[_Union[_opening_hours_pb2.OpeningHours, _Mapping]] = ..., when_closed: _Optional[_Union[WayOut, _Mapping]] = ..., callbacks: _Optional[_Union[CallbackRules, _Mapping]] = ...) -> None: ...

class CallbackRules(_message.Message):
    __slots__ = ("most_attempts", "retry_after_seconds", "give_up_after_seconds", "hours")
    MOST_ATTEMPTS_FIELD_NUMBER: _ClassVar[int]
    RETRY_AFTER_SECONDS_FIELD_NUMBER: _ClassVar[int]
    GIVE_UP_AFTER_SECONDS_FIELD_NUMBER: _ClassVar[int]
    HOURS_FIELD_NUMBER: _ClassVar[int]
    most_attempts: int
    retry_after_seconds: float
    give_up_after_seconds: float
    hours: _opening_hours_pb2.OpeningHours
    def __init__(self, most_attempts: _Optional[int] = ..., retry_after_seconds: _Optional[float] = ..., give_up_after_seconds: _Optional[float] = ..., hours: _Optional[_Union[_opening_hours_pb2.OpeningHours, _Mapping]] = ...) -> None: ...

class ChannelOffers(_message.Message):
    __slots__ = ("channel", "ring_seconds", "at_once", "auto_accept")
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    RING_SECONDS_FIELD_NUMBER: _ClassVar[int]
    AT_ONCE_FIELD_NUMBER: _ClassVar[int]
    AUTO_ACCEPT_FIELD_NUMBER: _ClassVar[int]
    channel: str
    ring_seconds: float
    at_once: int
    auto_accept: bool
    def __init__(self, channel: _Optional[str] = ..., ring_seconds: _Optional[float] = ..., at_once: _Optional[int] = ..., auto_accept: _Optional[bool] = ...) -> None: ...

class RuleStep(_message.Message):
    __slots__ = ("after_seconds", "relax_levels", "raise_priority", "add_queues", "add_sites", "add_agents", "when", "then")
    AFTER_SECONDS_FIELD_NUMBER: _ClassVar[int]
    RELAX_LEVELS_FIELD_NUMBER: _ClassVar[int]
    RAISE_PRIORITY_FIELD_NUMBER: _ClassVar[int]
    ADD_QUEUES_FIELD_NUMBER: _ClassVar[int]
    ADD_SITES_FIELD_NUMBER: _ClassVar[int]
    ADD_AGENTS_FIELD_NUMBER: _ClassVar[int]
    WHEN_FIELD_NUMBER: _ClassVar[int]
    THEN_FIELD_NUMBER: _ClassVar[int]
    after_seconds: float
    relax_levels: int
    raise_priority: int
    add_queues: _containers.RepeatedScalarFieldContainer[str]
    add_sites: _containers.RepeatedScalarFieldContainer[str]
    add_agents: _containers.RepeatedScalarFieldContainer[str]
    when: str
    then: WayOut
    def __init__(self, after_seconds: _Optional[float] = ..., relax_levels: _Optional[int] = ..., raise_priority: _Optional[int] = ..., add_queues: _Optional[_Iterable[str]] = ..., add_sites: _Optional[_Iterable[str]] = ..., add_agents: _Optional[_Iterable[str]] = ..., when: _Optional[str] = ..., then: _Optional[_Union[WayOut, _Mapping]] = ...) -> None: ...

class WayOut(_message.Message):
    __slots__ = ("to_queue", "last_step", "announcement")
    TO_QUEUE_FIELD_NUMBER: _ClassVar[int]
    LAST_STEP_FIELD_NUMBER: _ClassVar[int]
    ANNOUNCEMENT_FIELD_NUMBER: _ClassVar[int]
    to_queue: str
    last_step: str
    announcement: str
    def __init__(self, to_queue: _Optional[str] = ..., last_step: _Optional[str] = ..., announcement: _Optional[str] = ...) -> None: ...

class Overflow(_message.Message):
    __slots__ = ("on", "then", "limit")
    ON_FIELD_NUMBER: _ClassVar[int]
    THEN_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    on: str
    then: WayOut
    limit: int
    def __init__(self, on: _Optional[str] = ..., then: _Optional[_Union[WayOut, _Mapping]] = ..., limit: _Optional[int] = ...) -> None: ...

class ChannelTarget(_message.Message):
    __slots__ = ("channel", "target_seconds")
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    TARGET_SECONDS_FIELD_NUMBER: _ClassVar[int]
    channel: str
    target_seconds: float
    def __init__(self, channel: _Optional[str] = ..., target_seconds: _Optional[float] = ...) -> None: ...

class RemoveQueue(_message.Message):
    __slots__ = ("queue_id", "version")
    QUEUE_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    queue_id: str
    version: int
    def __init__(self, queue_id: _Optional[str] = ..., version: _Optional[int] = ...) -> None: ...

class ConfigureFloorRule(_message.Message):
    __slots__ = ("rule_id", "kind", "enabled", "site_id", "team_id", "limit_seconds", "night_early_seconds", "reasons", "most", "share", "ladder", "version")
    RULE_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    ENABLED_FIELD_NUMBER: _ClassVar[int]
    SITE_ID_FIELD_NUMBER: _ClassVar[int]
    TEAM_ID_FIELD_NUMBER: _ClassVar[int]
    LIMIT_SECONDS_FIELD_NUMBER: _ClassVar[int]
    NIGHT_EARLY_SECONDS_FIELD_NUMBER: _ClassVar[int]
    REASONS_FIELD_NUMBER: _ClassVar[int]
    MOST_FIELD_NUMBER: _ClassVar[int]
    SHARE_FIELD_NUMBER: _ClassVar[int]
    LADDER_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    rule_id: str
    kind: str
    enabled: bool
    site_id: str
    team_id: str
    limit_seconds: float
    night_early_seconds: float
    reasons: _containers.RepeatedScalarFieldContainer[str]
    most: int
    share: float
    ladder: _containers.RepeatedCompositeFieldContainer[LadderRung]
    version: int
    def __init__(self, rule_id: _Optional[str] = ..., kind: _Optional[str] = ..., enabled: _Optional[bool] = ..., site_id: _Optional[str] = ..., team_id: _Optional[str] = ..., limit_seconds: _Optional[float] = ..., night_early_seconds: _Optional[float] = ..., reasons: _Optional[_Iterable[str]] = ..., most: _Optional[int] = ..., share: _Optional[float] = ..., ladder: _Optional[_Iterable[_Union[LadderRung, _Mapping]]] = ..., version: _Optional[int] = ...) -> None: ...

class LadderRung(_message.Message):
    __slots__ = ("name", "after_seconds", "on_repeat")
    NAME_FIELD_NUMBER: _ClassVar[int]
    AFTER_SECONDS_FIELD_NUMBER: _ClassVar[int]
    ON_REPEAT_FIELD_NUMBER: _ClassVar[int]
    name: str
    after_seconds: float
    on_repeat: int
    def __init__(self, name: _Optional[str] = ..., after_seconds: _Optional[float] = ..., on_repeat: _Optional[int] = ...) -> None: ...

class RemoveFloorRule(_message.Message):
    __slots__ = ("rule_id", "version")
    RULE_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    rule_id: str
    version: int
    def __init__(self, rule_id: _Optional[str] = ..., version: _Optional[int] = ...) -> None: ...

class PlanShift(_message.Message):
    __slots__ = ("shift_id", "agent_id", "begins_at", "ends_at", "meals", "night", "version")
    SHIFT_ID_FIELD_NUMBER: _ClassVar[int]
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    BEGINS_AT_FIELD_NUMBER: _ClassVar[int]
    ENDS_AT_FIELD_NUMBER: _ClassVar[int]
    MEALS_FIELD_NUMBER: _ClassVar[int]
    NIGHT_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    shift_id: str
    agent_id: str
    begins_at: _timestamp_pb2.Timestamp
    ends_at: _timestamp_pb2.Timestamp
    meals: _containers.RepeatedCompositeFieldContainer[Meal]
    night: bool
    version: int
    def __init__(self, shift_id: _Optional[str] = ..., agent_id: _Optional[str] = ..., begins_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., ends_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., meals: _Optional[_Iterable[_Union[Meal, _Mapping]]] = ..., night: _Optional[bool] = ..., version: _Optional[int] = ...) -> None: ...

class Meal(_message.Message):
    __slots__ = ("begins_at", "ends_at")
    BEGINS_AT_FIELD_NUMBER: _ClassVar[int]
    ENDS_AT_FIELD_NUMBER: _ClassVar[int]
    begins_at: _timestamp_pb2.Timestamp
    ends_at: _timestamp_pb2.Timestamp
    def __init__(self, begins_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., ends_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class CancelShift(_message.Message):
    __slots__ = ("shift_id", "version")
    SHIFT_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    shift_id: str
    version: int
    def __init__(self, shift_id: _Optional[str] = ..., version: _Optional[int] = ...) -> None: ...

class CancelBreak(_message.Message):
    __slots__ = ("agent_id",)
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    agent_id: str
    def __init__(self, agent_id: _Optional[str] = ...) -> None: ...
