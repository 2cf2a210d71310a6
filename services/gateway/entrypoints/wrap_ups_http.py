"""/v1/contacts/{id}/wrap-up: completing it, and more time for it.

A contact that was passed on or taken over may have several wrap-ups, one for each agent who talked. An agent acts on
their own; an overseer on that of the agent named, or where nobody is on the oldest that is open.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.gateway.application.changing import change
from services.gateway.application.door.answers import Pending
from services.gateway.application.door.commands import CompleteWrapUp, ExtendWrapUp
from services.gateway.application.door.routing_settings import RoutingSettings
from services.gateway.application.ports import Cause, Contacts
from services.gateway.domain.contact import WRAP_UP, Change, Contact, noted
from services.gateway.entrypoints.acting import acting_agent, may_oversee
from services.gateway.entrypoints.answers import pending
from services.gateway.entrypoints.ask_routing import AskRouting, contact_at_work
from services.gateway.entrypoints.contact_bodies import ContactBody
from services.gateway.entrypoints.contact_inputs import Name
from services.gateway.entrypoints.contact_views import contact_shown
from switchyard.service.identity import Principal, require
from switchyard.service.times import Timestamp

_WORKERS: Final = ("agent", "senior_agent", "team_leader", "supervisor", "manager", "admin")
Worker = Annotated[Principal, Depends(require(*_WORKERS))]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")

    agent: Name | None = Field(
        default=None, description="Whose wrap-up: one's own, for overseers the oldest open one, where absent."
    )


class TicketIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    type: Name


class WrapUpIn(_In):
    disposition: Annotated[str, Field(min_length=1, max_length=100)]
    note: Annotated[str, Field(max_length=10_000)] = ""
    ticket: TicketIn | None = None


class ExtensionIn(_In):
    seconds: float = Field(gt=0, le=86_400, description="On top of the limit; at most the queue's own limit again.")


class WrapUpBody(BaseModel):
    """A wrap-up that goes on until `wrap_up_until` at the latest."""

    contact: str
    agent: str
    wrap_up_until: Timestamp | None
    extensions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WrapUpDesk:
    """What the routes stand on."""

    contacts: Contacts
    ask: AskRouting
    settings: RoutingSettings
    clock: Callable[[], datetime]

    def router(self) -> APIRouter:
        """Return the routes."""
        router = APIRouter(prefix="/v1/contacts/{contact_id}/wrap-up", tags=["contacts"])
        router.add_api_route("", self.complete, methods=["POST"], response_model=ContactBody)
        router.add_api_route("/extend", self.extend, methods=["POST"], response_model=WrapUpBody)
        return router

    async def complete(
        self, contact_id: str, request: Request, principal: Worker, body: WrapUpIn
    ) -> ContactBody | Response:
        """Complete the wrap-up with its outcome; the contact is final when its last agent has."""
        contact = await contact_at_work(self.contacts, principal, contact_id)
        agent_id = await self._whose(principal, contact, body.agent)
        if body.note and _is_the_last(contact, agent_id):
            await self._note(contact, body.note)
        command = CompleteWrapUp(
            contact_id=contact_id,
            agent_id=agent_id,
            disposition=body.disposition,
            ticket_type=body.ticket.type if body.ticket else "",
        )
        done = await self.ask(request, principal, contact, command, pool=self._pool(contact, agent_id))
        return (
            pending(done)
            if isinstance(done, Pending)
            else await contact_shown(self.contacts, principal.tenant, contact_id)
        )

    async def extend(
        self, contact_id: str, request: Request, principal: Worker, body: ExtensionIn
    ) -> WrapUpBody | Response:
        """Give more time for the wrap-up."""
        contact = await contact_at_work(self.contacts, principal, contact_id)
        agent_id = await self._whose(principal, contact, body.agent)
        command = ExtendWrapUp(contact_id=contact_id, agent_id=agent_id, seconds=body.seconds)
        done = await self.ask(request, principal, contact, command, pool=self._pool(contact, agent_id))
        if isinstance(done, Pending):
            return pending(done)
        (told,) = done.events or (None,)
        return WrapUpBody(
            contact=contact_id,
            agent=told.agent_id if told else agent_id,
            wrap_up_until=told.wrap_up_until if told else None,
            extensions=told.extensions if told else 0,
        )

    async def _whose(self, principal: Principal, contact: Contact, named: str | None) -> str:
        """Name whose wrap-up it is about, empty for the oldest that is open. Raises Problem 403, 404."""
        if named is not None:
            return await acting_agent(principal, named, self.settings)
        own = contact.state == WRAP_UP and contact.is_held_by(principal.subject)
        return principal.subject if own or not may_oversee(principal) else ""

    def _pool(self, contact: Contact, agent_id: str) -> str:
        """Name the pool that the wrap-up is in: the contact may have gone on to another."""
        known = self.settings.agent(contact.tenant, agent_id)
        return contact.entry.pool_id if known is None or contact.is_held_by(agent_id) else known.pool_id

    async def _note(self, contact: Contact, note: str) -> None:
        def decide(current: Contact) -> Change:
            return noted(current, note)

        cause = Cause(id=f"{contact.id}/note", at=self.clock())
        await change(self.contacts, contact.tenant, contact.id, decide, cause, missing="contact-unknown")


def _is_the_last(contact: Contact, agent_id: str) -> bool:
    """Tell whether the contact is this agent's: what its last agent writes is kept with it."""
    return contact.is_held_by(agent_id) if agent_id else contact.state == WRAP_UP
