"""The journal in memory: what tests use, held to the same contract as MongoDB's."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace

from services.routing.adapters.journal_documents import from_document, to_document
from services.routing.application.ports import JournalEntry, PoolKey, PoolSnapshot
from switchyard.mongo.client import Document


class InMemoryJournal:
    """Keeps documents, not entries, so that what is read has been through the same door as in MongoDB."""

    def __init__(self) -> None:
        self._entries: dict[tuple[PoolKey, int], Document] = {}
        self._snapshots: dict[PoolKey, PoolSnapshot] = {}
        self._partitions: dict[PoolKey, int] = {}

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
        documents = [d for d in self._entries.values() if contact_id in d["contacts"]]
        entries = [entry for entry in map(from_document, documents) if entry.pool.tenant == tenant]
        return sorted(entries, key=lambda entry: (entry.now, str(entry.pool), entry.sequence))

    async def latest_snapshot(self, pool: PoolKey) -> PoolSnapshot | None:
        return self._snapshots.get(pool)

    async def save_snapshot(self, pool: PoolKey, snapshot: PoolSnapshot) -> None:
        latest = self._snapshots.get(pool)
        if latest is None or latest.sequence <= snapshot.sequence:
            self._snapshots[pool] = replace(snapshot, records=list(snapshot.records))

    async def pools_of(self, partition: int) -> list[PoolKey]:
        return sorted(pool for pool, its in self._partitions.items() if its == partition)

    async def claim(self, pool: PoolKey, partition: int) -> None:
        self._partitions[pool] = partition
