from switchyard.internal.routing.v1 import commands_pb2 as _commands_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ConfigureEmergency(_message.Message):
    __slots__ = ("version", "emergency")
    VERSION_FIELD_NUMBER: _ClassVar[int]
    EMERGENCY_FIELD_NUMBER: _ClassVar[int]
    version: int
    emergency: Emergency
    def __init__(self, version: _Optional[int] = ..., emergency: _Optional[_Union[Emergency, _Mapping]] = ...) -> None: ...

class Emergency(_message.Message):
    __slots__ = ("then", "waiting", "extra_sites", "extra_queues", "closed_sites")
    THEN_FIELD_NUMBER: _ClassVar[int]
    WAITING_FIELD_NUMBER: _ClassVar[int]
    EXTRA_SITES_FIELD_NUMBER: _ClassVar[int]
    EXTRA_QUEUES_FIELD_NUMBER: _ClassVar[int]
    CLOSED_SITES_FIELD_NUMBER: _ClassVar[int]
    then: _commands_pb2.WayOut
    waiting: str
    extra_sites: _containers.RepeatedScalarFieldContainer[str]
    extra_queues: _containers.RepeatedScalarFieldContainer[str]
    closed_sites: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, then: _Optional[_Union[_commands_pb2.WayOut, _Mapping]] = ..., waiting: _Optional[str] = ..., extra_sites: _Optional[_Iterable[str]] = ..., extra_queues: _Optional[_Iterable[str]] = ..., closed_sites: _Optional[_Iterable[str]] = ...) -> None: ...
