"""Routes of notices, and the one by which the gateway fetches what it is to deliver."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from services.notify.application.find_things import find_notice
from services.notify.application.ports import Ports, Recorded
from services.notify.domain.notice import Notice, NoticeState
from services.notify.entrypoints.requests import Filter, Reader, list_query
from services.notify.entrypoints.templates_http import PreviewOut, rendered_out
from switchyard.service.etags import etag
from switchyard.service.pages import Page, Paging, encode_cursor
from switchyard.service.times import Timestamp


class NoticeOut(BaseModel):
    """A notice in a list: without its text."""

    id: str
    template: str
    template_version: int
    channel: str
    contact: str
    survey: str | None
    state: NoticeState
    failure: str | None
    created_at: Timestamp
    updated_at: Timestamp
    version: int


class NoticeDetail(NoticeOut):
    content: PreviewOut


def notices_router(ports: Ports) -> APIRouter:
    """Return the routes below /v1/notices."""
    router = APIRouter(prefix="/v1/notices", tags=["notices"])

    @router.get("", summary="List notices, newest first")
    async def list_(
        principal: Reader,
        paging: Paging,
        contact: Filter = None,
        survey: Filter = None,
        state: Annotated[NoticeState | None, Query()] = None,
    ) -> Page[NoticeOut]:
        equal = {"contact_id": contact, "survey_id": survey, "state": state}
        listed = await ports.notices.page(principal.tenant, list_query(paging, equal))
        items = [NoticeOut.model_validate(_fields(recorded)) for recorded in listed.items]
        return Page(items=items, next=encode_cursor(listed.position) if listed.position else None)

    @router.get("/{notice_id}", summary="Read a notice with its text")
    async def get(notice_id: str, principal: Reader, response: Response) -> NoticeDetail:
        recorded = await find_notice(ports.notices, principal.tenant, notice_id)
        response.headers["ETag"] = etag(recorded.version)
        content = rendered_out(recorded.value.content)
        return NoticeDetail.model_validate(_fields(recorded) | {"content": content})

    return router


def internal_router(ports: Ports) -> APIRouter:
    """Return the routes that only other services reach."""
    router = APIRouter(prefix="/internal/notices", include_in_schema=False)

    @router.get("/{notice_id}/content")
    async def get_content(notice_id: str, principal: Reader) -> PreviewOut:
        return rendered_out((await find_notice(ports.notices, principal.tenant, notice_id)).value.content)

    return router


def _fields(recorded: Recorded[Notice]) -> dict[str, object]:
    notice = recorded.value
    return {
        "id": notice.id,
        "template": notice.template_id,
        "template_version": notice.template_version,
        "channel": notice.channel,
        "contact": notice.contact_id,
        "survey": notice.survey_id or None,
        "state": notice.state,
        "failure": notice.failure or None,
        "created_at": notice.requested_at,
        "updated_at": notice.updated_at,
        "version": recorded.version,
    }
