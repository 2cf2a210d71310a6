import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ContactOpened(_message.Message):
    __slots__ = ("contact_id", "channel", "direction", "entry_point", "queue_id", "customer_id", "service_request_id", "previous_contact_id")
    CONTACT_ID_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    DIRECTION_FIELD_NUMBER: _ClassVar[int]
    ENTRY_POINT_FIELD_NUMBER: _ClassVar[int]
    QUEUE_ID_FIELD_NUMBER: _ClassVar[int]
    CUSTOMER_ID_FIELD_NUMBER: _ClassVar[int]
    SERVICE_REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    PREVIOUS_CONTACT_ID_FIELD_NUMBER: _ClassVar[int]
    contact_id: str
    channel: str
    direction: str
    entry_point: str
    queue_id: str
    customer_id: str
    service_request_id: str
    previous_contact_id: str
    def __init__(self, contact_id: _Optional[str] = ..., channel: _Optional[str] = ..., direction: _Optional[str] = ..., entry_point: _Optional[str] = ..., queue_id: _Optional[str] = ..., customer_id: _Optional[str] = ..., service_request_id: _Optional[str] = ..., previous_contact_id: _Optional[str] = ...) -> None: ...

class LineAdded(_message.Message):
    __slots__ = ("contact_id", "line", "author", "agent_id", "kind", "characters", "attachments", "automatic")
    CONTACT_ID_FIELD_NUMBER: _ClassVar[int]
    LINE_FIELD_NUMBER: _ClassVar[int]
    AUTHOR_FIELD_NUMBER: _ClassVar[int]
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    CHARACTERS_FIELD_NUMBER: _ClassVar[int]
    ATTACHMENTS_FIELD_NUMBER: _ClassVar[int]
    AUTOMATIC_FIELD_NUMBER: _ClassVar[int]
    contact_id: str
    line: int
    author: str
    agent_id: str
    kind: str
    characters: int
    attachments: int
    automatic: bool
    def __init__(self, contact_id: _Optional[str] = ..., line: _Optional[int] = ..., author: _Optional[str] = ..., agent_id: _Optional[str] = ..., kind: _Optional[str] = ..., characters: _Optional[int] = ..., attachments: _Optional[int] = ..., automatic: _Optional[bool] = ...) -> None: ...

class ContactClosed(_message.Message):
    __slots__ = ("contact_id", "channel", "outcome", "ended_by", "queue_id", "entry", "agent_id", "team_id", "site_id", "customer_id", "service_request_id", "opened_at", "answered_at", "ended_at", "disposition", "ticket_type")
    CONTACT_ID_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    ENDED_BY_FIELD_NUMBER: _ClassVar[int]
    QUEUE_ID_FIELD_NUMBER: _ClassVar[int]
    ENTRY_FIELD_NUMBER: _ClassVar[int]
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    TEAM_ID_FIELD_NUMBER: _ClassVar[int]
    SITE_ID_FIELD_NUMBER: _ClassVar[int]
    CUSTOMER_ID_FIELD_NUMBER: _ClassVar[int]
    SERVICE_REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    OPENED_AT_FIELD_NUMBER: _ClassVar[int]
    ANSWERED_AT_FIELD_NUMBER: _ClassVar[int]
    ENDED_AT_FIELD_NUMBER: _ClassVar[int]
    DISPOSITION_FIELD_NUMBER: _ClassVar[int]
    TICKET_TYPE_FIELD_NUMBER: _ClassVar[int]
    contact_id: str
    channel: str
    outcome: str
    ended_by: str
    queue_id: str
    entry: int
    agent_id: str
    team_id: str
    site_id: str
    customer_id: str
    service_request_id: str
    opened_at: _timestamp_pb2.Timestamp
    answered_at: _timestamp_pb2.Timestamp
    ended_at: _timestamp_pb2.Timestamp
    disposition: str
    ticket_type: str
    def __init__(self, contact_id: _Optional[str] = ..., channel: _Optional[str] = ..., outcome: _Optional[str] = ..., ended_by: _Optional[str] = ..., queue_id: _Optional[str] = ..., entry: _Optional[int] = ..., agent_id: _Optional[str] = ..., team_id: _Optional[str] = ..., site_id: _Optional[str] = ..., customer_id: _Optional[str] = ..., service_request_id: _Optional[str] = ..., opened_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., answered_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., ended_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., disposition: _Optional[str] = ..., ticket_type: _Optional[str] = ...) -> None: ...

class ConsentChanged(_message.Message):
    __slots__ = ("customer_id", "channel", "opted_out")
    CUSTOMER_ID_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    OPTED_OUT_FIELD_NUMBER: _ClassVar[int]
    customer_id: str
    channel: str
    opted_out: bool
    def __init__(self, customer_id: _Optional[str] = ..., channel: _Optional[str] = ..., opted_out: _Optional[bool] = ...) -> None: ...
