"""When a pool's snapshot is written: every so many entries, beside the loop, one at a time."""

import asyncio

import structlog

from services.routing.application.live_pool import LivePool
from services.routing.application.plain import to_plain
from services.routing.application.ports import Journal, PoolKey, PoolSnapshot
from services.routing.application.snapshots import captured
from switchyard.eventing.aggregates import StoreUnavailable

log = structlog.get_logger(__name__)

#: A take-over reads at most about this many entries behind the snapshot: well under a second.
ENTRIES_BETWEEN = 1_000
#: So many records are made plain before the loop gets its turn: about 5 ms of work.
RECORDS_AT_ONCE = 500


class Snapshotting:
    def __init__(self, journal: Journal, entries_between: int = ENTRIES_BETWEEN) -> None:
        self._journal = journal
        self._entries_between = entries_between
        self._writing: asyncio.Task[None] | None = None

    def consider(self, pool: LivePool) -> None:
        """Begin a snapshot if one is due; it is of the pool as it is now."""
        idle = self._writing is None or self._writing.done()
        if idle and pool.sequence - pool.snapshot_sequence >= self._entries_between:
            snapshot = PoolSnapshot(sequence=pool.sequence, place=pool.covered, records=captured(pool.state))
            pool.snapshot_sequence = pool.sequence
            self._writing = asyncio.create_task(self._write(pool.key, snapshot))

    async def finish(self) -> None:
        if self._writing is not None:
            await self._writing

    async def _write(self, key: PoolKey, snapshot: PoolSnapshot) -> None:
        """A snapshot that fails is no loss: the journal has it all, and the next comes by itself."""
        records = []
        for number, record in enumerate(snapshot.records):
            records.append(to_plain(record))
            if number % RECORDS_AT_ONCE == 0:
                await asyncio.sleep(0)
        plain = PoolSnapshot(sequence=snapshot.sequence, place=snapshot.place, records=records)
        try:
            await self._journal.save_snapshot(key, plain)
        except StoreUnavailable as error:
            log.warning("snapshot-left", pool=str(key), error=str(error))
