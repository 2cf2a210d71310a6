"""Contacts as they are stored, and as the door and the agents' stream show them."""

from collections.abc import Sequence

from services.gateway.application.door.ports import JsonObject
from services.gateway.application.ports import Contacts, Stored
from services.gateway.domain.contact import TALKING, WRAP_UP, Contact
from services.gateway.entrypoints.contact_bodies import ContactBody, as_json, contact_body
from switchyard.service.problems import Problem

#: More contacts than an agent's capacity allows.
_MOST = 50


class StoredContactViews:
    """The port ContactViews of the door."""

    def __init__(self, contacts: Contacts) -> None:
        self._contacts = contacts

    async def held_by(self, tenant: str, agent_id: str) -> Sequence[JsonObject]:
        filters = {"holder.agent_id": agent_id, "state": {"$in": [TALKING, WRAP_UP]}}
        found = await self._contacts.page(tenant, filters, sort=[("opened_at", 1)], limit=_MOST)
        return [as_json(contact_body(stored.thing, stored.version)) for stored in found]


async def stored_contact(contacts: Contacts, tenant: str, contact_id: str, *, fresh: bool = True) -> Stored[Contact]:
    """Give a contact as it is stored, or with `fresh` off as it is at hand. Raises Problem 404."""
    stored = await contacts.find(tenant, contact_id, fresh=fresh)
    if stored is None:
        raise Problem(404, "contact-unknown", f"There is no contact {contact_id}.")
    return stored


async def contact_shown(contacts: Contacts, tenant: str, contact_id: str) -> ContactBody:
    """Show what this replica has just written, or applied from the event that answered its command."""
    stored = await stored_contact(contacts, tenant, contact_id, fresh=False)
    return contact_body(stored.thing, stored.version)
