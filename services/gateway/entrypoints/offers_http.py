"""/v1/offers: what is offered to an agent, and the agent's yes or no."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.gateway.application.door.answers import Answered, Pending
from services.gateway.application.door.command_ids import pool_of_offer
from services.gateway.application.door.commands import AcceptOffer, RejectOffer
from services.gateway.application.door.pool_view import Offer
from services.gateway.application.door.pool_views import PoolViews
from services.gateway.application.door.ports import RoutingCommands
from services.gateway.application.door.routing_settings import RoutingSettings
from services.gateway.entrypoints.acting import acting_agent, may_oversee
from services.gateway.entrypoints.answers import or_problem, origin_of, pending
from switchyard.service.identity import Principal, require
from switchyard.service.pages import Page, Paging, encode_cursor
from switchyard.service.problems import Problem
from switchyard.service.times import Timestamp, from_text

_WORKERS = ("agent", "senior_agent", "team_leader", "supervisor", "manager", "admin")
Worker = Annotated[Principal, Depends(require(*_WORKERS))]


class OfferBody(BaseModel):
    """An open offer; it lapses at `expires_at`."""

    id: str
    contact: str
    entry: int
    queue: str
    channel: str
    agent: str
    queued_at: Timestamp | None
    offered_at: Timestamp
    expires_at: Timestamp | None
    callback_attempt: int = Field(description="From 1 where the customer is called back; 0 for everybody else.")


class OfferOutcome(BaseModel):
    """An offer that is over; `state` is accepted or rejected."""

    id: str
    state: str
    contact: str | None = None
    entry: int | None = None
    queue: str | None = None
    channel: str | None = None
    agent: str
    at: Timestamp | None = None


class Acceptance(BaseModel):
    model_config = ConfigDict(extra="forbid")

    agent: str | None = Field(default=None, description="For whom; only overseers may name another agent.")


class Rejection(Acceptance):
    reason: str = Field(default="", max_length=200)


def offers_router(commands: RoutingCommands, views: PoolViews, settings: RoutingSettings) -> APIRouter:
    """Return the routes of offers."""
    desk = _Desk(commands, views, settings)
    router = APIRouter(prefix="/v1/offers", tags=["offers"])
    router.add_api_route("", desk.list_offers, methods=["GET"], response_model=Page[OfferBody])
    for name, route in (("accept", desk.accept_offer), ("reject", desk.reject_offer)):
        router.add_api_route(f"/{{offer_id}}/{name}", route, methods=["POST"], response_model=OfferOutcome)
    return router


class _Desk:
    def __init__(self, commands: RoutingCommands, views: PoolViews, settings: RoutingSettings) -> None:
        self._commands = commands
        self._views = views
        self._settings = settings

    async def list_offers(
        self, principal: Worker, paging: Paging, agent: Annotated[str | None, Query(max_length=64)] = None
    ) -> Page[OfferBody]:
        """List open offers, the oldest first: one's own, or for overseers anyone's."""
        if agent is None and not may_oversee(principal):
            agent = principal.subject
        if agent is not None:
            await acting_agent(principal, agent, self._settings)
        await self._views.completed(principal.tenant)
        return _page(list(self._views.offers(principal.tenant, agent)), paging.limit, paging.after)

    async def accept_offer(
        self, offer_id: str, request: Request, principal: Worker, body: Acceptance | None = None
    ) -> OfferOutcome | Response:
        """Take the contact; it is the agent's when this answers. 409 where the offer is over."""
        pool, agent = await self._whose(principal, offer_id, body.agent if body else None)
        return await self._send(request, principal, pool, AcceptOffer(offer_id=offer_id, agent_id=agent))

    async def reject_offer(
        self, offer_id: str, request: Request, principal: Worker, body: Rejection | None = None
    ) -> OfferOutcome | Response:
        """Decline the contact; it keeps its place and is offered to somebody else."""
        body = body or Rejection()
        pool, agent = await self._whose(principal, offer_id, body.agent)
        command = RejectOffer(offer_id=offer_id, agent_id=agent, reason=body.reason)
        return await self._send(request, principal, pool, command)

    async def _whose(self, principal: Principal, offer_id: str, named: str | None) -> tuple[str, str]:
        """Find the pool and the agent to act for. Raises Problem 403 or 404."""
        pool = pool_of_offer(offer_id)
        if pool is None or not self._settings.has_pool(principal.tenant, pool):
            raise _unknown()
        if named is None and may_oversee(principal):
            offer = self._views.offer(principal.tenant, pool, offer_id)
            if offer is None:
                raise _unknown()
            return pool, offer.agent_id
        return pool, await acting_agent(principal, named or principal.subject, self._settings)

    async def _send(
        self, request: Request, principal: Principal, pool: str, command: AcceptOffer | RejectOffer
    ) -> OfferOutcome | Response:
        offer = self._views.offer(principal.tenant, pool, command.offer_id)
        answer = await self._commands.send(
            command,
            tenant=principal.tenant,
            pool=pool,
            origin=origin_of(request, principal),
            correlation_id=offer.contact_id if offer else command.offer_id,
        )
        done = or_problem(answer)
        return pending(done) if isinstance(done, Pending) else _outcome(command, done, offer)


def _outcome(command: AcceptOffer | RejectOffer, answered: Answered, offer: Offer | None) -> OfferOutcome:
    about = answered.events[0] if answered.events else offer
    return OfferOutcome(
        id=command.offer_id,
        state="accepted" if isinstance(command, AcceptOffer) else "rejected",
        agent=command.agent_id,
        contact=about.contact_id if about else None,
        entry=about.entry if about else None,
        queue=about.queue_id if about else None,
        channel=about.channel if about else None,
        at=answered.events[0].time if answered.events else None,
    )


def _unknown() -> Problem:
    return Problem(404, "offer-unknown", "There is no such offer.")


def _page(offers: list[Offer], limit: int, after: tuple[object, ...] | None) -> Page[OfferBody]:
    if after is not None:
        mark = _mark(after)
        offers = [offer for offer in offers if (offer.offered_at, offer.id) > mark]
    shown = offers[:limit]
    more = encode_cursor((shown[-1].offered_at.isoformat(), shown[-1].id)) if len(offers) > limit else None
    return Page(items=[offer_body(offer) for offer in shown], next=more)


def _mark(after: tuple[object, ...]) -> tuple[datetime, str]:
    try:
        at, offer_id = after
        return from_text(str(at)), str(offer_id)
    except ValueError as error:
        raise Problem(400, "invalid-cursor", "The cursor is not one that this list gave.") from error


def offer_body(offer: Offer) -> OfferBody:
    return OfferBody(
        id=offer.id,
        contact=offer.contact_id,
        entry=offer.entry,
        queue=offer.queue_id,
        channel=offer.channel,
        agent=offer.agent_id,
        queued_at=offer.queued_at,
        offered_at=offer.offered_at,
        expires_at=offer.expires_at,
        callback_attempt=offer.callback_attempt,
    )
