"""Who served a customer last, on any channel, so that a queue may keep their next contact for the same agent."""

from collections import OrderedDict

from services.gateway.application.ports import Contacts
from services.gateway.domain.contact import Contact

#: Two short strings each: some 20 MiB.
MOST_KNOWN = 100_000


class LastAgents:
    """Remembers the agents of contacts as they close.

    The database is asked only for a customer of earlier days whom this process has not met; never for a new one.
    """

    def __init__(self, contacts: Contacts, most_known: int = MOST_KNOWN) -> None:
        self._contacts = contacts
        self._most_known = most_known
        self._known: OrderedDict[tuple[str, str], str] = OrderedDict()

    def note(self, tenant: str, customer_id: str, agent_id: str) -> None:
        """Remember who served the customer; empty for nobody so far."""
        self._known[tenant, customer_id] = agent_id
        self._known.move_to_end((tenant, customer_id))
        if len(self._known) > self._most_known:
            self._known.popitem(last=False)

    async def of(self, tenant: str, customer_id: str, previous: Contact | None = None) -> str:
        """Return the agent's id, empty where there was none; `previous` is a contact of the customer at hand.

        Raises StoreUnavailable.
        """
        known = self._known.get((tenant, customer_id))
        if known is None and previous is not None and previous.holder is not None:
            known = previous.holder.agent_id
        if known is None:
            known = await self._read(tenant, customer_id)
        self.note(tenant, customer_id, known)
        return known

    async def _read(self, tenant: str, customer_id: str) -> str:
        filters = {"customer_id": customer_id, "holder": {"$exists": True}}
        newest = await self._contacts.page(tenant, filters, sort=[("opened_at", -1)], limit=1)
        holder = newest[0].thing.holder if newest else None
        return holder.agent_id if holder else ""
