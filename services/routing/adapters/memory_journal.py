"""The journal in memory, with its archive: what tests use, held to the same contract as MongoDB's."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from itertools import takewhile
from typing import Final

from services.routing.adapters.journal_documents import emptied_update, from_document, packed_update, to_document
from services.routing.adapters.mongo_snapshots import far_enough
from services.routing.application.ports import JournalEntry, PoolKey, PoolSnapshot
from services.routing.domain.moments import Moment
from switchyard.mongo.client import Document

#: So few that a test's journal takes several batches.
_AT_ONCE: Final = 2


class InMemoryJournal:
    """Keeps documents, not entries, so that what is read has been through the same door as in MongoDB."""

    def __init__(self) -> None:
        self._entries: dict[tuple[PoolKey, int], Document] = {}
        self._snapshots: dict[PoolKey, dict[int, PoolSnapshot]] = {}
        self._partitions: dict[PoolKey, int] = {}
        self._packed_through: dict[PoolKey, int] = {}
        self._emptied_through: dict[PoolKey, int] = {}

    async def append(self, entries: Sequence[JournalEntry]) -> set[PoolKey]:
        lost = set()
        for entry in entries:
            document = to_document(entry)
            stands = self._entries.setdefault((entry.pool, entry.sequence), document)
            if stands["batch_id"] != entry.batch_id:
                lost.add(entry.pool)
        return lost

    async def read(self, pool: PoolKey, after: int) -> AsyncGenerator[JournalEntry, None]:
        for key in sorted(key for key in self._entries if key[0] == pool and key[1] > after):
            yield from_document(self._entries[key])

    async def of_contact(self, tenant: str, contact_id: str) -> list[JournalEntry]:
        """Read what a tenant's pools did to a contact, oldest first."""
        documents = [d for d in self._entries.values() if contact_id in d.get("contacts", ())]
        entries = [entry for entry in map(from_document, documents) if entry.pool.tenant == tenant]
        return sorted(entries, key=lambda entry: (entry.now, str(entry.pool), entry.sequence))

    async def latest_snapshot(self, pool: PoolKey) -> PoolSnapshot | None:
        kept = self._snapshots.get(pool)
        return kept[max(kept)] if kept else None

    async def save_snapshot(self, pool: PoolKey, snapshot: PoolSnapshot) -> None:
        kept = self._snapshots.setdefault(pool, {})
        kept[snapshot.sequence] = replace(snapshot, records=list(snapshot.records))
        *before, previous = 0, *sorted(sequence for sequence in kept if sequence < snapshot.sequence)
        if previous and not far_enough(previous - before[-1], sum(1 for _ in kept[previous].records)):
            del kept[previous]

    async def kept_snapshot(self, pool: PoolKey, *, after: int, through: int) -> PoolSnapshot | None:
        """Read the newest snapshot behind one sequence and not beyond another."""
        found = [each for each in self._snapshots.get(pool, {}).values() if after < each.sequence <= through]
        return max(found, key=lambda each: each.sequence, default=None)

    async def snapshot_sequence(self, pool: PoolKey) -> int:
        return max(self._snapshots.get(pool, {}), default=0)

    async def pack(self, pool: PoolKey, *, through: int, before: Moment) -> int:
        done = max(self._packed_through.get(pool, 0), self._emptied_through.get(pool, 0))
        due = self._next(pool, done, through, before)
        for sequence in due:
            document = self._entries[pool, sequence]
            if "steps" in document:
                _change(document, packed_update(document))
            self._packed_through[pool] = sequence
        return len(due)

    async def empty(self, pool: PoolKey, *, through: int, before: Moment) -> int:
        due = self._next(pool, self._emptied_through.get(pool, 0), through, before)
        for sequence in due:
            _change(self._entries[pool, sequence], emptied_update())
            self._emptied_through[pool] = sequence
        return len(due)

    async def drop_snapshots(self, pool: PoolKey) -> None:
        first = min(self._emptied_through.get(pool, 0), await self.snapshot_sequence(pool))
        kept = self._snapshots.get(pool, {})
        self._snapshots[pool] = {sequence: kept[sequence] for sequence in kept if sequence >= first}

    async def pools_of(self, partition: int) -> list[PoolKey]:
        return sorted(pool for pool, its in self._partitions.items() if its == partition)

    async def claim(self, pool: PoolKey, partition: int) -> None:
        self._partitions[pool] = partition

    def _next(self, pool: PoolKey, done: int, through: int, before: Moment) -> list[int]:
        behind = sorted(sequence for key, sequence in self._entries if key == pool and done < sequence <= through)
        return list(takewhile(lambda sequence: self._entries[pool, sequence]["now"] < before, behind[:_AT_ONCE]))


def _change(document: Document, update: Document) -> None:
    document |= update["$set"]
    for name in update["$unset"]:
        document.pop(name, None)
