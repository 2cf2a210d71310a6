"""GET /v1/queues/{id}/waiting, answered by the replica that runs the queue's pool."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated

import httpx
from fastapi import APIRouter, Depends, Header, Request
from pydantic import BaseModel

from services.routing.application.live_queries import LiveQueries, WaitingRoom
from services.routing.domain.estimates import Place
from services.routing.domain.stays import Parked
from services.routing.entrypoints.other_replicas import FORWARDED, Owners, ask_each
from services.routing.entrypoints.times import utc
from switchyard.service.identity import Principal, current_principal
from switchyard.service.problems import Problem

#: Says whether a tenant has a queue of this id, be it that no engine has heard of it yet.
HasQueue = Callable[[str, str], Awaitable[bool]]


class WaitingContact(BaseModel):
    """`position` counts from 1; the estimate is null until the queue has answered somebody.

    `callback_attempt` is 0 for who waits on the line, and from 1 for who is to be called back.

    Four in five who are told such a band should be answered within it, counted from now.
    """

    contact: str
    entry: int
    channel: str
    position: int
    priority: int
    queued_at: datetime
    waited_seconds: float
    estimated_wait_seconds: float | None
    estimated_wait_low_seconds: float | None = None
    estimated_wait_high_seconds: float | None = None
    callback_attempt: int = 0


class EstimateAccuracy(BaseModel):
    """How good the estimates were that the last `judged` answered contacts had been given as they began to wait.

    `inside_band_share` should be about 0.8; both figures are null where nothing was judged yet.
    """

    judged: int = 0
    mean_absolute_error_seconds: float | None = None
    inside_band_share: float | None = None


class Newcomer(BaseModel):
    """What somebody would be told who found nobody free now; null until the queue has answered somebody."""

    position: int = 1
    estimated_wait_seconds: float | None = None
    estimated_wait_low_seconds: float | None = None
    estimated_wait_high_seconds: float | None = None


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
    """`late_seconds` is how old the pool's commands were when the engine last got to some: all this is so old."""

    items: list[WaitingContact]
    parked: list[ParkedContact] = []
    newcomer: Newcomer = Newcomer()
    accuracy: EstimateAccuracy = EstimateAccuracy()
    late_seconds: float = 0.0


def live_router(
    queries: LiveQueries, owners: Owners, has_queue: HasQueue, *, address: str, client: httpx.AsyncClient
) -> APIRouter:
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
            return _room(found, parked)
        if forwarded is None:
            answer = await ask_each(client, await owners(principal.tenant), address, request, WaitingContacts)
            if answer is not None:
                return answer
        if forwarded is None and await has_queue(principal.tenant, id):
            return WaitingContacts(items=[])
        raise Problem(404, "queue-unknown", f"No pool has the queue {id}.")

    return router


def _room(room: WaitingRoom, parked: list[ParkedContact]) -> WaitingContacts:
    known, expected = room.accuracy, room.newcomer
    return WaitingContacts(
        items=[_item(place) for place in room.places],
        parked=parked,
        newcomer=Newcomer(
            position=len(room.places) + 1,
            estimated_wait_seconds=expected.estimated_seconds if expected else None,
            estimated_wait_low_seconds=expected.low_seconds if expected else None,
            estimated_wait_high_seconds=expected.high_seconds if expected else None,
        ),
        accuracy=EstimateAccuracy(
            judged=known.judged,
            mean_absolute_error_seconds=known.mean_absolute_error_seconds,
            inside_band_share=known.inside_band_share,
        ),
        late_seconds=room.late_seconds,
    )


def _item(place: Place) -> WaitingContact:
    entry, expected = place.waiting.entry, place.expected
    return WaitingContact(
        contact=entry.contact_id,
        entry=entry.number,
        channel=entry.channel,
        position=place.position,
        priority=-place.waiting.rank[0],
        queued_at=utc(entry.queued_at),
        waited_seconds=place.waited_seconds,
        estimated_wait_seconds=expected.estimated_seconds if expected else None,
        estimated_wait_low_seconds=expected.low_seconds if expected else None,
        estimated_wait_high_seconds=expected.high_seconds if expected else None,
        callback_attempt=entry.callback_attempt,
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
