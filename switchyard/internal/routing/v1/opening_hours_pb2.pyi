from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class OpeningHours(_message.Message):
    __slots__ = ("time_zone", "weekly", "special")
    TIME_ZONE_FIELD_NUMBER: _ClassVar[int]
    WEEKLY_FIELD_NUMBER: _ClassVar[int]
    SPECIAL_FIELD_NUMBER: _ClassVar[int]
    time_zone: str
    weekly: _containers.RepeatedCompositeFieldContainer[WeeklySpan]
    special: _containers.RepeatedCompositeFieldContainer[SpecialDay]
    def __init__(self, time_zone: _Optional[str] = ..., weekly: _Optional[_Iterable[_Union[WeeklySpan, _Mapping]]] = ..., special: _Optional[_Iterable[_Union[SpecialDay, _Mapping]]] = ...) -> None: ...

class WeeklySpan(_message.Message):
    __slots__ = ("days", "span")
    DAYS_FIELD_NUMBER: _ClassVar[int]
    SPAN_FIELD_NUMBER: _ClassVar[int]
    days: _containers.RepeatedScalarFieldContainer[int]
    span: Span
    def __init__(self, days: _Optional[_Iterable[int]] = ..., span: _Optional[_Union[Span, _Mapping]] = ...) -> None: ...

class Span(_message.Message):
    __slots__ = ("opens", "closes")
    OPENS_FIELD_NUMBER: _ClassVar[int]
    CLOSES_FIELD_NUMBER: _ClassVar[int]
    opens: int
    closes: int
    def __init__(self, opens: _Optional[int] = ..., closes: _Optional[int] = ...) -> None: ...

class SpecialDay(_message.Message):
    __slots__ = ("date", "spans", "like_weekday")
    DATE_FIELD_NUMBER: _ClassVar[int]
    SPANS_FIELD_NUMBER: _ClassVar[int]
    LIKE_WEEKDAY_FIELD_NUMBER: _ClassVar[int]
    date: str
    spans: _containers.RepeatedCompositeFieldContainer[Span]
    like_weekday: int
    def __init__(self, date: _Optional[str] = ..., spans: _Optional[_Iterable[_Union[Span, _Mapping]]] = ..., like_weekday: _Optional[int] = ...) -> None: ...
