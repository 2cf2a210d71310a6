import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class AgentJoinedPool(_message.Message):
    __slots__ = ("agent_id", "team_id", "site_id", "pool_id")
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    TEAM_ID_FIELD_NUMBER: _ClassVar[int]
    SITE_ID_FIELD_NUMBER: _ClassVar[int]
    POOL_ID_FIELD_NUMBER: _ClassVar[int]
    agent_id: str
    team_id: str
    site_id: str
    pool_id: str
    def __init__(self, agent_id: _Optional[str] = ..., team_id: _Optional[str] = ..., site_id: _Optional[str] = ..., pool_id: _Optional[str] = ...) -> None: ...

class AgentLeftPool(_message.Message):
    __slots__ = ("agent_id", "pool_id")
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    POOL_ID_FIELD_NUMBER: _ClassVar[int]
    agent_id: str
    pool_id: str
    def __init__(self, agent_id: _Optional[str] = ..., pool_id: _Optional[str] = ...) -> None: ...

class AgentStateChanged(_message.Message):
    __slots__ = ("agent_id", "team_id", "site_id", "pool_id", "state", "reason", "set_state", "set_reason", "previous_state", "previous_reason", "previous_since", "held_units", "capacity_units", "previous_held_units", "previous_load_since", "forced_by", "seat")
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    TEAM_ID_FIELD_NUMBER: _ClassVar[int]
    SITE_ID_FIELD_NUMBER: _ClassVar[int]
    POOL_ID_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    SET_STATE_FIELD_NUMBER: _ClassVar[int]
    SET_REASON_FIELD_NUMBER: _ClassVar[int]
    PREVIOUS_STATE_FIELD_NUMBER: _ClassVar[int]
    PREVIOUS_REASON_FIELD_NUMBER: _ClassVar[int]
    PREVIOUS_SINCE_FIELD_NUMBER: _ClassVar[int]
    HELD_UNITS_FIELD_NUMBER: _ClassVar[int]
    CAPACITY_UNITS_FIELD_NUMBER: _ClassVar[int]
    PREVIOUS_HELD_UNITS_FIELD_NUMBER: _ClassVar[int]
    PREVIOUS_LOAD_SINCE_FIELD_NUMBER: _ClassVar[int]
    FORCED_BY_FIELD_NUMBER: _ClassVar[int]
    SEAT_FIELD_NUMBER: _ClassVar[int]
    agent_id: str
    team_id: str
    site_id: str
    pool_id: str
    state: str
    reason: str
    set_state: str
    set_reason: str
    previous_state: str
    previous_reason: str
    previous_since: _timestamp_pb2.Timestamp
    held_units: int
    capacity_units: int
    previous_held_units: int
    previous_load_since: _timestamp_pb2.Timestamp
    forced_by: str
    seat: str
    def __init__(self, agent_id: _Optional[str] = ..., team_id: _Optional[str] = ..., site_id: _Optional[str] = ..., pool_id: _Optional[str] = ..., state: _Optional[str] = ..., reason: _Optional[str] = ..., set_state: _Optional[str] = ..., set_reason: _Optional[str] = ..., previous_state: _Optional[str] = ..., previous_reason: _Optional[str] = ..., previous_since: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., held_units: _Optional[int] = ..., capacity_units: _Optional[int] = ..., previous_held_units: _Optional[int] = ..., previous_load_since: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., forced_by: _Optional[str] = ..., seat: _Optional[str] = ...) -> None: ...

