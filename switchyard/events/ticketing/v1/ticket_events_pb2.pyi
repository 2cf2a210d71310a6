import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class TicketOpened(_message.Message):
    __slots__ = ("ticket_id", "number", "type_id", "contact_id", "customer_id", "service_request_id", "owner_id", "state", "channel", "queue_id")
    TICKET_ID_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    TYPE_ID_FIELD_NUMBER: _ClassVar[int]
    CONTACT_ID_FIELD_NUMBER: _ClassVar[int]
    CUSTOMER_ID_FIELD_NUMBER: _ClassVar[int]
    SERVICE_REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    OWNER_ID_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    QUEUE_ID_FIELD_NUMBER: _ClassVar[int]
    ticket_id: str
    number: str
    type_id: str
    contact_id: str
    customer_id: str
    service_request_id: str
    owner_id: str
    state: str
    channel: str
    queue_id: str
    def __init__(self, ticket_id: _Optional[str] = ..., number: _Optional[str] = ..., type_id: _Optional[str] = ..., contact_id: _Optional[str] = ..., customer_id: _Optional[str] = ..., service_request_id: _Optional[str] = ..., owner_id: _Optional[str] = ..., state: _Optional[str] = ..., channel: _Optional[str] = ..., queue_id: _Optional[str] = ...) -> None: ...

class TicketAssigned(_message.Message):
    __slots__ = ("ticket_id", "owner_id", "previous_owner_id")
    TICKET_ID_FIELD_NUMBER: _ClassVar[int]
    OWNER_ID_FIELD_NUMBER: _ClassVar[int]
    PREVIOUS_OWNER_ID_FIELD_NUMBER: _ClassVar[int]
    ticket_id: str
    owner_id: str
    previous_owner_id: str
    def __init__(self, ticket_id: _Optional[str] = ..., owner_id: _Optional[str] = ..., previous_owner_id: _Optional[str] = ...) -> None: ...

class TicketStateChanged(_message.Message):
    __slots__ = ("ticket_id", "state", "previous_state", "previous_since", "actor", "type_id")
    TICKET_ID_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    PREVIOUS_STATE_FIELD_NUMBER: _ClassVar[int]
    PREVIOUS_SINCE_FIELD_NUMBER: _ClassVar[int]
    ACTOR_FIELD_NUMBER: _ClassVar[int]
    TYPE_ID_FIELD_NUMBER: _ClassVar[int]
    ticket_id: str
    state: str
    previous_state: str
    previous_since: _timestamp_pb2.Timestamp
    actor: str
    type_id: str
    def __init__(self, ticket_id: _Optional[str] = ..., state: _Optional[str] = ..., previous_state: _Optional[str] = ..., previous_since: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., actor: _Optional[str] = ..., type_id: _Optional[str] = ...) -> None: ...

class TicketNoteAdded(_message.Message):
    __slots__ = ("ticket_id", "note_id", "actor")
    TICKET_ID_FIELD_NUMBER: _ClassVar[int]
    NOTE_ID_FIELD_NUMBER: _ClassVar[int]
    ACTOR_FIELD_NUMBER: _ClassVar[int]
    ticket_id: str
    note_id: str
    actor: str
    def __init__(self, ticket_id: _Optional[str] = ..., note_id: _Optional[str] = ..., actor: _Optional[str] = ...) -> None: ...

class TicketClosed(_message.Message):
    __slots__ = ("ticket_id", "type_id", "contact_id", "owner_id", "resolution", "opened_at")
    TICKET_ID_FIELD_NUMBER: _ClassVar[int]
    TYPE_ID_FIELD_NUMBER: _ClassVar[int]
    CONTACT_ID_FIELD_NUMBER: _ClassVar[int]
    OWNER_ID_FIELD_NUMBER: _ClassVar[int]
    RESOLUTION_FIELD_NUMBER: _ClassVar[int]
    OPENED_AT_FIELD_NUMBER: _ClassVar[int]
    ticket_id: str
    type_id: str
    contact_id: str
    owner_id: str
    resolution: str
    opened_at: _timestamp_pb2.Timestamp
    def __init__(self, ticket_id: _Optional[str] = ..., type_id: _Optional[str] = ..., contact_id: _Optional[str] = ..., owner_id: _Optional[str] = ..., resolution: _Optional[str] = ..., opened_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class TicketReopened(_message.Message):
    __slots__ = ("ticket_id", "actor", "reason", "type_id")
    TICKET_ID_FIELD_NUMBER: _ClassVar[int]
    ACTOR_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    TYPE_ID_FIELD_NUMBER: _ClassVar[int]
    ticket_id: str
    actor: str
    reason: str
    type_id: str
    def __init__(self, ticket_id: _Optional[str] = ..., actor: _Optional[str] = ..., reason: _Optional[str] = ..., type_id: _Optional[str] = ...) -> None: ...
