"""Scoring a conversation against a scorecard."""

from dataclasses import dataclass
from datetime import datetime

from services.quality.domain.answering import Result, find
from services.quality.domain.conversation import Conversation
from services.quality.domain.scorecard import Question, Scorecard

AUTOMATIC = "automatic"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`points` of `weight` were won; `evidence` are line numbers of the contact."""

    question_id: str
    result: Result
    points: float
    weight: float
    fatal: bool
    evidence: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """`score` is 0 to 100; `flagged` wants a reviewer's eye."""

    id: str
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
    answers: tuple[Answer, ...]
    first_response_seconds: float | None
    answer_wait_seconds: float | None
    evaluated_at: datetime


def evaluate(id: str, scorecard: Scorecard, conversation: Conversation, now: datetime) -> Evaluation | None:  # noqa: A002
    """Score a conversation; None where no question of the scorecard applies to it."""
    answers = tuple(_answer(question, conversation) for question in scorecard.questions())
    score = _score(answers)
    if score is None:
        return None
    passed = score >= scorecard.pass_mark and not _fatal(answers)
    return Evaluation(
        id=id,
        contact_id=conversation.contact_id,
        channel=conversation.channel,
        queue_id=conversation.queue_id,
        agent_id=conversation.agent_id,
        team_id=conversation.team_id,
        site_id=conversation.site_id,
        scorecard_id=scorecard.id,
        scorecard_version=scorecard.version,
        method=AUTOMATIC,
        score=score,
        passed=passed,
        flagged=not passed or _wants_review(scorecard, answers),
        answers=answers,
        first_response_seconds=conversation.first_response_seconds(),
        answer_wait_seconds=conversation.answer_wait_seconds(),
        evaluated_at=now,
    )


def _answer(question: Question, conversation: Conversation) -> Answer:
    finding = find(question.rule, conversation)
    return Answer(
        question_id=question.id,
        result=finding.result,
        points=question.weight if finding.result is Result.YES else 0.0,
        weight=question.weight,
        fatal=question.fatal,
        evidence=finding.lines,
    )


def _score(answers: tuple[Answer, ...]) -> float | None:
    """Return the share won of what applies, to two decimals; 0 where a fatal question was answered with no."""
    applicable = [answer for answer in answers if answer.result is not Result.NOT_APPLICABLE]
    weight = sum(answer.weight for answer in applicable)
    if weight <= 0:
        return None
    if _fatal(answers):
        return 0.0
    return round(100 * sum(answer.points for answer in applicable) / weight, 2)


def _fatal(answers: tuple[Answer, ...]) -> bool:
    return any(answer.fatal and answer.result is Result.NO for answer in answers)


def _wants_review(scorecard: Scorecard, answers: tuple[Answer, ...]) -> bool:
    watched = {question.id for question in scorecard.questions() if question.review_on_no}
    return any(answer.question_id in watched and answer.result is Result.NO for answer in answers)
