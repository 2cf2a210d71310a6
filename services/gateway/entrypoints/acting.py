"""For whom somebody may act: agents for themselves, overseers for every agent of their tenant."""

from services.gateway.application.door.credentials import OVERSEERS
from services.gateway.application.door.routing_settings import RoutingSettings
from services.gateway.domain.contact import TALKING, WRAP_UP, Contact
from switchyard.service.identity import Principal
from switchyard.service.problems import Problem


def may_oversee(principal: Principal) -> bool:
    return principal.has_any(*OVERSEERS)


async def acting_agent(principal: Principal, agent_id: str, settings: RoutingSettings) -> str:
    """Return the agent to act for. Raises Problem 403 for somebody else's, 404 for an agent the tenant has not."""
    if agent_id != principal.subject and not may_oversee(principal):
        raise Problem(403, "not-your-own", "An agent acts only as themselves.")
    if await settings.find_agent(principal.tenant, agent_id) is None:
        raise Problem(404, "agent-unknown", f"There is no agent {agent_id}.")
    return agent_id


def acting_for(principal: Principal, contact: Contact) -> str:
    """Name whose act it is: one's own; an overseer acts for the holder, or for nobody where the contact waits."""
    if contact.is_held_by(principal.subject) or not may_oversee(principal):
        return principal.subject
    return contact.holder.agent_id if contact.holder and contact.state in {TALKING, WRAP_UP} else ""
