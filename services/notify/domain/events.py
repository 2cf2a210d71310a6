"""What happened to surveys and notices, and what the gateway is asked to do; the adapters put it on the wire."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyAsked:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyAnswered:
    rating: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyExpired:
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRequested:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeSent:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeFailed:
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverNotice:
    """Not an event: the gateway is to deliver the notice, and to take a rating until then for the survey's answer."""

    scale_max: int
    until: datetime


SurveyEvent = SurveyAsked | SurveyAnswered | SurveyExpired
NoticeOutgoing = NoticeRequested | NoticeSent | NoticeFailed | DeliverNotice
