import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from switchyard.events.routing.v1 import contact_routing_events_pb2 as _contact_routing_events_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class WrapUpExtended(_message.Message):
    __slots__ = ("entry", "offer_id", "holder", "answered_at", "ended_at", "wrap_up_until", "extensions")
    ENTRY_FIELD_NUMBER: _ClassVar[int]
    OFFER_ID_FIELD_NUMBER: _ClassVar[int]
    HOLDER_FIELD_NUMBER: _ClassVar[int]
    ANSWERED_AT_FIELD_NUMBER: _ClassVar[int]
    ENDED_AT_FIELD_NUMBER: _ClassVar[int]
    WRAP_UP_UNTIL_FIELD_NUMBER: _ClassVar[int]
    EXTENSIONS_FIELD_NUMBER: _ClassVar[int]
    entry: _contact_routing_events_pb2.Entry
    offer_id: str
    holder: _contact_routing_events_pb2.Holder
    answered_at: _timestamp_pb2.Timestamp
    ended_at: _timestamp_pb2.Timestamp
    wrap_up_until: _timestamp_pb2.Timestamp
    extensions: int
    def __init__(self, entry: _Optional[_Union[_contact_routing_events_pb2.Entry, _Mapping]] = ..., offer_id: _Optional[str] = ..., holder: _Optional[_Union[_contact_routing_events_pb2.Holder, _Mapping]] = ..., answered_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., ended_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., wrap_up_until: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., extensions: _Optional[int] = ...) -> None: ...

class ContactAssignedByHand(_message.Message):
    __slots__ = ("entry", "offer_id", "holder", "by", "forced")
    ENTRY_FIELD_NUMBER: _ClassVar[int]
    OFFER_ID_FIELD_NUMBER: _ClassVar[int]
    HOLDER_FIELD_NUMBER: _ClassVar[int]
    BY_FIELD_NUMBER: _ClassVar[int]
    FORCED_FIELD_NUMBER: _ClassVar[int]
    entry: _contact_routing_events_pb2.Entry
    offer_id: str
    holder: _contact_routing_events_pb2.Holder
    by: str
    forced: bool
    def __init__(self, entry: _Optional[_Union[_contact_routing_events_pb2.Entry, _Mapping]] = ..., offer_id: _Optional[str] = ..., holder: _Optional[_Union[_contact_routing_events_pb2.Holder, _Mapping]] = ..., by: _Optional[str] = ..., forced: _Optional[bool] = ...) -> None: ...

class ContactPriorityChanged(_message.Message):
    __slots__ = ("entry", "priority", "own_priority", "by")
    ENTRY_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    OWN_PRIORITY_FIELD_NUMBER: _ClassVar[int]
    BY_FIELD_NUMBER: _ClassVar[int]
    entry: _contact_routing_events_pb2.Entry
    priority: int
    own_priority: int
    by: str
    def __init__(self, entry: _Optional[_Union[_contact_routing_events_pb2.Entry, _Mapping]] = ..., priority: _Optional[int] = ..., own_priority: _Optional[int] = ..., by: _Optional[str] = ...) -> None: ...

class ContactTakenOver(_message.Message):
    __slots__ = ("entry", "offer_id", "holder", "previous", "by", "forced")
    ENTRY_FIELD_NUMBER: _ClassVar[int]
    OFFER_ID_FIELD_NUMBER: _ClassVar[int]
    HOLDER_FIELD_NUMBER: _ClassVar[int]
    PREVIOUS_FIELD_NUMBER: _ClassVar[int]
    BY_FIELD_NUMBER: _ClassVar[int]
    FORCED_FIELD_NUMBER: _ClassVar[int]
    entry: _contact_routing_events_pb2.Entry
    offer_id: str
    holder: _contact_routing_events_pb2.Holder
    previous: _contact_routing_events_pb2.Holder
    by: str
    forced: bool
    def __init__(self, entry: _Optional[_Union[_contact_routing_events_pb2.Entry, _Mapping]] = ..., offer_id: _Optional[str] = ..., holder: _Optional[_Union[_contact_routing_events_pb2.Holder, _Mapping]] = ..., previous: _Optional[_Union[_contact_routing_events_pb2.Holder, _Mapping]] = ..., by: _Optional[str] = ..., forced: _Optional[bool] = ...) -> None: ...
