"""The journal behind a wire: the fence is the real one of the journal in memory, its answers may be late or lost."""

from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from functools import partial
from typing import Any

from services.routing.adapters.memory_journal import InMemoryJournal
from services.routing.application.ports import JournalEntry, PoolKey, PoolSnapshot
from switchyard.eventing.aggregates import StoreUnavailable
from tests.unit.routing_under_faults.processes import Process
from tests.unit.routing_under_faults.virtual_time import T, immediately

STORE = "store"
#: So few entries a page, so that others may write while somebody reads.
PAGE = 4


class Database:
    """What outlives the replicas; `written` is told of each entry as soon as it stands."""

    def __init__(self, written: Callable[[JournalEntry], None]) -> None:
        self.journal = InMemoryJournal()
        self._written = written
        self._standing: set[tuple[PoolKey, int]] = set()

    def append(self, entries: Sequence[JournalEntry]) -> set[PoolKey]:
        lost = immediately(self.journal.append(entries))
        for entry in entries:
            if entry.pool not in lost and (entry.pool, entry.sequence) not in self._standing:
                self._standing.add((entry.pool, entry.sequence))
                self._written(entry)
        return lost

    def read(self, pool: PoolKey, after: int, most: int) -> list[JournalEntry]:
        async def page() -> list[JournalEntry]:
            return [entry async for entry in self.journal.read(pool, after)]

        return immediately(page())[:most]

    def snapshot(self, pool: PoolKey) -> PoolSnapshot | None:
        return immediately(self.journal.latest_snapshot(pool))


class SimulatedJournal:
    """A replica's way to the database."""

    def __init__(self, database: Database, process: Process) -> None:
        self._database = database
        self._process = process

    async def append(self, entries: Sequence[JournalEntry]) -> set[PoolKey]:
        half = entries[len(entries) // 2 :]
        return await self._process.call(
            "append",
            STORE,
            lambda: self._database.append(entries),
            part=lambda: self._database.append(half),
            error=StoreUnavailable,
        )

    async def read(self, pool: PoolKey, after: int) -> AsyncGenerator[JournalEntry, None]:
        while True:
            page = await self._ask("read", partial(self._database.read, pool, after, PAGE))
            for entry in page:
                yield entry
            if len(page) < PAGE:
                return
            after = page[-1].sequence

    async def latest_snapshot(self, pool: PoolKey) -> PoolSnapshot | None:
        return await self._of("snapshot", lambda: self._database.journal.latest_snapshot(pool))

    async def save_snapshot(self, pool: PoolKey, snapshot: PoolSnapshot) -> None:
        await self._of("save", lambda: self._database.journal.save_snapshot(pool, snapshot))

    async def pools_of(self, partition: int) -> list[PoolKey]:
        return await self._of("pools", lambda: self._database.journal.pools_of(partition))

    async def claim(self, pool: PoolKey, partition: int) -> None:
        await self._of("claim", lambda: self._database.journal.claim(pool, partition))

    async def _of(self, kind: str, act: Callable[[], Coroutine[Any, Any, T]]) -> T:
        return await self._ask(kind, lambda: immediately(act()))

    async def _ask(self, kind: str, act: Callable[[], T]) -> T:
        return await self._process.call(kind, STORE, act, error=StoreUnavailable)
