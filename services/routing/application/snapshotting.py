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
#: In a large pool an entry for so many contacts: reading it costs a take-over no more than reading them, and writing
#: snapshots does not become most of what the process does.
CONTACTS_PER_ENTRY = 100


class Snapshotting:
    def __init__(self, journal: Journal, entries_between: int = ENTRIES_BETWEEN) -> None:
        self._journal = journal
        self._entries_between = entries_between
        self._writing: asyncio.Task[None] | None = None

    def consider(self, pool: LivePool) -> None:
        """Begin a snapshot if one is due; it is of the pool as it is now."""
        idle = self._writing is None or self._writing.done()
        between = max(self._entries_between, len(pool.state.contacts) // CONTACTS_PER_ENTRY)
        if idle and pool.sequence - pool.snapshot_sequence >= between:
            # The records are made plain as they are written: all at once they take several times the pool's room.
            records = map(to_plain, captured(pool.state))
            snapshot = PoolSnapshot(sequence=pool.sequence, place=pool.covered, records=records)
            pool.snapshot_sequence = pool.sequence
            self._writing = asyncio.create_task(self._write(pool.key, snapshot))

    async def finish(self) -> None:
        if self._writing is not None:
            await self._writing

    async def _write(self, key: PoolKey, snapshot: PoolSnapshot) -> None:
        """A snapshot that fails is no loss: the journal has it all, and the next comes by itself."""
        try:
            await self._journal.save_snapshot(key, snapshot)
        except StoreUnavailable as error:
            log.warning("snapshot-left", pool=str(key), error=str(error))
