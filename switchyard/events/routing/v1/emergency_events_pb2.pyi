from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class EmergencyDeclared(_message.Message):
    __slots__ = ("pools", "message", "waiting", "extra_sites", "extra_queues", "closed_sites")
    POOLS_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    WAITING_FIELD_NUMBER: _ClassVar[int]
    EXTRA_SITES_FIELD_NUMBER: _ClassVar[int]
    EXTRA_QUEUES_FIELD_NUMBER: _ClassVar[int]
    CLOSED_SITES_FIELD_NUMBER: _ClassVar[int]
    pools: _containers.RepeatedCompositeFieldContainer[EmergencyPool]
    message: str
    waiting: str
    extra_sites: _containers.RepeatedScalarFieldContainer[str]
    extra_queues: _containers.RepeatedScalarFieldContainer[str]
    closed_sites: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, pools: _Optional[_Iterable[_Union[EmergencyPool, _Mapping]]] = ..., message: _Optional[str] = ..., waiting: _Optional[str] = ..., extra_sites: _Optional[_Iterable[str]] = ..., extra_queues: _Optional[_Iterable[str]] = ..., closed_sites: _Optional[_Iterable[str]] = ...) -> None: ...

class EmergencyPool(_message.Message):
    __slots__ = ("pool_id", "to_queue", "last_step")
    POOL_ID_FIELD_NUMBER: _ClassVar[int]
    TO_QUEUE_FIELD_NUMBER: _ClassVar[int]
    LAST_STEP_FIELD_NUMBER: _ClassVar[int]
    pool_id: str
    to_queue: str
    last_step: str
    def __init__(self, pool_id: _Optional[str] = ..., to_queue: _Optional[str] = ..., last_step: _Optional[str] = ...) -> None: ...

class EmergencyLifted(_message.Message):
    __slots__ = ("pool_ids",)
    POOL_IDS_FIELD_NUMBER: _ClassVar[int]
    pool_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, pool_ids: _Optional[_Iterable[str]] = ...) -> None: ...
