"""Every pool this replica has heard of, kept live from routing's topics and completed from its snapshots."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

import structlog

from services.gateway.application.door.pool_view import AgentStanding, Offer, PoolView
from services.gateway.application.door.ports import PoolUnavailable, PoolUnknown, Snapshots
from services.gateway.application.door.routing_events import RoutingEvent
from services.gateway.application.door.routing_settings import RoutingSettings

log = structlog.get_logger(__name__)

#: How long a request waits for a view that is being completed; after that it gets what is known.
_PATIENCE_SECONDS: Final = 1.0
_AGAIN_SECONDS: Final = 0.5
_AT_ONCE: Final = 8


class PoolViews:
    """Written by the readers of routing's topics only; `run` completes what has gaps."""

    def __init__(self, settings: RoutingSettings, snapshots: Snapshots) -> None:
        self._settings = settings
        self._snapshots = snapshots
        self._views: dict[tuple[str, str], PoolView] = {}
        self._told = asyncio.Event()
        self._completed = asyncio.Event()

    def take(self, event: RoutingEvent) -> bool:
        """Take an event in; False where it was in already."""
        key = (event.tenant, event.pool)
        view = self._views.get(key)
        if view is None:
            view = self._views[key] = PoolView()
        new = view.take(event)
        if not view.whole:
            self._told.set()
        return new

    def agent(self, tenant: str, agent_id: str) -> AgentStanding | None:
        view = self._view_of_agent(tenant, agent_id)
        return view.agents.get(agent_id) if view else None

    def break_position(self, tenant: str, agent_id: str) -> int | None:
        """Give the agent's place among those of the team who wait for a break; None where it does not wait."""
        view = self._view_of_agent(tenant, agent_id)
        return view.break_position(agent_id) if view else None

    def offer(self, tenant: str, pool: str, offer_id: str) -> Offer | None:
        view = self._views.get((tenant, pool))
        return view.offers.get(offer_id) if view else None

    def offers(self, tenant: str, agent_id: str | None = None) -> Sequence[Offer]:
        """List the open offers of a tenant, or of one of its agents, the oldest first."""
        views = [view for (owner, _), view in self._views.items() if owner == tenant]
        found = [offer for view in views for offer in view.offers.values() if agent_id in {None, offer.agent_id}]
        return sorted(found, key=lambda offer: (offer.offered_at, offer.id))

    def pools(self, tenant: str) -> Sequence[PoolView]:
        return [view for (owner, _), view in self._views.items() if owner == tenant]

    def pool(self, tenant: str, pool: str) -> PoolView | None:
        return self._views.get((tenant, pool))

    async def completed(self, tenant: str) -> None:
        """Wait shortly until every pool of the tenant is whole."""
        await self._patiently(lambda: all(self._is_whole(key) for key in self._known() if key[0] == tenant))

    async def run(self, stop: asyncio.Event) -> None:
        """Complete the views that have gaps, until told to stop."""
        while not stop.is_set():
            missing = [key for key in self._known() if not self._is_whole(key)]
            if missing:
                await self._complete(missing[:_AT_ONCE])
            await self._rest(stop, _AGAIN_SECONDS if missing else None)

    async def _complete(self, keys: Sequence[tuple[str, str]]) -> None:
        await asyncio.gather(*(self._load(*key) for key in keys))
        self._completed.set()
        self._completed = asyncio.Event()

    async def _load(self, tenant: str, pool: str) -> None:
        view = self._views.setdefault((tenant, pool), PoolView())
        try:
            view.load(await self._snapshots.of_pool(tenant, pool))
        except PoolUnknown:
            view.begin()
        except PoolUnavailable as error:
            log.debug("pool's snapshot not there yet", tenant=tenant, pool=pool, error=str(error))

    async def _rest(self, stop: asyncio.Event, seconds: float | None) -> None:
        """Sleep until something may be missing: an event that left a gap, a new pool, or the next attempt is due."""
        waits: list[asyncio.Future[None]] = [asyncio.ensure_future(_set(stop))]
        if seconds is None:
            waits += [asyncio.ensure_future(_set(self._told)), asyncio.ensure_future(self._settings.changed())]
        try:
            await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        self._told.clear()

    async def _patiently(self, reached: Callable[[], bool]) -> None:
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                while not reached():
                    await self._completed.wait()
        except TimeoutError:
            return

    def _known(self) -> list[tuple[str, str]]:
        return list(self._settings.pools() | self._views.keys())

    def _is_whole(self, key: tuple[str, str]) -> bool:
        view = self._views.get(key)
        return view is not None and view.whole

    def _view_of_agent(self, tenant: str, agent_id: str) -> PoolView | None:
        known = self._settings.agent(tenant, agent_id)
        return self._views.get((tenant, known.pool_id)) if known else None


async def _set(event: asyncio.Event) -> None:
    await event.wait()
