"""Asking routing to act on a contact, for whoever is at the door."""

from dataclasses import dataclass
from typing import Final

from fastapi import Request

from services.gateway.application.door.answers import Answered, Pending, Refused
from services.gateway.application.door.commands import RoutingCommand
from services.gateway.application.door.ports import RoutingCommands
from services.gateway.application.ports import Contacts
from services.gateway.domain.contact import CLOSED, RECORDING, WRAP_UP, Contact
from services.gateway.entrypoints.answers import or_problem, origin_of
from services.gateway.entrypoints.contact_views import stored_contact
from switchyard.service.identity import Principal
from switchyard.service.problems import Problem

#: Why nobody waits or talks any more; named like routing's refusals, by the state that the contact is in.
_OVER: Final = {WRAP_UP: "contact-wrap-up", RECORDING: "contact-recording", CLOSED: "contact-closed"}


@dataclass(frozen=True, slots=True)
class AskRouting:
    """Every command on a contact goes this way."""

    contacts: Contacts
    commands: RoutingCommands

    async def __call__(
        self, request: Request, principal: Principal, contact: Contact, command: RoutingCommand, *, pool: str = ""
    ) -> Answered | Pending:
        """Ask the pool that the contact is in, or the one named. Raises Problem where routing refuses."""
        answer = await self.commands.send(
            command,
            tenant=principal.tenant,
            pool=pool or contact.entry.pool_id,
            origin=origin_of(request, principal),
            correlation_id=contact.id,
        )
        if isinstance(answer, Refused) and answer.code == "contact-unknown":
            raise await self._not_there(contact)
        return or_problem(answer)

    async def _not_there(self, contact: Contact) -> Problem:
        """Say what has become of a contact that the door has and routing has no more, or not yet."""
        now = (await stored_contact(self.contacts, contact.tenant, contact.id)).thing
        detail = f"Contact {now.id} is {now.state}, and about to change; ask again."
        return over(now) or Problem(409, "contact-changing", detail)


def still_going(contact: Contact) -> Contact:
    """Return a contact that waits or talks. Raises Problem 409 for any other."""
    if (problem := over(contact)) is not None:
        raise problem
    return contact


def over(contact: Contact) -> Problem | None:
    """Say that nobody waits or talks any more, where that is so."""
    code = _OVER.get(contact.state)
    return Problem(409, code, f"Contact {contact.id} is {contact.state}.") if code else None


async def contact_at_work(contacts: Contacts, principal: Principal, contact_id: str) -> Contact:
    """What is at hand will do where it says that the caller holds the contact: routing judges anyway."""
    at_hand = await contacts.find(principal.tenant, contact_id)
    if at_hand is not None and at_hand.thing.is_held_by(principal.subject):
        return at_hand.thing
    return (await stored_contact(contacts, principal.tenant, contact_id)).thing
