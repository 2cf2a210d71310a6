from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class EvaluationCompleted(_message.Message):
    __slots__ = ("evaluation_id", "contact_id", "channel", "queue_id", "agent_id", "team_id", "site_id", "scorecard_id", "scorecard_version", "method", "score", "passed", "flagged", "answers", "first_response_seconds")
    EVALUATION_ID_FIELD_NUMBER: _ClassVar[int]
    CONTACT_ID_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    QUEUE_ID_FIELD_NUMBER: _ClassVar[int]
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    TEAM_ID_FIELD_NUMBER: _ClassVar[int]
    SITE_ID_FIELD_NUMBER: _ClassVar[int]
    SCORECARD_ID_FIELD_NUMBER: _ClassVar[int]
    SCORECARD_VERSION_FIELD_NUMBER: _ClassVar[int]
    METHOD_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    PASSED_FIELD_NUMBER: _ClassVar[int]
    FLAGGED_FIELD_NUMBER: _ClassVar[int]
    ANSWERS_FIELD_NUMBER: _ClassVar[int]
    FIRST_RESPONSE_SECONDS_FIELD_NUMBER: _ClassVar[int]
    evaluation_id: str
    contact_id: str
    channel: str
    queue_id: str
    agent_id: str
    team_id: str
    site_id: str
    scorecard_id: str
    scorecard_version: int
    method: str
    score: float
    passed: bool
    flagged: bool
    answers: _containers.RepeatedCompositeFieldContainer[Answer]
    first_response_seconds: float
    def __init__(self, evaluation_id: _Optional[str] = ..., contact_id: _Optional[str] = ..., channel: _Optional[str] = ..., queue_id: _Optional[str] = ..., agent_id: _Optional[str] = ..., team_id: _Optional[str] = ..., site_id: _Optional[str] = ..., scorecard_id: _Optional[str] = ..., scorecard_version: _Optional[int] = ..., method: _Optional[str] = ..., score: _Optional[float] = ..., passed: _Optional[bool] = ..., flagged: _Optional[bool] = ..., answers: _Optional[_Iterable[_Union[Answer, _Mapping]]] = ..., first_response_seconds: _Optional[float] = ...) -> None: ...

class Answer(_message.Message):
    __slots__ = ("question_id", "result", "points", "weight", "fatal")
    QUESTION_ID_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FIELD_NUMBER: _ClassVar[int]
    FATAL_FIELD_NUMBER: _ClassVar[int]
    question_id: str
    result: str
    points: float
    weight: float
    fatal: bool
    def __init__(self, question_id: _Optional[str] = ..., result: _Optional[str] = ..., points: _Optional[float] = ..., weight: _Optional[float] = ..., fatal: _Optional[bool] = ...) -> None: ...
