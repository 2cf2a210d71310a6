from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor

class TypingChanged(_message.Message):
    __slots__ = ("contact_id", "author", "typing")
    CONTACT_ID_FIELD_NUMBER: _ClassVar[int]
    AUTHOR_FIELD_NUMBER: _ClassVar[int]
    TYPING_FIELD_NUMBER: _ClassVar[int]
    contact_id: str
    author: str
    typing: bool
    def __init__(self, contact_id: _Optional[str] = ..., author: _Optional[str] = ..., typing: _Optional[bool] = ...) -> None: ...

class LinesRead(_message.Message):
    __slots__ = ("contact_id", "author", "through_line")
    CONTACT_ID_FIELD_NUMBER: _ClassVar[int]
    AUTHOR_FIELD_NUMBER: _ClassVar[int]
    THROUGH_LINE_FIELD_NUMBER: _ClassVar[int]
    contact_id: str
    author: str
    through_line: int
    def __init__(self, contact_id: _Optional[str] = ..., author: _Optional[str] = ..., through_line: _Optional[int] = ...) -> None: ...
