import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
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
    __slots__ = ("contact_id", "entry", "queue_id", "channel", "queued_at", "priority", "required_skills", "transferred_from")
    CONTACT_ID_FIELD_NUMBER: _ClassVar[int]
    ENTRY_FIELD_NUMBER: _ClassVar[int]
    QUEUE_ID_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    QUEUED_AT_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    REQUIRED_SKILLS_FIELD_NUMBER: _ClassVar[int]
    TRANSFERRED_FROM_FIELD_NUMBER: _ClassVar[int]
    contact_id: str
    entry: int
    queue_id: str
    channel: str
    queued_at: _timestamp_pb2.Timestamp
    priority: int
    required_skills: _containers.RepeatedCompositeFieldContainer[SkillLevel]
    transferred_from: str
    def __init__(self, contact_id: _Optional[str] = ..., entry: _Optional[int] = ..., queue_id: _Optional[str] = ..., channel: _Optional[str] = ..., queued_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., priority: _Optional[int] = ..., required_skills: _Optional[_Iterable[_Union[SkillLevel, _Mapping]]] = ..., transferred_from: _Optional[str] = ...) -> None: ...

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
    __slots__ = ("agent_id", "state", "reason")
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    agent_id: str
    state: str
    reason: str
    def __init__(self, agent_id: _Optional[str] = ..., state: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class ConfigureAgent(_message.Message):
    __slots__ = ("agent_id", "team_id", "site_id", "queue_ids", "skills", "capacity_units", "channels", "version")
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    TEAM_ID_FIELD_NUMBER: _ClassVar[int]
    SITE_ID_FIELD_NUMBER: _ClassVar[int]
    QUEUE_IDS_FIELD_NUMBER: _ClassVar[int]
    SKILLS_FIELD_NUMBER: _ClassVar[int]
    CAPACITY_UNITS_FIELD_NUMBER: _ClassVar[int]
    CHANNELS_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    agent_id: str
    team_id: str
    site_id: str
    queue_ids: _containers.RepeatedScalarFieldContainer[str]
    skills: _containers.RepeatedCompositeFieldContainer[SkillLevel]
    capacity_units: int
    channels: _containers.RepeatedCompositeFieldContainer[ChannelCapacity]
    version: int
    def __init__(self, agent_id: _Optional[str] = ..., team_id: _Optional[str] = ..., site_id: _Optional[str] = ..., queue_ids: _Optional[_Iterable[str]] = ..., skills: _Optional[_Iterable[_Union[SkillLevel, _Mapping]]] = ..., capacity_units: _Optional[int] = ..., channels: _Optional[_Iterable[_Union[ChannelCapacity, _Mapping]]] = ..., version: _Optional[int] = ...) -> None: ...

class ChannelCapacity(_message.Message):
    __slots__ = ("channel", "units", "most")
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    UNITS_FIELD_NUMBER: _ClassVar[int]
    MOST_FIELD_NUMBER: _ClassVar[int]
    channel: str
    units: int
    most: int
    def __init__(self, channel: _Optional[str] = ..., units: _Optional[int] = ..., most: _Optional[int] = ...) -> None: ...

class RemoveAgent(_message.Message):
    __slots__ = ("agent_id", "version")
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    agent_id: str
    version: int
    def __init__(self, agent_id: _Optional[str] = ..., version: _Optional[int] = ...) -> None: ...

class ConfigureQueue(_message.Message):
    __slots__ = ("queue_id", "required_skills", "priority", "target_seconds", "short_abandon_seconds", "ring_seconds", "wrap_up_seconds", "choice", "version", "channel_targets")
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
    def __init__(self, queue_id: _Optional[str] = ..., required_skills: _Optional[_Iterable[_Union[SkillLevel, _Mapping]]] = ..., priority: _Optional[int] = ..., target_seconds: _Optional[float] = ..., short_abandon_seconds: _Optional[float] = ..., ring_seconds: _Optional[float] = ..., wrap_up_seconds: _Optional[float] = ..., choice: _Optional[str] = ..., version: _Optional[int] = ..., channel_targets: _Optional[_Iterable[_Union[ChannelTarget, _Mapping]]] = ...) -> None: ...

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
