import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Entry(_message.Message):
    __slots__ = ("contact_id", "number", "queue_id", "channel", "pool_id", "queued_at", "target_seconds", "short_abandon_seconds", "callback_attempt")
    CONTACT_ID_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    QUEUE_ID_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    POOL_ID_FIELD_NUMBER: _ClassVar[int]
    QUEUED_AT_FIELD_NUMBER: _ClassVar[int]
    TARGET_SECONDS_FIELD_NUMBER: _ClassVar[int]
    SHORT_ABANDON_SECONDS_FIELD_NUMBER: _ClassVar[int]
    CALLBACK_ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    contact_id: str
    number: int
    queue_id: str
    channel: str
    pool_id: str
    queued_at: _timestamp_pb2.Timestamp
    target_seconds: float
    short_abandon_seconds: float
    callback_attempt: int
    def __init__(self, contact_id: _Optional[str] = ..., number: _Optional[int] = ..., queue_id: _Optional[str] = ..., channel: _Optional[str] = ..., pool_id: _Optional[str] = ..., queued_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., target_seconds: _Optional[float] = ..., short_abandon_seconds: _Optional[float] = ..., callback_attempt: _Optional[int] = ...) -> None: ...

class Holder(_message.Message):
    __slots__ = ("agent_id", "team_id", "site_id")
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    TEAM_ID_FIELD_NUMBER: _ClassVar[int]
    SITE_ID_FIELD_NUMBER: _ClassVar[int]
    agent_id: str
    team_id: str
    site_id: str
    def __init__(self, agent_id: _Optional[str] = ..., team_id: _Optional[str] = ..., site_id: _Optional[str] = ...) -> None: ...

class Decision(_message.Message):
    __slots__ = ("rule", "considered", "candidates", "rule_step")
    RULE_FIELD_NUMBER: _ClassVar[int]
    CONSIDERED_FIELD_NUMBER: _ClassVar[int]
    CANDIDATES_FIELD_NUMBER: _ClassVar[int]
    RULE_STEP_FIELD_NUMBER: _ClassVar[int]
    rule: str
    considered: _containers.RepeatedCompositeFieldContainer[ConsideredAgent]
    candidates: int
    rule_step: int
    def __init__(self, rule: _Optional[str] = ..., considered: _Optional[_Iterable[_Union[ConsideredAgent, _Mapping]]] = ..., candidates: _Optional[int] = ..., rule_step: _Optional[int] = ...) -> None: ...

class ConsideredAgent(_message.Message):
    __slots__ = ("agent_id", "verdict", "idle_seconds", "rank", "measure")
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    VERDICT_FIELD_NUMBER: _ClassVar[int]
    IDLE_SECONDS_FIELD_NUMBER: _ClassVar[int]
    RANK_FIELD_NUMBER: _ClassVar[int]
    MEASURE_FIELD_NUMBER: _ClassVar[int]
    agent_id: str
    verdict: str
    idle_seconds: float
    rank: int
    measure: int
    def __init__(self, agent_id: _Optional[str] = ..., verdict: _Optional[str] = ..., idle_seconds: _Optional[float] = ..., rank: _Optional[int] = ..., measure: _Optional[int] = ...) -> None: ...

class ContactQueued(_message.Message):
    __slots__ = ("entry", "priority", "required_skills", "transferred_from", "kept_for")
    ENTRY_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    REQUIRED_SKILLS_FIELD_NUMBER: _ClassVar[int]
    TRANSFERRED_FROM_FIELD_NUMBER: _ClassVar[int]
    KEPT_FOR_FIELD_NUMBER: _ClassVar[int]
    entry: Entry
    priority: int
    required_skills: _containers.RepeatedCompositeFieldContainer[RequiredSkill]
    transferred_from: str
    kept_for: str
    def __init__(self, entry: _Optional[_Union[Entry, _Mapping]] = ..., priority: _Optional[int] = ..., required_skills: _Optional[_Iterable[_Union[RequiredSkill, _Mapping]]] = ..., transferred_from: _Optional[str] = ..., kept_for: _Optional[str] = ...) -> None: ...

