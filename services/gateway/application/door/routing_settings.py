"""Queues and agents as routing announces them, kept in memory: finds pools and refuses unknown queues.

The compacted topic is read whole, so every replica knows every setting. A setting made a moment ago may still be
under way: the `find_` forms wait for it shortly before they say it is not there.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

#: A setting reaches every replica within one hop of the broker, 30 ms at worst; a second also covers a busy machine.
PATIENCE_SECONDS = 1.0

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownQueue:
    id: str
    name: str
    pool_id: str
    target_seconds: float
    short_abandon_seconds: float
    #: Callers on hold are asked whether they would rather be called back.
    callbacks_offered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownAgent:
    id: str
    name: str
    pool_id: str
    team_id: str
    site_id: str
    queue_ids: tuple[str, ...]


class RoutingSettings:
    """The projection; only the reader of the topic writes it."""

    def __init__(self) -> None:
        self._queues: dict[tuple[str, str], KnownQueue] = {}
        self._agents: dict[tuple[str, str], KnownAgent] = {}
        self._offering: set[tuple[str, str]] = set()
        self._sites: set[tuple[str, str]] = set()
        self._pools: set[tuple[str, str]] = set()
        self._changed = asyncio.Event()

    def queue(self, tenant: str, queue_id: str) -> KnownQueue | None:
        return self._queues.get((tenant, queue_id))

    def agent(self, tenant: str, agent_id: str) -> KnownAgent | None:
        return self._agents.get((tenant, agent_id))

    def offers_callbacks(self, tenant: str, queue_id: str | None = None) -> bool:
        """Tell whether the queue, or without one any of the tenant's, offers its callers to be called back."""
        if queue_id is not None:
            return (tenant, queue_id) in self._offering
        return any(owner == tenant for owner, _ in self._offering)

    def queue_ids(self, tenant: str) -> list[str]:
        return sorted(queue_id for owner, queue_id in self._queues if owner == tenant)

    async def find_queue(self, tenant: str, queue_id: str) -> KnownQueue | None:
        return await self._patiently(lambda: self.queue(tenant, queue_id))

    async def find_agent(self, tenant: str, agent_id: str) -> KnownAgent | None:
        return await self._patiently(lambda: self.agent(tenant, agent_id))

    async def has_site(self, tenant: str, site_id: str) -> bool:
        """Tell whether there is such a site, waiting shortly for one that was made a moment ago."""
        return await self._patiently(lambda: (tenant, site_id) in self._sites or None) is not None

    def has_pool(self, tenant: str, pool: str) -> bool:
        return (tenant, pool) in self._pools

    def pools(self) -> frozenset[tuple[str, str]]:
        """Return tenant and pool of everything ever announced."""
        return frozenset(self._pools)

    def set_queue(self, tenant: str, queue: KnownQueue) -> None:
        self._queues[tenant, queue.id] = queue
        (self._offering.add if queue.callbacks_offered else self._offering.discard)((tenant, queue.id))
        self._pools.add((tenant, queue.pool_id))
        self._announce()

    def set_agent(self, tenant: str, agent: KnownAgent) -> None:
        self._agents[tenant, agent.id] = agent
        self._pools.add((tenant, agent.pool_id))
        self._announce()

    def set_site(self, tenant: str, site_id: str) -> None:
        self._sites.add((tenant, site_id))
        self._announce()

    def remove_site(self, tenant: str, site_id: str) -> None:
        self._sites.discard((tenant, site_id))

    def remove_queue(self, tenant: str, queue_id: str) -> None:
        self._queues.pop((tenant, queue_id), None)
        self._offering.discard((tenant, queue_id))

    def remove_agent(self, tenant: str, agent_id: str) -> None:
        self._agents.pop((tenant, agent_id), None)

    async def changed(self) -> None:
        """Return when the next setting arrives."""
        await self._changed.wait()

    def _announce(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    async def _patiently(self, look: Callable[[], Found | None]) -> Found | None:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while (found := look()) is None:
                    await self.changed()
        except TimeoutError:
            return None
        return found
