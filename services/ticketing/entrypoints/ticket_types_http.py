"""Routes of ticket types."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from services.ticketing.application.ports import Ports, Recorded
from services.ticketing.application.ticket_types import add_type, find_type, list_types, put_type
from services.ticketing.domain.errors import TicketTypeUnknown
from services.ticketing.domain.ticket_type import BUILT_IN_TYPES, TicketType
from services.ticketing.entrypoints.models import (
    TicketTypeIn,
    TicketTypeOut,
    TicketTypePatch,
    TicketTypePut,
    type_from,
    type_out,
)
from services.ticketing.entrypoints.requests import Anyone, Keeper
from switchyard.service.etags import IfMatch, etag
from switchyard.service.pages import Page
from switchyard.service.problems import FieldError, Problem

TypePath = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


def ticket_types_router(ports: Ports) -> APIRouter:
    """Return the routes below /v1/ticket-types."""
    router = APIRouter(prefix="/v1/ticket-types", tags=["ticket types"])
    _add_reads(router, ports)
    _add_writes(router, ports)
    return router


def _add_reads(router: APIRouter, ports: Ports) -> None:
    @router.get("", summary="List ticket types, the built-in ones first")
    async def list_(principal: Anyone) -> Page[TicketTypeOut]:
        found = await list_types(ports.types, principal.tenant)
        return Page(items=[type_out(recorded.value, recorded.version) for recorded in found])

    @router.get("/{type_id}", summary="Read a ticket type")
    async def get(type_id: str, principal: Anyone, response: Response) -> TicketTypeOut:
        return _shown(await _found(ports, principal.tenant, type_id), response)


def _add_writes(router: APIRouter, ports: Ports) -> None:
    @router.post("", status_code=201, summary="Add a ticket type")
    async def post(body: TicketTypeIn, principal: Keeper, response: Response) -> TicketTypeOut:
        added = await add_type(ports.types, principal.tenant, type_from(body.id, body, built_in=False))
        response.headers["Location"] = f"/v1/ticket-types/{added.value.id}"
        return _shown(added, response)

    @router.put("/{type_id}", summary="Make a ticket type be so")
    async def put(
        type_id: TypePath, body: TicketTypePut, principal: Keeper, response: Response, expected: IfMatch
    ) -> TicketTypeOut:
        if body.id not in {None, type_id}:
            detail = "The id is the one in the path."
            raise Problem(422, "invalid-request", detail, errors=(FieldError("/id", detail),))
        wanted = type_from(type_id, body, built_in=type_id in BUILT_IN_TYPES)
        recorded, new = await put_type(ports.types, principal.tenant, wanted, expected)
        response.status_code = 201 if new else 200
        return _shown(recorded, response)

    @router.patch("/{type_id}", summary="Change a ticket type")
    async def patch(
        type_id: TypePath, body: TicketTypePatch, principal: Keeper, response: Response, expected: IfMatch
    ) -> TicketTypeOut:
        current = await _found(ports, principal.tenant, type_id)
        wanted = _patched(current.value, body)
        # Decided on what was read: a change in between must not be lost, so its version is insisted on.
        insisted = current.version if expected is None else expected
        recorded, _ = await put_type(ports.types, principal.tenant, wanted, insisted)
        return _shown(recorded, response)


def _patched(current: TicketType, body: TicketTypePatch) -> TicketType:
    shown = type_out(current, 0)
    merged = TicketTypePut(
        name=body.name or shown.name,
        prefix=body.prefix or shown.prefix,
        default_priority=body.default_priority or shown.default_priority,
        active=shown.active if body.active is None else body.active,
    )
    return type_from(current.id, merged, built_in=current.built_in)


async def _found(ports: Ports, tenant: str, type_id: str) -> Recorded[TicketType]:
    """An unknown type in a path is a 404; in a ticket's body it is a field at fault."""
    try:
        return await find_type(ports.types, tenant, type_id)
    except TicketTypeUnknown as error:
        raise Problem(404, "ticket-type-not-found", str(error)) from error


def _shown(recorded: Recorded[TicketType], response: Response) -> TicketTypeOut:
    response.headers["ETag"] = etag(recorded.version)
    return type_out(recorded.value, recorded.version)
