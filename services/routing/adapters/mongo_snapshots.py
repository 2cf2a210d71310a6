"""Snapshots of pools in MongoDB: chunks first, the manifest last, so that what has a manifest is whole."""

from typing import Any

from services.routing.adapters.journal_documents import entry_id, place_document, read_place
from services.routing.application.ports import PoolKey, PoolSnapshot
from switchyard.mongo.client import Database, Document
from switchyard.mongo.failures import translated

#: A record is below 2 KB, so a chunk stays far below MongoDB's 16 MB a document.
RECORDS_PER_CHUNK = 2_000


class MongoSnapshots:
    def __init__(self, database: Database) -> None:
        self._manifests = database["snapshots"]
        self._chunks = database["snapshot_chunks"]

    async def save(self, pool: PoolKey, snapshot: PoolSnapshot) -> None:
        """Write a snapshot; writing the same one twice is once. Raises StoreUnavailable."""
        records = snapshot.records
        count = -(-len(records) // RECORDS_PER_CHUNK)
        manifest = {"place": place_document(snapshot.place), "chunks": count}
        with translated():
            for number in range(count):
                chunk = records[number * RECORDS_PER_CHUNK : (number + 1) * RECORDS_PER_CHUNK]
                key = {**entry_id(pool, snapshot.sequence), "chunk": number}
                await self._chunks.replace_one({"_id": key}, {"records": chunk}, upsert=True)
            key = entry_id(pool, snapshot.sequence)
            await self._manifests.replace_one({"_id": key}, manifest, upsert=True)
            await self._drop_before(pool, snapshot.sequence)

    async def latest_sequence(self, pool: PoolKey) -> int:
        """Give the sequence of the newest snapshot, 0 for none. Raises StoreUnavailable."""
        with translated():
            manifest = await self._newest(pool)
        return 0 if manifest is None else int(manifest["_id"]["sequence"])

    async def latest(self, pool: PoolKey) -> PoolSnapshot | None:
        """Read the newest snapshot that has a manifest. Raises StoreUnavailable.

        One that is dropped while it is read has made room for a newer one; without any, the journal would have to be
        read from its first entry, which may be archived.
        """
        with translated():
            tried = None
            while (manifest := await self._newest(pool)) is not None and manifest["_id"] != tried:
                records = await self._records(pool, manifest)
                if records is not None:
                    place = read_place(manifest["place"])
                    return PoolSnapshot(sequence=manifest["_id"]["sequence"], place=place, records=records)
                tried = manifest["_id"]
        return None

    async def _records(self, pool: PoolKey, manifest: Document) -> list[Any] | None:
        """Read a snapshot's chunks; None where one is gone."""
        records: list[Any] = []
        for number in range(manifest["chunks"]):
            key = {**entry_id(pool, manifest["_id"]["sequence"]), "chunk": number}
            chunk = await self._chunks.find_one({"_id": key})
            if chunk is None:
                return None
            records += chunk["records"]
        return records

    async def _newest(self, pool: PoolKey) -> Document | None:
        span = {"_id": {"$gte": entry_id(pool, 0), "$lt": entry_id(pool, 2**62)}}
        found = await self._manifests.find(span).sort("_id", -1).limit(1).to_list(1)
        return found[0] if found else None

    async def _drop_before(self, pool: PoolKey, sequence: int) -> None:
        """Drop older snapshots, the manifest first: what has one must be whole."""
        older = {"_id": {"$gte": entry_id(pool, 0), "$lt": entry_id(pool, sequence)}}
        await self._manifests.delete_many(older)
        low, high = {**entry_id(pool, 0), "chunk": 0}, {**entry_id(pool, sequence), "chunk": 0}
        await self._chunks.delete_many({"_id": {"$gte": low, "$lt": high}})
