from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor

class SiteConfigured(_message.Message):
    __slots__ = ("site_id", "name", "time_zone", "removed")
    SITE_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    TIME_ZONE_FIELD_NUMBER: _ClassVar[int]
    REMOVED_FIELD_NUMBER: _ClassVar[int]
    site_id: str
    name: str
    time_zone: str
    removed: bool
    def __init__(self, site_id: _Optional[str] = ..., name: _Optional[str] = ..., time_zone: _Optional[str] = ..., removed: _Optional[bool] = ...) -> None: ...

class TeamConfigured(_message.Message):
    __slots__ = ("team_id", "name", "site_id", "removed")
    TEAM_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    SITE_ID_FIELD_NUMBER: _ClassVar[int]
    REMOVED_FIELD_NUMBER: _ClassVar[int]
    team_id: str
    name: str
    site_id: str
    removed: bool
    def __init__(self, team_id: _Optional[str] = ..., name: _Optional[str] = ..., site_id: _Optional[str] = ..., removed: _Optional[bool] = ...) -> None: ...

class AgentConfigured(_message.Message):
    __slots__ = ("agent_id", "name", "team_id", "site_id", "pool_id", "removed", "queue_ids")
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    TEAM_ID_FIELD_NUMBER: _ClassVar[int]
    SITE_ID_FIELD_NUMBER: _ClassVar[int]
    POOL_ID_FIELD_NUMBER: _ClassVar[int]
    REMOVED_FIELD_NUMBER: _ClassVar[int]
    QUEUE_IDS_FIELD_NUMBER: _ClassVar[int]
    agent_id: str
    name: str
    team_id: str
    site_id: str
    pool_id: str
    removed: bool
    queue_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, agent_id: _Optional[str] = ..., name: _Optional[str] = ..., team_id: _Optional[str] = ..., site_id: _Optional[str] = ..., pool_id: _Optional[str] = ..., removed: _Optional[bool] = ..., queue_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class QueueConfigured(_message.Message):
    __slots__ = ("queue_id", "name", "pool_id", "target_seconds", "short_abandon_seconds", "removed", "callbacks_offered")
    QUEUE_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    POOL_ID_FIELD_NUMBER: _ClassVar[int]
    TARGET_SECONDS_FIELD_NUMBER: _ClassVar[int]
    SHORT_ABANDON_SECONDS_FIELD_NUMBER: _ClassVar[int]
    REMOVED_FIELD_NUMBER: _ClassVar[int]
    CALLBACKS_OFFERED_FIELD_NUMBER: _ClassVar[int]
    queue_id: str
    name: str
    pool_id: str
    target_seconds: float
    short_abandon_seconds: float
    removed: bool
    callbacks_offered: bool
    def __init__(self, queue_id: _Optional[str] = ..., name: _Optional[str] = ..., pool_id: _Optional[str] = ..., target_seconds: _Optional[float] = ..., short_abandon_seconds: _Optional[float] = ..., removed: _Optional[bool] = ..., callbacks_offered: _Optional[bool] = ...) -> None: ...
