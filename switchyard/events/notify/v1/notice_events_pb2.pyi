from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor

class NoticeRequested(_message.Message):
    __slots__ = ("notice_id", "template_id", "template_version", "channel", "contact_id", "survey_id")
    NOTICE_ID_FIELD_NUMBER: _ClassVar[int]
    TEMPLATE_ID_FIELD_NUMBER: _ClassVar[int]
    TEMPLATE_VERSION_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    CONTACT_ID_FIELD_NUMBER: _ClassVar[int]
    SURVEY_ID_FIELD_NUMBER: _ClassVar[int]
    notice_id: str
    template_id: str
    template_version: int
    channel: str
    contact_id: str
    survey_id: str
    def __init__(self, notice_id: _Optional[str] = ..., template_id: _Optional[str] = ..., template_version: _Optional[int] = ..., channel: _Optional[str] = ..., contact_id: _Optional[str] = ..., survey_id: _Optional[str] = ...) -> None: ...

class NoticeSent(_message.Message):
    __slots__ = ("notice_id", "contact_id")
    NOTICE_ID_FIELD_NUMBER: _ClassVar[int]
    CONTACT_ID_FIELD_NUMBER: _ClassVar[int]
    notice_id: str
    contact_id: str
    def __init__(self, notice_id: _Optional[str] = ..., contact_id: _Optional[str] = ...) -> None: ...

class NoticeFailed(_message.Message):
    __slots__ = ("notice_id", "contact_id", "code")
    NOTICE_ID_FIELD_NUMBER: _ClassVar[int]
    CONTACT_ID_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    notice_id: str
    contact_id: str
    code: str
    def __init__(self, notice_id: _Optional[str] = ..., contact_id: _Optional[str] = ..., code: _Optional[str] = ...) -> None: ...
