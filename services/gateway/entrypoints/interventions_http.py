"""What supervisors do to single contacts: assign by hand, change priority, take over."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.gateway.application.door.answers import Pending
from services.gateway.application.door.commands import (
    AssignContact,
    ChangePriority,
    TakeOver,
)
from services.gateway.application.door.routing_settings import RoutingSettings
from services.gateway.application.ports import Contacts
from services.gateway.domain.contact import Contact
from services.gateway.entrypoints.answers import pending
from services.gateway.entrypoints.ask_routing import AskRouting, still_going
from services.gateway.entrypoints.contact_bodies import ContactBody
from services.gateway.entrypoints.contact_inputs import Name
from services.gateway.entrypoints.contact_views import contact_shown, stored_contact
from switchyard.service.identity import Principal, require
from switchyard.service.problems import FieldError, Problem

Supervisor = Annotated[Principal, Depends(require("team_leader", "supervisor", "admin"))]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class TakerIn(_In):
    agent: Name | None = Field(default=None, description="Who is to have the contact; the caller where absent.")
    force: bool = Field(default=False, description="Above the agent's capacity, and though the agent is not ready.")


class PriorityIn(_In):
    priority: int = Field(ge=-1000, le=1000, description="The contact's own; the queue's is added.")


class AssignedBody(BaseModel):
    """`offer` is null where the contact rang at the agent already."""

    contact: str
    agent: str
    offer: str | None
    forced: bool


class PriorityBody(BaseModel):
    contact: str
    priority: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InterventionDesk:
    """What the routes stand on."""

    contacts: Contacts
    ask: AskRouting
    settings: RoutingSettings

    def router(self) -> APIRouter:
        """Return the routes."""
        router = APIRouter(prefix="/v1/contacts/{contact_id}", tags=["contacts"])
        for path, route, body in (
            ("/assign", self.assign, AssignedBody),
            ("/priority", self.prioritise, PriorityBody),
            ("/take-over", self.take_over, ContactBody),
        ):
            router.add_api_route(path, route, methods=["POST"], response_model=body)
        return router

    async def assign(
        self, contact_id: str, request: Request, principal: Supervisor, body: TakerIn
    ) -> AssignedBody | Response:
        """Offer a waiting contact to an agent at once, whatever the queue's strategy and skills say."""
        contact = await self._contact(principal, contact_id)
        agent_id = await self._taker(principal, contact, body)
        command = AssignContact(contact_id=contact_id, agent_id=agent_id, by=principal.subject, force=body.force)
        done = await self.ask(request, principal, contact, command)
        if isinstance(done, Pending):
            return pending(done)
        offer = next((each.offer_id for each in done.events), None)
        return AssignedBody(contact=contact_id, agent=agent_id, offer=offer, forced=body.force)

    async def prioritise(
        self, contact_id: str, request: Request, principal: Supervisor, body: PriorityIn
    ) -> PriorityBody | Response:
        """Let a waiting contact wait with another priority; how long it has waited counts as before."""
        contact = await self._contact(principal, contact_id)
        command = ChangePriority(contact_id=contact_id, priority=body.priority, by=principal.subject)
        done = await self.ask(request, principal, contact, command)
        return pending(done) if isinstance(done, Pending) else PriorityBody(contact=contact_id, priority=body.priority)

    async def take_over(
        self, contact_id: str, request: Request, principal: Supervisor, body: TakerIn
    ) -> ContactBody | Response:
        """Take a conversation from its holder, whose wrap-up begins; the taker talks at once."""
        contact = await self._contact(principal, contact_id)
        agent_id = await self._taker(principal, contact, body)
        command = TakeOver(contact_id=contact_id, agent_id=agent_id, by=principal.subject, force=body.force)
        done = await self.ask(request, principal, contact, command)
        return (
            pending(done)
            if isinstance(done, Pending)
            else await contact_shown(self.contacts, principal.tenant, contact_id)
        )

    async def _contact(self, principal: Principal, contact_id: str) -> Contact:
        return still_going((await stored_contact(self.contacts, principal.tenant, contact_id)).thing)

    async def _taker(self, principal: Principal, contact: Contact, body: TakerIn) -> str:
        """Name who is to have the contact. Raises Problem 422 for nobody, or an agent of another pool."""
        agent_id = body.agent or principal.subject
        known = await self.settings.find_agent(principal.tenant, agent_id)
        if known is None:
            raise _not_to("agent-unknown", f"There is no agent {agent_id}.")
        if known.pool_id != contact.entry.pool_id:
            detail = f"Agent {agent_id} is of pool {known.pool_id}, the contact of {contact.entry.pool_id}."
            raise _not_to("agent-of-another-pool", detail)
        return agent_id


def _not_to(code: str, detail: str) -> Problem:
    return Problem(422, code, detail, errors=(FieldError("/agent", detail),))