class AgentPresenceLost(_message.Message):
    __slots__ = ("agent_id", "pool_id", "grace_until")
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    POOL_ID_FIELD_NUMBER: _ClassVar[int]
    GRACE_UNTIL_FIELD_NUMBER: _ClassVar[int]
    agent_id: str
    pool_id: str
    grace_until: _timestamp_pb2.Timestamp
    def __init__(self, agent_id: _Optional[str] = ..., pool_id: _Optional[str] = ..., grace_until: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class AgentPresenceRegained(_message.Message):
    __slots__ = ("agent_id", "pool_id")
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    POOL_ID_FIELD_NUMBER: _ClassVar[int]
    agent_id: str
    pool_id: str
    def __init__(self, agent_id: _Optional[str] = ..., pool_id: _Optional[str] = ...) -> None: ...

class FloorRuleBreached(_message.Message):
    __slots__ = ("breach_id", "rule_id", "kind", "agent_id", "team_id", "site_id", "pool_id", "rung", "since", "noticed_at", "limit_seconds", "cause", "repeat")
    BREACH_ID_FIELD_NUMBER: _ClassVar[int]
    RULE_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    TEAM_ID_FIELD_NUMBER: _ClassVar[int]
    SITE_ID_FIELD_NUMBER: _ClassVar[int]
    POOL_ID_FIELD_NUMBER: _ClassVar[int]
    RUNG_FIELD_NUMBER: _ClassVar[int]
    SINCE_FIELD_NUMBER: _ClassVar[int]
    NOTICED_AT_FIELD_NUMBER: _ClassVar[int]
    LIMIT_SECONDS_FIELD_NUMBER: _ClassVar[int]
    CAUSE_FIELD_NUMBER: _ClassVar[int]
    REPEAT_FIELD_NUMBER: _ClassVar[int]
    breach_id: str
    rule_id: str
    kind: str
    agent_id: str
    team_id: str
    site_id: str
    pool_id: str
    rung: str
    since: _timestamp_pb2.Timestamp
    noticed_at: _timestamp_pb2.Timestamp
    limit_seconds: float
    cause: str
    repeat: int
    def __init__(self, breach_id: _Optional[str] = ..., rule_id: _Optional[str] = ..., kind: _Optional[str] = ..., agent_id: _Optional[str] = ..., team_id: _Optional[str] = ..., site_id: _Optional[str] = ..., pool_id: _Optional[str] = ..., rung: _Optional[str] = ..., since: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., noticed_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., limit_seconds: _Optional[float] = ..., cause: _Optional[str] = ..., repeat: _Optional[int] = ...) -> None: ...

class FloorBreachEnded(_message.Message):
    __slots__ = ("breach_id", "rule_id", "kind", "agent_id", "team_id", "site_id", "pool_id", "rung", "since", "noticed_at", "limit_seconds", "cause", "repeat", "reason")
    BREACH_ID_FIELD_NUMBER: _ClassVar[int]
    RULE_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    TEAM_ID_FIELD_NUMBER: _ClassVar[int]
    SITE_ID_FIELD_NUMBER: _ClassVar[int]
    POOL_ID_FIELD_NUMBER: _ClassVar[int]
    RUNG_FIELD_NUMBER: _ClassVar[int]
    SINCE_FIELD_NUMBER: _ClassVar[int]
    NOTICED_AT_FIELD_NUMBER: _ClassVar[int]
    LIMIT_SECONDS_FIELD_NUMBER: _ClassVar[int]
    CAUSE_FIELD_NUMBER: _ClassVar[int]
    REPEAT_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    breach_id: str
    rule_id: str
    kind: str
    agent_id: str
    team_id: str
    site_id: str
    pool_id: str
    rung: str
    since: _timestamp_pb2.Timestamp
    noticed_at: _timestamp_pb2.Timestamp
    limit_seconds: float
    cause: str
    repeat: int
    reason: str
    def __init__(self, breach_id: _Optional[str] = ..., rule_id: _Optional[str] = ..., kind: _Optional[str] = ..., agent_id: _Optional[str] = ..., team_id: _Optional[str] = ..., site_id: _Optional[str] = ..., pool_id: _Optional[str] = ..., rung: _Optional[str] = ..., since: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., noticed_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., limit_seconds: _Optional[float] = ..., cause: _Optional[str] = ..., repeat: _Optional[int] = ..., reason: _Optional[str] = ...) -> None: ...

class BreakRequested(_message.Message):
    __slots__ = ("request_id", "agent_id", "team_id", "site_id", "pool_id", "position")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    TEAM_ID_FIELD_NUMBER: _ClassVar[int]
    SITE_ID_FIELD_NUMBER: _ClassVar[int]
    POOL_ID_FIELD_NUMBER: _ClassVar[int]
    POSITION_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    agent_id: str
    team_id: str
    site_id: str
    pool_id: str
    position: int
    def __init__(self, request_id: _Optional[str] = ..., agent_id: _Optional[str] = ..., team_id: _Optional[str] = ..., site_id: _Optional[str] = ..., pool_id: _Optional[str] = ..., position: _Optional[int] = ...) -> None: ...

class BreakGranted(_message.Message):
    __slots__ = ("request_id", "agent_id", "team_id", "site_id", "pool_id", "asked_at")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    TEAM_ID_FIELD_NUMBER: _ClassVar[int]
    SITE_ID_FIELD_NUMBER: _ClassVar[int]
    POOL_ID_FIELD_NUMBER: _ClassVar[int]
    ASKED_AT_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    agent_id: str
    team_id: str
    site_id: str
    pool_id: str
    asked_at: _timestamp_pb2.Timestamp
    def __init__(self, request_id: _Optional[str] = ..., agent_id: _Optional[str] = ..., team_id: _Optional[str] = ..., site_id: _Optional[str] = ..., pool_id: _Optional[str] = ..., asked_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class BreakRequestEnded(_message.Message):
    __slots__ = ("request_id", "agent_id", "team_id", "site_id", "pool_id", "asked_at", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    TEAM_ID_FIELD_NUMBER: _ClassVar[int]
    SITE_ID_FIELD_NUMBER: _ClassVar[int]
    POOL_ID_FIELD_NUMBER: _ClassVar[int]
    ASKED_AT_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    agent_id: str
    team_id: str
    site_id: str
    pool_id: str
    asked_at: _timestamp_pb2.Timestamp
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., agent_id: _Optional[str] = ..., team_id: _Optional[str] = ..., site_id: _Optional[str] = ..., pool_id: _Optional[str] = ..., asked_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., reason: _Optional[str] = ...) -> None: ...
