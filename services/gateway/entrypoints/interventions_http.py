"""What supervisors do to single contacts: assign by hand, change priority, take over; and agents' longer wrap-up."""

from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.gateway.application.door.answers import Answered, Pending
from services.gateway.application.door.commands import (
    AssignContact,
    ChangePriority,
    ExtendWrapUp,
    RoutingCommand,
    TakeOver,
)
from services.gateway.application.door.ports import RoutingCommands
from services.gateway.application.door.routing_settings import RoutingSettings
from services.gateway.application.ports import Contacts
from services.gateway.domain.contact import Contact
from services.gateway.entrypoints.acting import acting_for
from services.gateway.entrypoints.answers import or_problem, origin_of, pending
from services.gateway.entrypoints.contact_bodies import ContactBody, contact_body
from services.gateway.entrypoints.contact_inputs import Name
from switchyard.service.identity import Principal, require
from switchyard.service.problems import FieldError, Problem
from switchyard.service.times import Timestamp

_WORKERS: Final = ("agent", "senior_agent", "team_leader", "supervisor", "manager", "admin")
Worker = Annotated[Principal, Depends(require(*_WORKERS))]
Supervisor = Annotated[Principal, Depends(require("team_leader", "supervisor", "admin"))]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ExtensionIn(_In):
    seconds: float = Field(gt=0, le=86_400, description="On top of the limit; at most the queue's own limit again.")


class TakerIn(_In):
    agent: Name | None = Field(default=None, description="Who is to have the contact; the caller where absent.")
    force: bool = Field(default=False, description="Above the agent's capacity, and though the agent is not ready.")


class PriorityIn(_In):
    priority: int = Field(ge=-1000, le=1000, description="The contact's own; the queue's is added.")


class WrapUpBody(BaseModel):
    """A wrap-up that goes on until `wrap_up_until` at the latest."""

    contact: str
    agent: str
    wrap_up_until: Timestamp | None
    extensions: int


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
    commands: RoutingCommands
    settings: RoutingSettings

    def router(self) -> APIRouter:
        """Return the routes."""
        router = APIRouter(prefix="/v1/contacts/{contact_id}", tags=["contacts"])
        for path, route, body in (
            ("/wrap-up/extend", self.extend, WrapUpBody),
            ("/assign", self.assign, AssignedBody),
            ("/priority", self.prioritise, PriorityBody),
            ("/take-over", self.take_over, ContactBody),
        ):
            router.add_api_route(path, route, methods=["POST"], response_model=body)
        return router

    async def extend(
        self, contact_id: str, request: Request, principal: Worker, body: ExtensionIn
    ) -> WrapUpBody | Response:
        """Give more time for the wrap-up; an overseer gives it to the holder."""
        contact = await self._contact(principal, contact_id)
        agent_id = acting_for(principal, contact)
        known = self.settings.agent(principal.tenant, agent_id)
        command = ExtendWrapUp(contact_id=contact_id, agent_id=agent_id, seconds=body.seconds)
        done = await self._send(
            request, principal, contact, command, pool=known.pool_id if known else contact.entry.pool_id
        )
        if isinstance(done, Pending):
            return pending(done)
        until, extensions = next(((each.wrap_up_until, each.extensions) for each in done.events), (None, 0))
        return WrapUpBody(contact=contact_id, agent=agent_id, wrap_up_until=until, extensions=extensions)

    async def assign(
        self, contact_id: str, request: Request, principal: Supervisor, body: TakerIn
    ) -> AssignedBody | Response:
        """Offer a waiting contact to an agent at once, whatever the queue's strategy and skills say."""
        contact = await self._contact(principal, contact_id)
        agent_id = await self._taker(principal, contact, body)
        command = AssignContact(contact_id=contact_id, agent_id=agent_id, by=principal.subject, force=body.force)
        done = await self._send(request, principal, contact, command)
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
        done = await self._send(request, principal, contact, command)
        return pending(done) if isinstance(done, Pending) else PriorityBody(contact=contact_id, priority=body.priority)

    async def take_over(
        self, contact_id: str, request: Request, principal: Supervisor, body: TakerIn
    ) -> ContactBody | Response:
        """Take a conversation from its holder, whose wrap-up begins; the taker talks at once."""
        contact = await self._contact(principal, contact_id)
        agent_id = await self._taker(principal, contact, body)
        command = TakeOver(contact_id=contact_id, agent_id=agent_id, by=principal.subject, force=body.force)
        done = await self._send(request, principal, contact, command)
        if isinstance(done, Pending):
            return pending(done)
        stored = await self.contacts.find(principal.tenant, contact_id)
        if stored is None:
            raise _unknown(contact_id)
        return contact_body(stored.thing, stored.version)

    async def _send(
        self,
        request: Request,
        principal: Principal,
        contact: Contact,
        command: RoutingCommand,
        *,
        pool: str | None = None,
    ) -> Answered | Pending:
        answer = await self.commands.send(
            command,
            tenant=principal.tenant,
            pool=pool or contact.entry.pool_id,
            origin=origin_of(request, principal),
            correlation_id=contact.id,
        )
        return or_problem(answer)

    async def _contact(self, principal: Principal, contact_id: str) -> Contact:
        stored = await self.contacts.find(principal.tenant, contact_id, fresh=True)
        if stored is None:
            raise _unknown(contact_id)
        return stored.thing

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


def _unknown(contact_id: str) -> Problem:
    return Problem(404, "contact-unknown", f"There is no contact {contact_id}.")


def _not_to(code: str, detail: str) -> Problem:
    return Problem(422, code, detail, errors=(FieldError("/agent", detail),))
