"""Record a customer's answer."""

from dataclasses import dataclass
from datetime import datetime

from services.notify.application.changing import change_survey
from services.notify.application.ports import Ports
from services.notify.domain.survey import answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The gateway's event: the customer answered `at`."""

    tenant: str
    event_id: str
    survey_id: str
    rating: int
    at: datetime


async def answer_survey(answered: Answered, ports: Ports) -> bool:
    """Return whether this was the answer. Raises ResponseNotFound, RatingOutsideScale, AnswerTooLate."""
    return await change_survey(
        ports.surveys,
        answered.tenant,
        answered.survey_id,
        lambda survey: answer(survey, answered.rating, answered.at),
        answered.event_id,
    )
