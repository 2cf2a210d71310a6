"""DELETE /v1/agents/{id}/break-request: an agent no longer waits for a break."""

from fastapi import APIRouter, Request, Response

from services.gateway.application.door.answers import Pending
from services.gateway.application.door.commands import CancelBreak
from services.gateway.application.door.ports import RoutingCommands
from services.gateway.application.door.routing_settings import RoutingSettings
from services.gateway.entrypoints.acting import acting_agent
from services.gateway.entrypoints.agent_state_http import Worker
from services.gateway.entrypoints.answers import or_problem, origin_of, pending
from switchyard.service.problems import Problem


def break_request_router(commands: RoutingCommands, settings: RoutingSettings) -> APIRouter:
    """Return the route of breaks that are waited for; asking for one is setting the state with `queue`."""
    router = APIRouter(prefix="/v1/agents", tags=["agents"])

    @router.delete("/{agent_id}/break-request", status_code=204, response_model=None)
    async def cancel_break(agent_id: str, request: Request, principal: Worker) -> Response:
        """Give up the place among those who wait for a break; 404 where the agent has none."""
        await acting_agent(principal, agent_id, settings)
        known = settings.agent(principal.tenant, agent_id)
        if known is None:
            raise Problem(404, "agent-unknown", f"There is no agent {agent_id}.")
        answer = await commands.send(
            CancelBreak(agent_id=agent_id),
            tenant=principal.tenant,
            pool=known.pool_id,
            origin=origin_of(request, principal),
            correlation_id=agent_id,
        )
        answered = or_problem(answer)
        return pending(answered) if isinstance(answered, Pending) else Response(status_code=204)

    return router
