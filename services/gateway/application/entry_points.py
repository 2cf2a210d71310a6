"""Which entry point an address leads to."""

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Protocol

from services.gateway.application.ports import EntryPointStore
from services.gateway.domain.entry_point import EntryPoint, place_of, straight_to
from services.gateway.domain.identifiers import derived

#: A changed greeting is heard this much later at worst, on the replicas that did not change it.
FRESH_SECONDS = 2.0
MOST_KNOWN = 10_000


class Queues(Protocol):
    """Where queues are, as routing announces them."""

    def pool_of(self, tenant: str, queue_id: str) -> str | None:
        """Return the queue's pool, or None where no such queue has been announced."""

    async def find_pool_of(self, tenant: str, queue_id: str) -> str | None:
        """Like `pool_of`, waiting a moment for a queue that was made just now."""


class EntryPoints:
    """Looks addresses up, remembering what it found, and what it did not find, for a moment."""

    def __init__(
        self, store: EntryPointStore, queues: Queues, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._queues = queues
        self._monotonic = monotonic
        self._known: OrderedDict[tuple[str, str], tuple[float, EntryPoint | None]] = OrderedDict()

    async def find(self, tenant: str, channel: str, address: str) -> EntryPoint | None:
        """Return the entry point of an address; a mail address not mapped leads to the queue its local part names."""
        place = place_of(channel, address)
        mapped = await self._known_or(tenant, place, lambda: self._at(tenant, place))
        if mapped is not None or channel != "email":
            return mapped
        return self._by_queue_name(tenant, address)

    async def of_site_key(self, site_key: str) -> EntryPoint | None:
        """Return the chat entry point of a site key, which alone tells the tenant."""
        place = place_of("chat", site_key)
        return await self._known_or("", place, lambda: self._store.of_site_key(place))

    async def by_id(self, tenant: str, id: str) -> EntryPoint | None:  # noqa: A002
        """Return an entry point in use by its id."""
        stored = await self._store.find(tenant, id)
        return None if stored is None or stored.thing.removed else stored.thing

    def forget(self, tenant: str, *places: str | None) -> None:
        """Look these places up anew, after a change made here."""
        for place in places:
            if place is not None:
                self._known.pop((tenant, place), None)
                self._known.pop(("", place), None)

    async def _at(self, tenant: str, place: str) -> EntryPoint | None:
        stored = await self._store.at(tenant, place)
        return stored.thing if stored else None

    async def _known_or(
        self, tenant: str, place: str, look: Callable[[], Awaitable[EntryPoint | None]]
    ) -> EntryPoint | None:
        known = self._known.get((tenant, place))
        now = self._monotonic()
        if known is not None and now - known[0] < FRESH_SECONDS:
            return known[1]
        found = await look()
        self._known.pop((tenant, place), None)
        self._known[tenant, place] = (now, found)
        if len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)
        return found

    def _by_queue_name(self, tenant: str, address: str) -> EntryPoint | None:
        queue_id = address.partition("@")[0]
        if self._queues.pool_of(tenant, queue_id) is None:
            return None
        return direct(tenant, "email", address, queue_id)


def direct(tenant: str, channel: str, address: str, queue_id: str) -> EntryPoint:
    """Make the entry point of an address that names its queue itself: no greeting, straight into the queue."""
    return EntryPoint(
        tenant=tenant,
        id=derived("ent_", tenant, channel, queue_id),
        channel=channel,
        address=address,
        name=queue_id,
        flow=straight_to(queue_id),
    )