class SearchWidened(_message.Message):
    __slots__ = ("entry", "step", "reason", "priority", "required_skills", "queues", "sites", "agents")
    ENTRY_FIELD_NUMBER: _ClassVar[int]
    STEP_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    REQUIRED_SKILLS_FIELD_NUMBER: _ClassVar[int]
    QUEUES_FIELD_NUMBER: _ClassVar[int]
    SITES_FIELD_NUMBER: _ClassVar[int]
    AGENTS_FIELD_NUMBER: _ClassVar[int]
    entry: Entry
    step: int
    reason: str
    priority: int
    required_skills: _containers.RepeatedCompositeFieldContainer[RequiredSkill]
    queues: _containers.RepeatedScalarFieldContainer[str]
    sites: _containers.RepeatedScalarFieldContainer[str]
    agents: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, entry: _Optional[_Union[Entry, _Mapping]] = ..., step: _Optional[int] = ..., reason: _Optional[str] = ..., priority: _Optional[int] = ..., required_skills: _Optional[_Iterable[_Union[RequiredSkill, _Mapping]]] = ..., queues: _Optional[_Iterable[str]] = ..., sites: _Optional[_Iterable[str]] = ..., agents: _Optional[_Iterable[str]] = ...) -> None: ...

class RequiredSkill(_message.Message):
    __slots__ = ("skill_id", "level")
    SKILL_ID_FIELD_NUMBER: _ClassVar[int]
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    skill_id: str
    level: int
    def __init__(self, skill_id: _Optional[str] = ..., level: _Optional[int] = ...) -> None: ...

class OfferMade(_message.Message):
    __slots__ = ("entry", "offer_id", "holder", "expires_at", "decision")
    ENTRY_FIELD_NUMBER: _ClassVar[int]
    OFFER_ID_FIELD_NUMBER: _ClassVar[int]
    HOLDER_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_FIELD_NUMBER: _ClassVar[int]
    DECISION_FIELD_NUMBER: _ClassVar[int]
    entry: Entry
    offer_id: str
    holder: Holder
    expires_at: _timestamp_pb2.Timestamp
    decision: Decision
    def __init__(self, entry: _Optional[_Union[Entry, _Mapping]] = ..., offer_id: _Optional[str] = ..., holder: _Optional[_Union[Holder, _Mapping]] = ..., expires_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., decision: _Optional[_Union[Decision, _Mapping]] = ...) -> None: ...

