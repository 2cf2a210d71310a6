from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor

class DeliverySent(_message.Message):
    __slots__ = ("delivery_id", "contact_id", "channel", "provider_message_id")
    DELIVERY_ID_FIELD_NUMBER: _ClassVar[int]
    CONTACT_ID_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    PROVIDER_MESSAGE_ID_FIELD_NUMBER: _ClassVar[int]
    delivery_id: str
    contact_id: str
    channel: str
    provider_message_id: str
    def __init__(self, delivery_id: _Optional[str] = ..., contact_id: _Optional[str] = ..., channel: _Optional[str] = ..., provider_message_id: _Optional[str] = ...) -> None: ...

class DeliveryFailed(_message.Message):
    __slots__ = ("delivery_id", "contact_id", "channel", "code")
    DELIVERY_ID_FIELD_NUMBER: _ClassVar[int]
    CONTACT_ID_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    delivery_id: str
    contact_id: str
    channel: str
    code: str
    def __init__(self, delivery_id: _Optional[str] = ..., contact_id: _Optional[str] = ..., channel: _Optional[str] = ..., code: _Optional[str] = ...) -> None: ...

class DeliveryConfirmed(_message.Message):
    __slots__ = ("delivery_id", "contact_id", "channel")
    DELIVERY_ID_FIELD_NUMBER: _ClassVar[int]
    CONTACT_ID_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    delivery_id: str
    contact_id: str
    channel: str
    def __init__(self, delivery_id: _Optional[str] = ..., contact_id: _Optional[str] = ..., channel: _Optional[str] = ...) -> None: ...

class DeliveryAnswered(_message.Message):
    __slots__ = ("delivery_id", "contact_id", "channel", "survey_id", "rating")
    DELIVERY_ID_FIELD_NUMBER: _ClassVar[int]
    CONTACT_ID_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    SURVEY_ID_FIELD_NUMBER: _ClassVar[int]
    RATING_FIELD_NUMBER: _ClassVar[int]
    delivery_id: str
    contact_id: str
    channel: str
    survey_id: str
    rating: int
    def __init__(self, delivery_id: _Optional[str] = ..., contact_id: _Optional[str] = ..., channel: _Optional[str] = ..., survey_id: _Optional[str] = ..., rating: _Optional[int] = ...) -> None: ...
