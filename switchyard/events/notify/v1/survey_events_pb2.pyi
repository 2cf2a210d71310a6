from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor

class SurveyAsked(_message.Message):
    __slots__ = ("survey_id", "kind", "contact_id", "channel", "queue_id", "agent_id", "team_id", "site_id", "scale_max")
    SURVEY_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    CONTACT_ID_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    QUEUE_ID_FIELD_NUMBER: _ClassVar[int]
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    TEAM_ID_FIELD_NUMBER: _ClassVar[int]
    SITE_ID_FIELD_NUMBER: _ClassVar[int]
    SCALE_MAX_FIELD_NUMBER: _ClassVar[int]
    survey_id: str
    kind: str
    contact_id: str
    channel: str
    queue_id: str
    agent_id: str
    team_id: str
    site_id: str
    scale_max: int
    def __init__(self, survey_id: _Optional[str] = ..., kind: _Optional[str] = ..., contact_id: _Optional[str] = ..., channel: _Optional[str] = ..., queue_id: _Optional[str] = ..., agent_id: _Optional[str] = ..., team_id: _Optional[str] = ..., site_id: _Optional[str] = ..., scale_max: _Optional[int] = ...) -> None: ...

class SurveyAnswered(_message.Message):
    __slots__ = ("survey_id", "kind", "contact_id", "channel", "queue_id", "agent_id", "team_id", "site_id", "rating", "scale_max")
    SURVEY_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    CONTACT_ID_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    QUEUE_ID_FIELD_NUMBER: _ClassVar[int]
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    TEAM_ID_FIELD_NUMBER: _ClassVar[int]
    SITE_ID_FIELD_NUMBER: _ClassVar[int]
    RATING_FIELD_NUMBER: _ClassVar[int]
    SCALE_MAX_FIELD_NUMBER: _ClassVar[int]
    survey_id: str
    kind: str
    contact_id: str
    channel: str
    queue_id: str
    agent_id: str
    team_id: str
    site_id: str
    rating: int
    scale_max: int
    def __init__(self, survey_id: _Optional[str] = ..., kind: _Optional[str] = ..., contact_id: _Optional[str] = ..., channel: _Optional[str] = ..., queue_id: _Optional[str] = ..., agent_id: _Optional[str] = ..., team_id: _Optional[str] = ..., site_id: _Optional[str] = ..., rating: _Optional[int] = ..., scale_max: _Optional[int] = ...) -> None: ...

class SurveyExpired(_message.Message):
    __slots__ = ("survey_id", "contact_id", "reason")
    SURVEY_ID_FIELD_NUMBER: _ClassVar[int]
    CONTACT_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    survey_id: str
    contact_id: str
    reason: str
    def __init__(self, survey_id: _Optional[str] = ..., contact_id: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...
