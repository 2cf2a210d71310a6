"""Routes of evaluations. Evidence is told as line numbers: the texts are the gateway's, with its own permissions."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, StringConstraints

from services.quality.application.find_evaluations import find_evaluation, list_evaluations
from services.quality.application.ports import EvaluationQuery, Ports, Position
from services.quality.domain.answering import Result
from services.quality.domain.evaluation import Evaluation
from switchyard.service.etags import etag
from switchyard.service.identity import Principal, require
from switchyard.service.pages import Page, PageRequest, Paging, encode_cursor
from switchyard.service.problems import FieldError, Problem
from switchyard.service.times import Timestamp

Reviewer = Annotated[Principal, Depends(require("qa", "supervisor", "team_leader", "manager", "admin", "partner"))]
Filter = Annotated[Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.:@+-]{1,128}$")] | None, Query()]


class AnswerOut(BaseModel):
    """`evidence` are numbers of the contact's lines."""

    question: str
    result: Result
    points: float
    weight: float
    fatal: bool
    evidence: list[int]


class EvaluationOut(BaseModel):
    """An evaluation in a list: without its answers."""

    id: str
    contact: str
    channel: str
    queue: str
    agent: str
    team: str | None
    site: str | None
    scorecard: str
    scorecard_version: int
    method: str
    score: float
    passed: bool
    flagged: bool
    first_response_seconds: float | None
    answer_wait_seconds: float | None
    created_at: Timestamp


class EvaluationDetail(EvaluationOut):
    answers: list[AnswerOut]


def evaluations_router(ports: Ports) -> APIRouter:
    """Return the routes below /v1/evaluations."""
    router = APIRouter(prefix="/v1/evaluations", tags=["evaluations"])

    @router.get("", summary="List evaluations, newest first")
    async def list_(  # noqa: PLR0917 -- one parameter a filter
        principal: Reviewer,
        paging: Paging,
        contact: Filter = None,
        agent: Filter = None,
        queue: Filter = None,
        scorecard: Filter = None,
        flagged: Annotated[bool | None, Query()] = None,
    ) -> Page[EvaluationOut]:
        query = EvaluationQuery(
            contact_id=contact,
            agent_id=agent,
            queue_id=queue,
            scorecard_id=scorecard,
            flagged=flagged,
            newest_first=_newest_first(paging.sort),
            limit=paging.limit,
            after=_position(paging),
        )
        listed = await list_evaluations(ports.evaluations, principal.tenant, query)
        items = [EvaluationOut.model_validate(_fields(evaluation)) for evaluation in listed.evaluations]
        return Page(items=items, next=encode_cursor(listed.position) if listed.position else None)

    @router.get("/{evaluation_id}", summary="Read an evaluation with its answers and their evidence")
    async def get(evaluation_id: str, principal: Reviewer, response: Response) -> EvaluationDetail:
        found = await find_evaluation(ports.evaluations, principal.tenant, evaluation_id)
        response.headers["ETag"] = etag(1)
        answers = [{"question": answer.question_id} | asdict(answer) for answer in found.answers]
        return EvaluationDetail.model_validate(_fields(found) | {"answers": answers})

    return router


def _fields(evaluation: Evaluation) -> dict[str, object]:
    return {
        "id": evaluation.id,
        "contact": evaluation.contact_id,
        "channel": evaluation.channel,
        "queue": evaluation.queue_id,
        "agent": evaluation.agent_id,
        "team": evaluation.team_id or None,
        "site": evaluation.site_id or None,
        "scorecard": evaluation.scorecard_id,
        "scorecard_version": evaluation.scorecard_version,
        "method": evaluation.method,
        "score": evaluation.score,
        "passed": evaluation.passed,
        "flagged": evaluation.flagged,
        "first_response_seconds": evaluation.first_response_seconds,
        "answer_wait_seconds": evaluation.answer_wait_seconds,
        "created_at": evaluation.evaluated_at,
    }


def _newest_first(sort: str | None) -> bool:
    if sort not in {None, "created_at", "-created_at"}:
        detail = "Sort by created_at or -created_at."
        raise Problem(422, "invalid-request", detail, errors=(FieldError("?sort", detail),))
    return sort != "created_at"


def _position(paging: PageRequest) -> Position | None:
    """Positions here are a time and an id; a cursor of another list is not one of ours."""
    if paging.after is not None and [type(part) for part in paging.after] != [str, str]:
        raise Problem(400, "invalid-cursor", "The cursor is not one that this list gave.")
    return paging.after
