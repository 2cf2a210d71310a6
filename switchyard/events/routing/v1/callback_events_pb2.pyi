import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from switchyard.events.routing.v1 import contact_routing_events_pb2 as _contact_routing_events_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class CallbackRequested(_message.Message):
    __slots__ = ("entry", "callback_contact_id", "reason", "announcement")
    ENTRY_FIELD_NUMBER: _ClassVar[int]
    CALLBACK_CONTACT_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    ANNOUNCEMENT_FIELD_NUMBER: _ClassVar[int]
    entry: _contact_routing_events_pb2.Entry
    callback_contact_id: str
    reason: str
    announcement: str
    def __init__(self, entry: _Optional[_Union[_contact_routing_events_pb2.Entry, _Mapping]] = ..., callback_contact_id: _Optional[str] = ..., reason: _Optional[str] = ..., announcement: _Optional[str] = ...) -> None: ...

class CallbackScheduled(_message.Message):
    __slots__ = ("entry", "due_at", "not_after", "reason")
    ENTRY_FIELD_NUMBER: _ClassVar[int]
    DUE_AT_FIELD_NUMBER: _ClassVar[int]
    NOT_AFTER_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    entry: _contact_routing_events_pb2.Entry
    due_at: _timestamp_pb2.Timestamp
    not_after: _timestamp_pb2.Timestamp
    reason: str
    def __init__(self, entry: _Optional[_Union[_contact_routing_events_pb2.Entry, _Mapping]] = ..., due_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., not_after: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., reason: _Optional[str] = ...) -> None: ...

class CallbackNotReached(_message.Message):
    __slots__ = ("entry", "offer_id", "holder", "answered_at", "reason")
    ENTRY_FIELD_NUMBER: _ClassVar[int]
    OFFER_ID_FIELD_NUMBER: _ClassVar[int]
    HOLDER_FIELD_NUMBER: _ClassVar[int]
    ANSWERED_AT_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    entry: _contact_routing_events_pb2.Entry
    offer_id: str
    holder: _contact_routing_events_pb2.Holder
    answered_at: _timestamp_pb2.Timestamp
    reason: str
    def __init__(self, entry: _Optional[_Union[_contact_routing_events_pb2.Entry, _Mapping]] = ..., offer_id: _Optional[str] = ..., holder: _Optional[_Union[_contact_routing_events_pb2.Holder, _Mapping]] = ..., answered_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., reason: _Optional[str] = ...) -> None: ...

class CallbackGivenUp(_message.Message):
    __slots__ = ("entry", "reason", "ended_by")
    ENTRY_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    ENDED_BY_FIELD_NUMBER: _ClassVar[int]
    entry: _contact_routing_events_pb2.Entry
    reason: str
    ended_by: str
    def __init__(self, entry: _Optional[_Union[_contact_routing_events_pb2.Entry, _Mapping]] = ..., reason: _Optional[str] = ..., ended_by: _Optional[str] = ...) -> None: ...
