"""Asking routing to act on a contact, for whoever is at the door."""

from dataclasses import dataclass

from fastapi import Request

from services.gateway.application.door.answers import Answered, Pending
from services.gateway.application.door.commands import RoutingCommand
from services.gateway.application.door.ports import RoutingCommands
from services.gateway.application.ports import Contacts
from services.gateway.domain.contact import Contact
from services.gateway.entrypoints.answers import or_problem, origin_of
from services.gateway.entrypoints.contact_views import stored_contact
from switchyard.service.identity import Principal


@dataclass(frozen=True, slots=True)
class AskRouting:
    """Every command on a contact goes this way."""

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
        return or_problem(answer)


async def contact_at_work(contacts: Contacts, principal: Principal, contact_id: str) -> Contact:
    """What is at hand will do where it says that the caller holds the contact: routing judges anyway."""
    at_hand = await contacts.find(principal.tenant, contact_id)
    if at_hand is not None and at_hand.thing.is_held_by(principal.subject):
        return at_hand.thing
    return (await stored_contact(contacts, principal.tenant, contact_id)).thing
