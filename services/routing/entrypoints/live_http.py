"""GET /v1/queues/{id}/waiting, answered by the replica that runs the queue's pool."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Annotated

import httpx
from fastapi import APIRouter, Depends, Header, Request
from pydantic import BaseModel

from services.routing.application.live_queries import LiveQueries
from services.routing.application.ports import PoolKey
from services.routing.domain.estimates import Place
from services.routing.domain.stays import Parked
from services.routing.entrypoints.times import utc
from switchyard.service.identity import HEADER, Principal, current_principal
from switchyard.service.problems import Problem
from switchyard.service.telemetry import inject_trace

#: Set on a forwarded request, so that two replicas that both think the other has it do not ask each other for ever.
FORWARDED = "X-Switchyard-Forwarded"
FORWARD_SECONDS = 2.0

Owners = Callable[[str], Awaitable[Mapping[PoolKey, str]]]


class WaitingContact(BaseModel):
    """`position` counts from 1; `estimated_wait_seconds` is null until the queue has answered somebody."""

    contact: str
    entry: int
    channel: str
    position: int
    priority: int
    queued_at: datetime
    waited_seconds: float
    estimated_wait_seconds: float | None


class ParkedContact(BaseModel):
    """A contact that broke a rule: offered to nobody until it is transferred or ends."""

    contact: str
    entry: int
    channel: str
    queued_at: datetime
    parked_at: datetime
    reason: str
    error: str


class WaitingContacts(BaseModel):
    items: list[WaitingContact]
    parked: list[ParkedContact] = []


def live_router(queries: LiveQueries, owners: Owners, *, address: str, client: httpx.AsyncClient) -> APIRouter:
    router = APIRouter(tags=["queues"])

    @router.get("/v1/queues/{id}/waiting", summary="Who waits in a queue, next first")
    async def waiting(
        request: Request,
        id: str,  # noqa: A002 - the path's own name for it
        principal: Annotated[Principal, Depends(current_principal)],
        forwarded: Annotated[str | None, Header(alias=FORWARDED)] = None,
    ) -> WaitingContacts:
        found = queries.waiting(principal.tenant, id)
        if found is not None:
            parked = [_parked(stay) for stay in queries.parked(principal.tenant, id)]
            return WaitingContacts(items=[_item(place) for place in found], parked=parked)
        if forwarded is None:
            for other in sorted(set((await owners(principal.tenant)).values()) - {address}):
                answer = await _ask(client, other, request)
                if answer is not None:
                    return answer
        raise Problem(404, "queue-unknown", f"No pool has the queue {id}.")

    return router


async def _ask(client: httpx.AsyncClient, address: str, request: Request) -> WaitingContacts | None:
    """Ask another replica; None where it does not have the queue, or is not there."""
    headers = inject_trace({HEADER: request.headers.get(HEADER, ""), FORWARDED: "1"})
    try:
        response = await client.get(f"{address}{request.url.path}", headers=headers, timeout=FORWARD_SECONDS)
    except httpx.HTTPError:
        return None
    return WaitingContacts.model_validate_json(response.content) if response.status_code == httpx.codes.OK else None


def _item(place: Place) -> WaitingContact:
    entry = place.waiting.entry
    return WaitingContact(
        contact=entry.contact_id,
        entry=entry.number,
        channel=entry.channel,
        position=place.position,
        priority=-place.waiting.rank[0],
        queued_at=utc(entry.queued_at),
        waited_seconds=place.waited_seconds,
        estimated_wait_seconds=place.estimated_wait_seconds,
    )


def _parked(stay: Parked) -> ParkedContact:
    return ParkedContact(
        contact=stay.entry.contact_id,
        entry=stay.entry.number,
        channel=stay.entry.channel,
        queued_at=utc(stay.entry.queued_at),
        parked_at=utc(stay.parked_at),
        reason=stay.reason,
        error=stay.error,
    )
