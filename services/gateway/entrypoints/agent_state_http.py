"""PUT /v1/agents/{id}/state: an agent signs in, pauses, signs out; an overseer does it for them."""

from typing import Annotated, Literal, Self

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.gateway.application.door.answers import Pending
from services.gateway.application.door.commands import SetAgentState
from services.gateway.application.door.pool_view import AgentStanding
from services.gateway.application.door.pool_views import PoolViews
from services.gateway.application.door.ports import RoutingCommands
from services.gateway.application.door.routing_events import RoutingEvent
from services.gateway.application.door.routing_settings import RoutingSettings
from services.gateway.entrypoints.acting import acting_agent, may_oversee
from services.gateway.entrypoints.answers import or_problem, origin_of, pending
from services.gateway.entrypoints.contact_inputs import Name
from switchyard.service.identity import Principal, require
from switchyard.service.problems import FieldError, Problem
from switchyard.service.times import Timestamp

Worker = Annotated[
    Principal, Depends(require("agent", "senior_agent", "team_leader", "supervisor", "manager", "admin"))
]
#: `system` is what routing itself sets, so nobody may ask for it.
Reason = Literal["", "break", "meal", "training", "meeting", "coaching"]


class WantedState(BaseModel):
    model_config = ConfigDict(extra="forbid")

    state: Literal["offline", "available", "not_ready"]
    reason: Reason = ""
    #: For a break that cannot be now, because enough of the team are on theirs: wait for it, and work on.
    queue: bool = False
    site: Name | None = Field(default=None, description="Where the agent signs in; the agent's own site where absent.")
    seat: Name | None = Field(default=None, description="At which seat of the site.")
    force: bool = Field(default=False, description="Overseers only: sign out an agent who holds contacts.")

    @model_validator(mode="after")
    def reason_belongs_to_not_ready(self) -> Self:
        if self.reason and self.state != "not_ready":
            raise ValueError("a reason goes with not_ready only")
        if self.queue and self.reason != "break":
            raise ValueError("only a break can be waited for")
        return self

    @model_validator(mode="after")
    def a_place_belongs_to_signing_in(self) -> Self:
        if self.state == "offline" and (self.site or self.seat):
            raise ValueError("who signs out takes no seat")
        return self


class AgentStateBody(BaseModel):
    """How an agent stands: `state` is the one shown, `set_state` the one asked for, `site` and `seat` where.

    `break_position` is the agent's place among those of the team who wait for a break; null where it does not wait.
    """

    agent: str
    state: str
    reason: str
    set_state: str
    set_reason: str
    since: Timestamp | None
    held_units: int
    capacity_units: int
    site: str | None = None
    seat: str | None = None
    break_position: int | None = None


def agent_state_router(commands: RoutingCommands, views: PoolViews, settings: RoutingSettings) -> APIRouter:
    """Return the route of agents' states."""
    router = APIRouter(prefix="/v1/agents", tags=["agents"])

    @router.get("/{agent_id}/state")
    async def read_state(agent_id: str, principal: Worker) -> AgentStateBody:
        """Tell how an agent stands now."""
        await acting_agent(principal, agent_id, settings)
        await views.completed(principal.tenant)
        return _standing(views, principal.tenant, AgentStanding(agent_id=agent_id))

    @router.put("/{agent_id}/state", response_model=AgentStateBody)
    async def set_state(
        agent_id: str, wanted: WantedState, request: Request, principal: Worker
    ) -> AgentStateBody | Response:
        """Set the state, of an agent for themselves or of an overseer for them, who is named in the event then.

        409 where what the agent holds forbids it, where a break has to wait, and where the seat is taken or the agent
        sits elsewhere.
        """
        await acting_agent(principal, agent_id, settings)
        await _check(principal, wanted, settings)
        known = settings.agent(principal.tenant, agent_id)
        if known is None:
            raise Problem(404, "agent-unknown", f"There is no agent {agent_id}.")
        answer = await commands.send(
            _command(principal, agent_id, wanted),
            tenant=principal.tenant,
            pool=known.pool_id,
            origin=origin_of(request, principal),
            correlation_id=agent_id,
        )
        match or_problem(answer):
            case Pending() as waiting:
                return pending(waiting)
            case answered if answered.events and answered.events[0].name == "BreakRequested":
                standing = _standing(views, principal.tenant, AgentStanding(agent_id=agent_id))
                return standing.model_copy(update={"break_position": answered.events[0].position})
            case answered if answered.events and answered.events[0].name == "AgentStateChanged":
                return _announced(views, answered.events[0])
            case _:
                await views.completed(principal.tenant)
                return _standing(views, principal.tenant, _as_wanted(agent_id, wanted))

    return router


async def _check(principal: Principal, wanted: WantedState, settings: RoutingSettings) -> None:
    """Raises Problem where force is not the caller's, or there is no such site."""
    if wanted.force and not may_oversee(principal):
        raise Problem(403, "role-missing", "Only an overseer forces a state.")
    if wanted.site is not None and not await settings.has_site(principal.tenant, wanted.site):
        detail = f"There is no site {wanted.site}."
        raise Problem(422, "site-unknown", detail, errors=(FieldError("/site", detail),))


def _command(principal: Principal, agent_id: str, wanted: WantedState) -> SetAgentState:
    return SetAgentState(
        agent_id=agent_id,
        state=wanted.state,
        reason=wanted.reason,
        queue=wanted.queue,
        forced_by="" if agent_id == principal.subject else principal.subject,
        force=wanted.force,
        site=wanted.site or "",
        seat=wanted.seat or "",
    )


def _as_wanted(agent_id: str, wanted: WantedState) -> AgentStanding:
    return AgentStanding(
        agent_id=agent_id,
        state=wanted.state,
        reason=wanted.reason,
        set_state=wanted.state,
        set_reason=wanted.reason,
    )


def _announced(views: PoolViews, event: RoutingEvent) -> AgentStateBody:
    """Show a change; only who becomes available may go on waiting for a break."""
    waits = event.set_state == "available"
    return AgentStateBody(
        agent=event.agent_id,
        state=event.state,
        reason=event.reason,
        set_state=event.set_state,
        set_reason=event.set_reason,
        since=event.time,
        held_units=event.held_units,
        capacity_units=event.capacity_units,
        site=event.site_id or None,
        seat=event.seat or None,
        break_position=views.break_position(event.tenant, event.agent_id) if waits else None,
    )


def _standing(views: PoolViews, tenant: str, unknown: AgentStanding) -> AgentStateBody:
    """Show how an agent stands; `unknown` is what is shown of one whom no event has told of."""
    agent = views.agent(tenant, unknown.agent_id) or unknown
    return AgentStateBody(
        agent=agent.agent_id,
        state=agent.state,
        reason=agent.reason,
        set_state=agent.set_state,
        set_reason=agent.set_reason,
        since=agent.since,
        held_units=agent.held_units,
        capacity_units=agent.capacity_units,
        site=agent.site_id or None,
        seat=agent.seat or None,
        break_position=views.break_position(tenant, agent.agent_id),
    )
