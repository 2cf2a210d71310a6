"""Who a customer is, by the address they use."""

from collections import OrderedDict
from contextlib import suppress
from datetime import datetime

from services.gateway.application.last_agents import LastAgents
from services.gateway.application.ports import Cause, Customers, Exists
from services.gateway.domain.customer import Customer, address_key, newcomer

MOST_KNOWN = 20_000


class IdentifyCustomer:
    """Finds the customer of an address, or makes one; remembers ids, not customers, because those change."""

    def __init__(self, customers: Customers, last_agents: LastAgents) -> None:
        self._customers = customers
        self._last_agents = last_agents
        self._ids: OrderedDict[tuple[str, str], str] = OrderedDict()

    async def __call__(self, *, tenant: str, channel: str, address: str, name: str, at: datetime) -> str:
        """Return the customer's id. Raises StoreUnavailable."""
        key = address_key(channel, address)
        known = self._ids.get((tenant, key))
        if known is None:
            known = await self._find_or_make(newcomer(tenant=tenant, key=key, name=name, at=at), key)
            self._ids[tenant, key] = known
            if len(self._ids) > MOST_KNOWN:
                self._ids.popitem(last=False)
        return known

    async def anonymous(self, *, tenant: str, visitor: str, name: str, at: datetime) -> str:
        """Make the customer of a chat that tells no address; nobody else can be meant, so nobody is looked for."""
        customer = newcomer(tenant=tenant, key=f"visitor:{visitor}", name=name, at=at)
        with suppress(Exists):
            await self._customers.add(customer, (), Cause(id=visitor, at=at))
        return customer.id

    async def _find_or_make(self, candidate: Customer, key: str) -> str:
        found = await self._customers.of_address(candidate.tenant, key)
        if found is not None:
            return found.thing.id
        # It may have been made a moment ago by another message of the same customer: its id follows from the address.
        with suppress(Exists):
            await self._customers.add(candidate, (), Cause(id=candidate.id, at=candidate.created_at))
            self._last_agents.note(candidate.tenant, candidate.id, "")
        return candidate.id
