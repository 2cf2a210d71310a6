import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Monitoring(_message.Message):
    __slots__ = ("contact_id", "channel", "supervisor_id", "agent_id", "team_id", "site_id", "mode")
    CONTACT_ID_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    SUPERVISOR_ID_FIELD_NUMBER: _ClassVar[int]
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    TEAM_ID_FIELD_NUMBER: _ClassVar[int]
    SITE_ID_FIELD_NUMBER: _ClassVar[int]
    MODE_FIELD_NUMBER: _ClassVar[int]
    contact_id: str
    channel: str
    supervisor_id: str
    agent_id: str
    team_id: str
    site_id: str
    mode: str
    def __init__(self, contact_id: _Optional[str] = ..., channel: _Optional[str] = ..., supervisor_id: _Optional[str] = ..., agent_id: _Optional[str] = ..., team_id: _Optional[str] = ..., site_id: _Optional[str] = ..., mode: _Optional[str] = ...) -> None: ...

class MonitoringStarted(_message.Message):
    __slots__ = ("monitoring",)
    MONITORING_FIELD_NUMBER: _ClassVar[int]
    monitoring: Monitoring
    def __init__(self, monitoring: _Optional[_Union[Monitoring, _Mapping]] = ...) -> None: ...

class MonitoringModeChanged(_message.Message):
    __slots__ = ("monitoring", "previous_mode")
    MONITORING_FIELD_NUMBER: _ClassVar[int]
    PREVIOUS_MODE_FIELD_NUMBER: _ClassVar[int]
    monitoring: Monitoring
    previous_mode: str
    def __init__(self, monitoring: _Optional[_Union[Monitoring, _Mapping]] = ..., previous_mode: _Optional[str] = ...) -> None: ...

class MonitoringEnded(_message.Message):
    __slots__ = ("monitoring", "started_at", "reason")
    MONITORING_FIELD_NUMBER: _ClassVar[int]
    STARTED_AT_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    monitoring: Monitoring
    started_at: _timestamp_pb2.Timestamp
    reason: str
    def __init__(self, monitoring: _Optional[_Union[Monitoring, _Mapping]] = ..., started_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., reason: _Optional[str] = ...) -> None: ...
