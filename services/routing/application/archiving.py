"""Old journal entries where they stand: packed first, emptied much later; their numbers remain, for they are the fence.

Both go from the oldest on, batch by batch, each of which stands by itself: whoever is ended in the middle, or does
the same beside another, goes on where the journal says.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import structlog

from services.routing.application.live_pool import LivePool
from services.routing.application.ports import Clock, PoolKey
from services.routing.domain.moments import Moment, after
from switchyard.eventing.aggregates import StoreUnavailable

log = structlog.get_logger(__name__)

EVERY_SECONDS = 3_600.0
#: Between two batches, so that the database has time for those who wait for it.
REST_SECONDS = 0.1
_DAY = 86_400.0


class Archive(Protocol):
    """All raise StoreUnavailable, and may be repeated."""

    async def snapshot_sequence(self, pool: PoolKey) -> int:
        """Give the sequence of the latest complete snapshot, 0 for none."""

    async def pack(self, pool: PoolKey, *, through: int, before: Moment) -> int:
        """Pack the next entries through a sequence that are older than an instant; gives how many were seen to.

        What a packed entry says is read as before.
        """

    async def empty(self, pool: PoolKey, *, through: int, before: Moment) -> int:
        """Let the next entries, packed or not, keep their numbers alone; gives how many were seen to."""

    async def drop_snapshots(self, pool: PoolKey) -> None:
        """Drop snapshots that no kept entry follows, the newest never."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ages:
    """How many days an entry stands as it was written, and after how many it is emptied."""

    packed_days: float
    emptied_days: float


def archiving(
    archive: Archive,
    pools: Callable[[], Collection[LivePool]],
    clock: Clock,
    ages: Ages,
    every_seconds: float = EVERY_SECONDS,
) -> Callable[[asyncio.Event], Awaitable[None]]:
    """Make the background that sees to what is behind a snapshot and old."""

    async def see_to_old_entries(stop: asyncio.Event) -> None:
        while not await _stopped(stop, every_seconds):
            for pool in tuple(pools()):
                await _see_to(archive, pool.key, clock(), ages, stop)

    return see_to_old_entries


async def _see_to(archive: Archive, pool: PoolKey, now: Moment, ages: Ages, stop: asyncio.Event) -> None:
    """See to one pool: first what goes, so that nothing is packed that is emptied next."""
    try:
        through = await archive.snapshot_sequence(pool)
        emptied = await _all(
            partial(archive.empty, pool, through=through, before=after(now, -_DAY * ages.emptied_days)), stop
        )
        await archive.drop_snapshots(pool)
        packed = await _all(
            partial(archive.pack, pool, through=through, before=after(now, -_DAY * ages.packed_days)), stop
        )
    except StoreUnavailable as error:
        log.warning("archiving-put-off", pool=str(pool), error=str(error))
    else:
        log.info("journal-archived", pool=str(pool), packed=packed, emptied=emptied)


async def _all(act: Callable[[], Awaitable[int]], stop: asyncio.Event) -> int:
    """Do batch after batch until nothing is left or the process ends."""
    seen = 0
    while batch := await act():
        seen += batch
        if await _stopped(stop, REST_SECONDS):
            break
    return seen


async def _stopped(stop: asyncio.Event, within_seconds: float) -> bool:
    """Wait for the end, no longer than so many seconds."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), within_seconds)
    return stop.is_set()