class OfferAccepted(_message.Message):
    __slots__ = ("entry", "offer_id", "holder", "offered_at")
    ENTRY_FIELD_NUMBER: _ClassVar[int]
    OFFER_ID_FIELD_NUMBER: _ClassVar[int]
    HOLDER_FIELD_NUMBER: _ClassVar[int]
    OFFERED_AT_FIELD_NUMBER: _ClassVar[int]
    entry: Entry
    offer_id: str
    holder: Holder
    offered_at: _timestamp_pb2.Timestamp
    def __init__(self, entry: _Optional[_Union[Entry, _Mapping]] = ..., offer_id: _Optional[str] = ..., holder: _Optional[_Union[Holder, _Mapping]] = ..., offered_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class OfferRejected(_message.Message):
    __slots__ = ("entry", "offer_id", "holder", "offered_at", "reason")
    ENTRY_FIELD_NUMBER: _ClassVar[int]
    OFFER_ID_FIELD_NUMBER: _ClassVar[int]
    HOLDER_FIELD_NUMBER: _ClassVar[int]
    OFFERED_AT_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    entry: Entry
    offer_id: str
    holder: Holder
    offered_at: _timestamp_pb2.Timestamp
    reason: str
    def __init__(self, entry: _Optional[_Union[Entry, _Mapping]] = ..., offer_id: _Optional[str] = ..., holder: _Optional[_Union[Holder, _Mapping]] = ..., offered_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., reason: _Optional[str] = ...) -> None: ...

class OfferTimedOut(_message.Message):
    __slots__ = ("entry", "offer_id", "holder", "offered_at")
    ENTRY_FIELD_NUMBER: _ClassVar[int]
    OFFER_ID_FIELD_NUMBER: _ClassVar[int]
    HOLDER_FIELD_NUMBER: _ClassVar[int]
    OFFERED_AT_FIELD_NUMBER: _ClassVar[int]
    entry: Entry
    offer_id: str
    holder: Holder
    offered_at: _timestamp_pb2.Timestamp
    def __init__(self, entry: _Optional[_Union[Entry, _Mapping]] = ..., offer_id: _Optional[str] = ..., holder: _Optional[_Union[Holder, _Mapping]] = ..., offered_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class OfferWithdrawn(_message.Message):
    __slots__ = ("entry", "offer_id", "holder", "offered_at", "reason")
    ENTRY_FIELD_NUMBER: _ClassVar[int]
    OFFER_ID_FIELD_NUMBER: _ClassVar[int]
    HOLDER_FIELD_NUMBER: _ClassVar[int]
    OFFERED_AT_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    entry: Entry
    offer_id: str
    holder: Holder
    offered_at: _timestamp_pb2.Timestamp
    reason: str
    def __init__(self, entry: _Optional[_Union[Entry, _Mapping]] = ..., offer_id: _Optional[str] = ..., holder: _Optional[_Union[Holder, _Mapping]] = ..., offered_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., reason: _Optional[str] = ...) -> None: ...

class WorkInterrupted(_message.Message):
    __slots__ = ("entry", "offer_id", "holder", "by_offer_id")
    ENTRY_FIELD_NUMBER: _ClassVar[int]
    OFFER_ID_FIELD_NUMBER: _ClassVar[int]
    HOLDER_FIELD_NUMBER: _ClassVar[int]
    BY_OFFER_ID_FIELD_NUMBER: _ClassVar[int]
    entry: Entry
    offer_id: str
    holder: Holder
    by_offer_id: str
    def __init__(self, entry: _Optional[_Union[Entry, _Mapping]] = ..., offer_id: _Optional[str] = ..., holder: _Optional[_Union[Holder, _Mapping]] = ..., by_offer_id: _Optional[str] = ...) -> None: ...

class WorkResumed(_message.Message):
    __slots__ = ("entry", "offer_id", "holder")
    ENTRY_FIELD_NUMBER: _ClassVar[int]
    OFFER_ID_FIELD_NUMBER: _ClassVar[int]
    HOLDER_FIELD_NUMBER: _ClassVar[int]
    entry: Entry
    offer_id: str
    holder: Holder
    def __init__(self, entry: _Optional[_Union[Entry, _Mapping]] = ..., offer_id: _Optional[str] = ..., holder: _Optional[_Union[Holder, _Mapping]] = ...) -> None: ...

class ContactAbandoned(_message.Message):
    __slots__ = ("entry", "ended_by")
    ENTRY_FIELD_NUMBER: _ClassVar[int]
    ENDED_BY_FIELD_NUMBER: _ClassVar[int]
    entry: Entry
    ended_by: str
    def __init__(self, entry: _Optional[_Union[Entry, _Mapping]] = ..., ended_by: _Optional[str] = ...) -> None: ...

class ContactFlowedOut(_message.Message):
    __slots__ = ("entry", "reason", "to_queue", "to_pool", "last_step", "announcement")
    ENTRY_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    TO_QUEUE_FIELD_NUMBER: _ClassVar[int]
    TO_POOL_FIELD_NUMBER: _ClassVar[int]
    LAST_STEP_FIELD_NUMBER: _ClassVar[int]
    ANNOUNCEMENT_FIELD_NUMBER: _ClassVar[int]
    entry: Entry
    reason: str
    to_queue: str
    to_pool: str
    last_step: str
    announcement: str
    def __init__(self, entry: _Optional[_Union[Entry, _Mapping]] = ..., reason: _Optional[str] = ..., to_queue: _Optional[str] = ..., to_pool: _Optional[str] = ..., last_step: _Optional[str] = ..., announcement: _Optional[str] = ...) -> None: ...

class ContactParked(_message.Message):
    __slots__ = ("entry", "reason", "error")
    ENTRY_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    entry: Entry
    reason: str
    error: str
    def __init__(self, entry: _Optional[_Union[Entry, _Mapping]] = ..., reason: _Optional[str] = ..., error: _Optional[str] = ...) -> None: ...

class ContactTransferred(_message.Message):
    __slots__ = ("entry", "offer_id", "holder", "answered_at", "to_queue", "to_pool")
    ENTRY_FIELD_NUMBER: _ClassVar[int]
    OFFER_ID_FIELD_NUMBER: _ClassVar[int]
    HOLDER_FIELD_NUMBER: _ClassVar[int]
    ANSWERED_AT_FIELD_NUMBER: _ClassVar[int]
    TO_QUEUE_FIELD_NUMBER: _ClassVar[int]
    TO_POOL_FIELD_NUMBER: _ClassVar[int]
    entry: Entry
    offer_id: str
    holder: Holder
    answered_at: _timestamp_pb2.Timestamp
    to_queue: str
    to_pool: str
    def __init__(self, entry: _Optional[_Union[Entry, _Mapping]] = ..., offer_id: _Optional[str] = ..., holder: _Optional[_Union[Holder, _Mapping]] = ..., answered_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., to_queue: _Optional[str] = ..., to_pool: _Optional[str] = ...) -> None: ...

class ContactEnded(_message.Message):
    __slots__ = ("entry", "offer_id", "holder", "answered_at", "ended_by")
    ENTRY_FIELD_NUMBER: _ClassVar[int]
    OFFER_ID_FIELD_NUMBER: _ClassVar[int]
    HOLDER_FIELD_NUMBER: _ClassVar[int]
    ANSWERED_AT_FIELD_NUMBER: _ClassVar[int]
    ENDED_BY_FIELD_NUMBER: _ClassVar[int]
    entry: Entry
    offer_id: str
    holder: Holder
    answered_at: _timestamp_pb2.Timestamp
    ended_by: str
    def __init__(self, entry: _Optional[_Union[Entry, _Mapping]] = ..., offer_id: _Optional[str] = ..., holder: _Optional[_Union[Holder, _Mapping]] = ..., answered_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., ended_by: _Optional[str] = ...) -> None: ...

class WrapUpCompleted(_message.Message):
    __slots__ = ("entry", "offer_id", "holder", "answered_at", "ended_at", "disposition", "timed_out", "ticket_type", "transferred")
    ENTRY_FIELD_NUMBER: _ClassVar[int]
    OFFER_ID_FIELD_NUMBER: _ClassVar[int]
    HOLDER_FIELD_NUMBER: _ClassVar[int]
    ANSWERED_AT_FIELD_NUMBER: _ClassVar[int]
    ENDED_AT_FIELD_NUMBER: _ClassVar[int]
    DISPOSITION_FIELD_NUMBER: _ClassVar[int]
    TIMED_OUT_FIELD_NUMBER: _ClassVar[int]
    TICKET_TYPE_FIELD_NUMBER: _ClassVar[int]
    TRANSFERRED_FIELD_NUMBER: _ClassVar[int]
    entry: Entry
    offer_id: str
    holder: Holder
    answered_at: _timestamp_pb2.Timestamp
    ended_at: _timestamp_pb2.Timestamp
    disposition: str
    timed_out: bool
    ticket_type: str
    transferred: bool
    def __init__(self, entry: _Optional[_Union[Entry, _Mapping]] = ..., offer_id: _Optional[str] = ..., holder: _Optional[_Union[Holder, _Mapping]] = ..., answered_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., ended_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., disposition: _Optional[str] = ..., timed_out: _Optional[bool] = ..., ticket_type: _Optional[str] = ..., transferred: _Optional[bool] = ...) -> None: ...
