"""Routes of tickets."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.ticketing.application.add_note import handle_add_note
from services.ticketing.application.changing import Request as Change
from services.ticketing.application.close_ticket import handle_close_ticket
from services.ticketing.application.edit_ticket import handle_edit_ticket
from services.ticketing.application.find_tickets import find_ticket, list_tickets
from services.ticketing.application.open_ticket import OpenTicket, handle_open_ticket
from services.ticketing.application.ports import Ports, Recorded, TicketQuery
from services.ticketing.application.reopen_ticket import handle_reopen_ticket
from services.ticketing.domain.opening import Matter
from services.ticketing.domain.states import State
from services.ticketing.domain.ticket import Ticket
from services.ticketing.domain.working import Edit
from services.ticketing.entrypoints.models import (
    CloseIn,
    NoteIn,
    Reference,
    ReopenIn,
    TicketDetail,
    TicketIn,
    TicketOut,
    TicketPatch,
    ticket_detail,
    ticket_out,
)
from services.ticketing.entrypoints.requests import Anyone, Asked, Asking
from switchyard.service.etags import etag
from switchyard.service.pages import Page, PageRequest, Paging, encode_cursor
from switchyard.service.problems import FieldError, Problem

_SORTS = frozenset({"created_at", "updated_at"})
Filter = Annotated[Reference | None, Query()]


def tickets_router(ports: Ports) -> APIRouter:
    """Return the routes below /v1/tickets."""
    router = APIRouter(prefix="/v1/tickets", tags=["tickets"])
    _add_reads(router, ports)
    _add_writes(router, ports)
    _add_acts(router, ports)
    return router


def _add_reads(router: APIRouter, ports: Ports) -> None:
    @router.get("", summary="List tickets, newest first")
    async def list_(  # noqa: PLR0917 -- one parameter a filter
        principal: Anyone,
        paging: Paging,
        state: Annotated[State | None, Query()] = None,
        owner: Filter = None,
        type: Filter = None,  # noqa: A002
        customer: Filter = None,
        contact: Filter = None,
    ) -> Page[TicketOut]:
        query = TicketQuery(
            state=state,
            owner_id=owner,
            type_id=type,
            customer_id=customer,
            contact_id=contact,
            sort=_sort(paging.sort),
            limit=paging.limit,
            after=_position(paging),
        )
        listed = await list_tickets(ports.tickets, principal.tenant, query)
        items = [ticket_out(recorded.value, recorded.version) for recorded in listed.tickets]
        return Page(items=items, next=encode_cursor(listed.position) if listed.position else None)

    @router.get("/{ticket_id}", summary="Read a ticket with its notes and history")
    async def get(ticket_id: str, principal: Anyone, response: Response) -> TicketDetail:
        return _shown(await find_ticket(ports.tickets, principal.tenant, ticket_id), response)


def _add_writes(router: APIRouter, ports: Ports) -> None:
    @router.post("", status_code=201, summary="Open a ticket")
    async def post(body: TicketIn, asked: Asked, response: Response) -> TicketDetail:
        command = OpenTicket(
            tenant=asked.tenant,
            ticket_id=asked.derived_id("tkt", "tickets"),
            type_id=body.type,
            matter=_matter(body),
            actor=asked.principal.subject,
            causation_id=asked.request_id,
        )
        recorded, _ = await handle_open_ticket(command, ports)
        response.headers["Location"] = f"/v1/tickets/{recorded.value.id}"
        return _shown(recorded, response)

    @router.patch("/{ticket_id}", summary="Change a ticket's words, priority, owner or state")
    async def patch(ticket_id: str, body: TicketPatch, asked: Asked, response: Response) -> TicketDetail:
        return _shown(await handle_edit_ticket(_change(asked, ticket_id), _edit(body), ports), response)


def _add_acts(router: APIRouter, ports: Ports) -> None:
    @router.post("/{ticket_id}/notes", status_code=201, summary="Add an internal note")
    async def add_note(ticket_id: str, body: NoteIn, asked: Asked, response: Response) -> TicketDetail:
        note_id = asked.derived_id("nte", ticket_id)
        return _shown(await handle_add_note(_change(asked, ticket_id), note_id, body.text, ports), response)

    @router.post("/{ticket_id}/close", summary="Close a ticket with its resolution")
    async def close(ticket_id: str, body: CloseIn, asked: Asked, response: Response) -> TicketDetail:
        return _shown(await handle_close_ticket(_change(asked, ticket_id), body.resolution, ports), response)

    @router.post("/{ticket_id}/reopen", summary="Open a resolved or closed ticket again")
    async def reopen(ticket_id: str, body: ReopenIn, asked: Asked, response: Response) -> TicketDetail:
        return _shown(await handle_reopen_ticket(_change(asked, ticket_id), body.reason, ports), response)


def _change(asked: Asking, ticket_id: str) -> Change:
    return Change(
        tenant=asked.tenant,
        ticket_id=ticket_id,
        actor=asked.principal.subject,
        causation_id=asked.request_id,
        expected=asked.expected,
    )


def _matter(body: TicketIn) -> Matter:
    return Matter(
        title=body.title,
        description=body.description,
        contact_id=body.contact or "",
        customer_id=body.customer or "",
        service_request_id=body.service_request or "",
        channel=body.channel or "",
        queue_id=body.queue or "",
        owner_id=body.owner or "",
        priority=body.priority,
    )


def _edit(body: TicketPatch) -> Edit:
    """Only `owner` tells null, which takes the owner away, from being left out."""
    return Edit(
        title=body.title,
        description=body.description,
        priority=body.priority,
        owner_id=(body.owner or "") if "owner" in body.model_fields_set else None,
        state=State(body.state) if body.state else None,
    )


def _sort(asked: str | None) -> str:
    if asked is None:
        return "-created_at"
    if asked.removeprefix("-") not in _SORTS:
        detail = f"Sort by one of {', '.join(sorted(_SORTS))}, with - for newest first."
        raise Problem(422, "invalid-request", detail, errors=(FieldError("?sort", detail),))
    return asked


def _position(paging: PageRequest) -> Sequence[str | int | float | bool | None] | None:
    """Positions here are a time and an id; a cursor of another list is not one of ours."""
    if paging.after is not None and [type(part) for part in paging.after] != [str, str]:
        raise Problem(400, "invalid-cursor", "The cursor is not one that this list gave.")
    return paging.after


def _shown(recorded: Recorded[Ticket], response: Response) -> TicketDetail:
    response.headers["ETag"] = etag(recorded.version)
    return ticket_detail(recorded.value, recorded.version)
