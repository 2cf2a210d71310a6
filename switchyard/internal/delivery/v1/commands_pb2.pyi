import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class DeliverMessage(_message.Message):
    __slots__ = ("delivery_id", "contact_id", "channel", "content_path", "expects")
    DELIVERY_ID_FIELD_NUMBER: _ClassVar[int]
    CONTACT_ID_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    CONTENT_PATH_FIELD_NUMBER: _ClassVar[int]
    EXPECTS_FIELD_NUMBER: _ClassVar[int]
    delivery_id: str
    contact_id: str
    channel: str
    content_path: str
    expects: Expects
    def __init__(self, delivery_id: _Optional[str] = ..., contact_id: _Optional[str] = ..., channel: _Optional[str] = ..., content_path: _Optional[str] = ..., expects: _Optional[_Union[Expects, _Mapping]] = ...) -> None: ...

class Expects(_message.Message):
    __slots__ = ("survey_id", "scale_max", "until")
    SURVEY_ID_FIELD_NUMBER: _ClassVar[int]
    SCALE_MAX_FIELD_NUMBER: _ClassVar[int]
    UNTIL_FIELD_NUMBER: _ClassVar[int]
    survey_id: str
    scale_max: int
    until: _timestamp_pb2.Timestamp
    def __init__(self, survey_id: _Optional[str] = ..., scale_max: _Optional[int] = ..., until: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...
