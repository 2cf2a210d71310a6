"""Contacts as the agents' stream shows them."""

from collections.abc import Sequence

from services.gateway.application.door.ports import JsonObject
from services.gateway.application.ports import Contacts
from services.gateway.domain.contact import TALKING, WRAP_UP
from services.gateway.entrypoints.contact_bodies import as_json, contact_body

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
