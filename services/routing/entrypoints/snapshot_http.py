"""GET /internal/pools/{tenant}/{pool}/snapshot: a pool as it is now, for replicas of the gateway that join late.

Who got it goes on with the events numbered above `contacts_sequence` and `agents_sequence`.
"""

from collections.abc import Mapping
from typing import Annotated

import httpx
from fastapi import APIRouter, Depends, Header, Request
from pydantic import BaseModel

from services.routing.application.live_pool import LivePool
from services.routing.application.ports import PoolKey
from services.routing.domain.agent import Agent
from services.routing.domain.pool import PoolState
from services.routing.domain.stays import Offered, Parked, Stay, Waiting
from services.routing.entrypoints.other_replicas import FORWARDED, Owners, ask_one
from services.routing.entrypoints.times import utc
from switchyard.service.identity import Principal, require
from switchyard.service.problems import Problem
from switchyard.service.times import Timestamp


class WaitingBody(BaseModel):
    contact_id: str
    entry: int
    queue_id: str
    channel: str
    queued_at: Timestamp


class OfferBody(WaitingBody):
    offer_id: str
    agent_id: str
    offered_at: Timestamp
    expires_at: Timestamp
    callback_attempt: int


class AgentBody(BaseModel):
    agent_id: str
    team_id: str
    site_id: str
    state: str
    reason: str
    set_state: str
    set_reason: str
    since: Timestamp
    held_units: int
    capacity_units: int
    seat: str


class BreakRequestBody(BaseModel):
    agent_id: str
    team_id: str


class PoolBody(BaseModel):
    """`waiting` has those offered to somebody too: they keep their place until somebody accepts.

    `break_requests` has who waits for a break, in the order of asking.
    """

    contacts_sequence: int
    agents_sequence: int
    waiting: list[WaitingBody]
    offers: list[OfferBody]
    agents: list[AgentBody]
    break_requests: list[BreakRequestBody] = []


def snapshot_router(
    pools: Mapping[PoolKey, LivePool], owners: Owners, *, address: str, client: httpx.AsyncClient
) -> APIRouter:
    router = APIRouter(tags=["internal"], include_in_schema=False)

    @router.get("/internal/pools/{tenant}/{pool}/snapshot")
    async def snapshot(
        request: Request,
        tenant: str,
        pool: str,
        principal: Annotated[Principal, Depends(require("admin"))],
        forwarded: Annotated[str | None, Header(alias=FORWARDED)] = None,
    ) -> PoolBody:
        if principal.tenant != tenant:
            raise _unknown(pool)
        key = PoolKey(tenant=tenant, pool_id=pool)
        if (live := pools.get(key)) is not None:
            return _body(live.state)
        owner = (await owners(tenant)).get(key)
        if owner is None:
            raise _unknown(pool)
        if owner == address or forwarded:
            raise _moving()
        answer = await ask_one(client, owner, request, PoolBody)
        if answer is None:
            raise _moving()
        return answer

    return router


def _unknown(pool: str) -> Problem:
    return Problem(404, "pool-unknown", f"Nothing has happened in a pool {pool}.")


def _moving() -> Problem:
    detail = "The pool's engine is being taken over; ask again."
    return Problem(503, "pool-moving", detail, headers={"Retry-After": "1"})


def _body(state: PoolState) -> PoolBody:
    stays = list(state.contacts.values())
    return PoolBody(
        contacts_sequence=state.contact_sequence,
        agents_sequence=state.agent_sequence,
        waiting=[_waiting(stay) for stay in stays if isinstance(stay, Waiting | Parked | Offered)],
        offers=[_offer(stay) for stay in stays if isinstance(stay, Offered)],
        agents=[_agent(agent) for agent in state.agents.values()],
        break_requests=[
            BreakRequestBody(agent_id=agent_id, team_id=request.holder.team_id)
            for agent_id, request in state.floor.requests.items()
        ],
    )


def _waiting(stay: Stay) -> WaitingBody:
    entry = stay.entry
    return WaitingBody(
        contact_id=entry.contact_id,
        entry=entry.number,
        queue_id=entry.queue_id,
        channel=entry.channel,
        queued_at=utc(entry.queued_at),
    )


def _offer(stay: Offered) -> OfferBody:
    return OfferBody(
        **_waiting(stay).model_dump(),
        offer_id=stay.offer_id,
        agent_id=stay.holder.agent_id,
        offered_at=utc(stay.offered_at),
        expires_at=utc(stay.expires_at),
        callback_attempt=stay.entry.callback_attempt,
    )


def _agent(agent: Agent) -> AgentBody:
    shown = agent.announced
    return AgentBody(
        agent_id=agent.id,
        team_id=agent.holder.team_id,
        site_id=agent.holder.site_id,
        state=shown.state,
        reason=shown.reason,
        set_state=shown.set_state,
        set_reason=shown.set_reason,
        since=utc(agent.since),
        held_units=agent.held_units,
        capacity_units=agent.profile.capacity_units,
        seat=agent.seat,
    )
