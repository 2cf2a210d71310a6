"""Snapshots of pools in MongoDB: chunks first, the manifest last, so that what has a manifest is whole.

The newest is for recovery; those before it are kept for decisions to be made again, as far apart as their size asks.
"""

import asyncio
from typing import Any, Final

from services.routing.adapters.journal_documents import entry_id, place_document, read_place
from services.routing.adapters.packing import DICTIONARY, packed, unpacked
from services.routing.application.ports import PoolKey, PoolSnapshot
from switchyard.mongo.client import Database, Document
from switchyard.mongo.failures import translated

#: A record is below 2 KB, so a chunk stays far below MongoDB's 16 MB a document.
RECORDS_PER_CHUNK = 2_000
#: A kept snapshot is an entry of the journal away from the one before it for so many of its records, packed about as
#: large as they; so all of them together take no more space than a fraction of the journal.
RECORDS_PER_ENTRY: Final = 20
#: Past any sequence.
_END: Final = 2**62


def far_enough(apart: int, records: int) -> bool:
    """Say whether a snapshot is kept that is so many entries away from the kept one before it."""
    return apart * RECORDS_PER_ENTRY >= records


class MongoSnapshots:
    def __init__(self, database: Database) -> None:
        self._manifests = database["snapshots"]
        self._chunks = database["snapshot_chunks"]

    async def save(self, pool: PoolKey, snapshot: PoolSnapshot) -> None:
        """Write a snapshot; writing the same one twice is once. Raises StoreUnavailable."""
        records = snapshot.records
        count = -(-len(records) // RECORDS_PER_CHUNK)
        manifest = {"place": place_document(snapshot.place), "chunks": count, "records": len(records)}
        with translated():
            for number in range(count):
                chunk = records[number * RECORDS_PER_CHUNK : (number + 1) * RECORDS_PER_CHUNK]
                key = {**entry_id(pool, snapshot.sequence), "chunk": number}
                # Beside the loop: deflating lets it go on.
                stored = {"packed": await asyncio.to_thread(packed, chunk), "dictionary": DICTIONARY}
                await self._chunks.replace_one({"_id": key}, stored, upsert=True)
            key = entry_id(pool, snapshot.sequence)
            await self._manifests.replace_one({"_id": key}, manifest, upsert=True)
            await self._thin_out(pool, snapshot.sequence)

    async def latest_sequence(self, pool: PoolKey) -> int:
        """Give the sequence of the newest snapshot, 0 for none. Raises StoreUnavailable."""
        with translated():
            manifest = await self._newest(pool)
        return 0 if manifest is None else int(manifest["_id"]["sequence"])

    async def latest(self, pool: PoolKey) -> PoolSnapshot | None:
        """Read the newest snapshot that has a manifest. Raises StoreUnavailable."""
        return await self.newest(pool, after=0, through=_END)

    async def newest(self, pool: PoolKey, *, after: int, through: int) -> PoolSnapshot | None:
        """Read the newest snapshot behind one sequence and not beyond another. Raises StoreUnavailable.

        One that is dropped while it is read has made room for a newer one; without any, the journal would have to be
        read from its first entry, which may be archived.
        """
        with translated():
            tried = None
            while (manifest := await self._newest(pool, after, through)) is not None and manifest["_id"] != tried:
                records = await self._records(pool, manifest)
                if records is not None:
                    place = read_place(manifest["place"])
                    return PoolSnapshot(sequence=manifest["_id"]["sequence"], place=place, records=records)
                tried = manifest["_id"]
        return None

    async def drop_before(self, pool: PoolKey, sequence: int) -> None:
        """Drop the snapshots before a sequence. Raises StoreUnavailable."""
        with translated():
            await self._drop(pool, 0, sequence)

    async def _records(self, pool: PoolKey, manifest: Document) -> list[Any] | None:
        """Read a snapshot's chunks; None where one is gone."""
        records: list[Any] = []
        for number in range(manifest["chunks"]):
            key = {**entry_id(pool, manifest["_id"]["sequence"]), "chunk": number}
            chunk = await self._chunks.find_one({"_id": key})
            if chunk is None:
                return None
            # Chunks of earlier versions hold the records themselves.
            records += chunk["records"] if "records" in chunk else unpacked(chunk["packed"], chunk["dictionary"])
        return records

    async def _newest(self, pool: PoolKey, after: int = 0, through: int = _END) -> Document | None:
        span = {"_id": {"$gt": entry_id(pool, after), "$lte": entry_id(pool, through)}}
        found = await self._manifests.find(span).sort("_id", -1).limit(1).to_list(1)
        return found[0] if found else None

    async def _thin_out(self, pool: PoolKey, sequence: int) -> None:
        """Drop the snapshot before this one, where the one before that is near enough for its size."""
        previous = await self._newest(pool, through=sequence - 1)
        if previous is None:
            return
        at = int(previous["_id"]["sequence"])
        kept = await self._newest(pool, through=at - 1)
        apart = at - (0 if kept is None else int(kept["_id"]["sequence"]))
        if not far_enough(apart, previous.get("records", 0)):
            await self._drop(pool, at, at + 1)

    async def _drop(self, pool: PoolKey, low: int, high: int) -> None:
        """Drop from one sequence to below another, the manifests first: what has one must be whole."""
        await self._manifests.delete_many({"_id": {"$gte": entry_id(pool, low), "$lt": entry_id(pool, high)}})
        first, past = {**entry_id(pool, low), "chunk": 0}, {**entry_id(pool, high), "chunk": 0}
        await self._chunks.delete_many({"_id": {"$gte": first, "$lt": past}})
