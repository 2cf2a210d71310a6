"""Routes of survey responses."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from services.notify.application.find_things import find_response
from services.notify.application.ports import Ports, Recorded
from services.notify.domain.survey import Survey, SurveyState
from services.notify.entrypoints.requests import Filter, Reader, list_query
from switchyard.service.etags import etag
from switchyard.service.pages import Page, Paging, encode_cursor
from switchyard.service.times import Timestamp


class ResponseOut(BaseModel):
    """`reason` says why an expired survey has no answer: `unanswered`, or the delivery's failure code."""

    id: str
    kind: str
    contact: str
    channel: str
    queue: str
    agent: str
    team: str | None
    site: str | None
    customer: str | None
    notice: str
    state: SurveyState
    rating: int | None
    scale_max: int
    created_at: Timestamp
    expires_at: Timestamp
    answered_at: Timestamp | None
    reason: str | None
    version: int


def responses_router(ports: Ports) -> APIRouter:
    """Return the routes below /v1/survey-responses."""
    router = APIRouter(prefix="/v1/survey-responses", tags=["survey responses"])

    @router.get("", summary="List survey responses, newest first")
    async def list_(  # noqa: PLR0917 -- one parameter a filter
        principal: Reader,
        paging: Paging,
        contact: Filter = None,
        agent: Filter = None,
        queue: Filter = None,
        state: Annotated[SurveyState | None, Query()] = None,
    ) -> Page[ResponseOut]:
        equal = {"contact_id": contact, "agent_id": agent, "queue_id": queue, "state": state}
        listed = await ports.surveys.page(principal.tenant, list_query(paging, equal))
        items = [_out(recorded) for recorded in listed.items]
        return Page(items=items, next=encode_cursor(listed.position) if listed.position else None)

    @router.get("/{response_id}", summary="Read a survey response")
    async def get(response_id: str, principal: Reader, response: Response) -> ResponseOut:
        recorded = await find_response(ports.surveys, principal.tenant, response_id)
        response.headers["ETag"] = etag(recorded.version)
        return _out(recorded)

    return router


def _out(recorded: Recorded[Survey]) -> ResponseOut:
    survey, contact = recorded.value, recorded.value.contact
    return ResponseOut(
        id=survey.id,
        kind=survey.kind,
        contact=contact.contact_id,
        channel=contact.channel,
        queue=contact.queue_id,
        agent=contact.agent_id,
        team=contact.team_id or None,
        site=contact.site_id or None,
        customer=contact.customer_id or None,
        notice=survey.notice_id,
        state=survey.state,
        rating=survey.rating,
        scale_max=survey.scale_max,
        created_at=survey.asked_at,
        expires_at=survey.expires_at,
        answered_at=survey.answered_at,
        reason=survey.reason or None,
        version=recorded.version,
    )
