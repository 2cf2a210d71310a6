"""A survey asked after one contact, and its answer."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from services.notify.domain.errors import AnswerTooLate, RatingOutsideScale
from services.notify.domain.events import SurveyAnswered, SurveyAsked, SurveyEvent, SurveyExpired
from services.notify.domain.survey_setting import SurveySetting

UNANSWERED = "unanswered"


class SurveyState(StrEnum):
    ASKED = "asked"
    ANSWERED = "answered"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class HandledContact:
    """The contact that is asked about; references that are not known are empty."""

    contact_id: str
    channel: str
    queue_id: str
    agent_id: str
    team_id: str
    site_id: str
    customer_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """`reason` says why an expired one has no answer; `updated_at` is when its last event happened."""

    id: str
    kind: str
    contact: HandledContact
    notice_id: str
    scale_max: int
    asked_at: datetime
    expires_at: datetime
    updated_at: datetime
    state: SurveyState = SurveyState.ASKED
    rating: int | None = None
    answered_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyChanged:
    survey: Survey
    events: tuple[SurveyEvent, ...] = ()


def ask(id: str, notice_id: str, contact: HandledContact, setting: SurveySetting, now: datetime) -> SurveyChanged:  # noqa: A002
    """Ask about a contact; the time for an answer runs from now."""
    survey = Survey(
        id=id,
        kind=setting.kind,
        contact=contact,
        notice_id=notice_id,
        scale_max=setting.scale_max,
        asked_at=now,
        expires_at=now + timedelta(seconds=setting.until_seconds),
        updated_at=now,
    )
    return SurveyChanged(survey=survey, events=(SurveyAsked(),))


def answer(survey: Survey, rating: int, at: datetime) -> SurveyChanged:
    """Take the first answer given in time, though it be told after the survey expired here; later ones change nothing.

    Raises RatingOutsideScale, AnswerTooLate.
    """
    if not 1 <= rating <= survey.scale_max:
        raise RatingOutsideScale(rating, survey.scale_max)
    if survey.state is SurveyState.ANSWERED:
        return SurveyChanged(survey=survey)
    if at > survey.expires_at:
        raise AnswerTooLate
    answered = replace(survey, state=SurveyState.ANSWERED, rating=rating, answered_at=at, reason="", updated_at=at)
    return SurveyChanged(survey=answered, events=(SurveyAnswered(rating=rating),))


def expire(survey: Survey, reason: str, at: datetime) -> SurveyChanged:
    """End a survey that was not answered; one that has ended stays as it is."""
    if survey.state is not SurveyState.ASKED:
        return SurveyChanged(survey=survey)
    expired = replace(survey, state=SurveyState.EXPIRED, reason=reason, updated_at=at)
    return SurveyChanged(survey=expired, events=(SurveyExpired(reason=reason),))
