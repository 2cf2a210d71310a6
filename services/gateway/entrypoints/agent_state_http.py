"""PUT /v1/agents/{id}/state: an agent signs in, pauses, signs out; an overseer does it for them."""

from typing import Annotated, Literal, Self

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, model_validator

from services.gateway.application.door.answers import Pending
from services.gateway.application.door.commands import SetAgentState
from services.gateway.application.door.pool_view import AgentStanding
from services.gateway.application.door.pool_views import PoolViews
from services.gateway.application.door.ports import RoutingCommands
from services.gateway.application.door.routing_events import RoutingEvent
from services.gateway.application.door.routing_settings import RoutingSettings
from services.gateway.entrypoints.acting import acting_agent
from services.gateway.entrypoints.answers import or_problem, origin_of, pending
from switchyard.service.identity import Principal, require
from switchyard.service.problems import Problem
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

    @model_validator(mode="after")
    def reason_belongs_to_not_ready(self) -> Self:
        if self.reason and self.state != "not_ready":
            raise ValueError("a reason goes with not_ready only")
        if self.queue and self.reason != "break":
            raise ValueError("only a break can be waited for")
        return self


class AgentStateBody(BaseModel):
    """How an agent stands: `state` is the one shown, `set_state` the one asked for.

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
    break_position: int | None = None


def agent_state_router(commands: RoutingCommands, views: PoolViews, settings: RoutingSettings) -> APIRouter:
    """Return the route of agents' states."""
    router = APIRouter(prefix="/v1/agents", tags=["agents"])

    @router.get("/{agent_id}/state")
    async def read_state(agent_id: str, principal: Worker) -> AgentStateBody:
        """Tell how an agent stands now."""
        await acting_agent(principal, agent_id, settings)
        await views.completed(principal.tenant)
        return _standing(views.agent(principal.tenant, agent_id) or AgentStanding(agent_id=agent_id))

    @router.put("/{agent_id}/state", response_model=AgentStateBody)
    async def set_state(
        agent_id: str, wanted: WantedState, request: Request, principal: Worker
    ) -> AgentStateBody | Response:
        """Set the state; 409 where what the agent holds forbids it, or a break has to wait."""
        await acting_agent(principal, agent_id, settings)
        known = settings.agent(principal.tenant, agent_id)
        if known is None:
            raise Problem(404, "agent-unknown", f"There is no agent {agent_id}.")
        answer = await commands.send(
            SetAgentState(agent_id=agent_id, state=wanted.state, reason=wanted.reason, queue=wanted.queue),
            tenant=principal.tenant,
            pool=known.pool_id,
            origin=origin_of(request, principal),
            correlation_id=agent_id,
        )
        match or_problem(answer):
            case Pending() as waiting:
                return pending(waiting)
            case answered if answered.events and answered.events[0].name == "BreakRequested":
                standing = _standing(views.agent(principal.tenant, agent_id) or AgentStanding(agent_id=agent_id))
                return standing.model_copy(update={"break_position": answered.events[0].position})
            case answered if answered.events:
                return _announced(answered.events[0])
            case _:
                return _standing(views.agent(principal.tenant, agent_id) or _as_wanted(agent_id, wanted))

    return router


def _as_wanted(agent_id: str, wanted: WantedState) -> AgentStanding:
    return AgentStanding(
        agent_id=agent_id,
        state=wanted.state,
        reason=wanted.reason,
        set_state=wanted.state,
        set_reason=wanted.reason,
    )


def _announced(event: RoutingEvent) -> AgentStateBody:
    return AgentStateBody(
        agent=event.agent_id,
        state=event.state,
        reason=event.reason,
        set_state=event.set_state,
        set_reason=event.set_reason,
        since=event.time,
        held_units=event.held_units,
        capacity_units=event.capacity_units,
    )


def _standing(agent: AgentStanding) -> AgentStateBody:
    return AgentStateBody(
        agent=agent.agent_id,
        state=agent.state,
        reason=agent.reason,
        set_state=agent.set_state,
        set_reason=agent.set_reason,
        since=agent.since,
        held_units=agent.held_units,
        capacity_units=agent.capacity_units,
    )
