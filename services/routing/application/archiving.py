"""Emptying old journal entries where they stand: their numbers remain, for they are the fence."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Collection
from typing import Protocol

import structlog

from services.routing.application.live_pool import LivePool
from services.routing.application.ports import Clock, PoolKey
from services.routing.domain.moments import after
from switchyard.eventing.aggregates import StoreUnavailable

log = structlog.get_logger(__name__)

EVERY_SECONDS = 3_600.0


class Archive(Protocol):
    async def snapshot_sequence(self, pool: PoolKey) -> int:
        """Give the sequence of the latest complete snapshot, 0 for none. Raises StoreUnavailable."""

    async def archive(self, pool: PoolKey, *, through: int, before: int) -> int:
        """Empty entries through a sequence that are older than an instant. Raises StoreUnavailable."""


def archiving(
    archive: Archive, pools: Callable[[], Collection[LivePool]], clock: Clock, days: float
) -> Callable[[asyncio.Event], Awaitable[None]]:
    """Make the background that empties what is older than so many days and behind a snapshot."""

    async def empty_old_entries(stop: asyncio.Event) -> None:
        while not stop.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), EVERY_SECONDS)
            for pool in tuple(pools()):
                await _archive_one(archive, pool, after(clock(), -86_400 * days))

    return empty_old_entries


async def _archive_one(archive: Archive, pool: LivePool, before: int) -> None:
    try:
        through = await archive.snapshot_sequence(pool.key)
        emptied = await archive.archive(pool.key, through=through, before=before)
    except StoreUnavailable as error:
        log.warning("archiving-put-off", pool=str(pool.key), error=str(error))
    else:
        log.info("journal-archived", pool=str(pool.key), entries=emptied)
