"""Snapshots of pools in MongoDB: chunks first, the manifest last, so that what has a manifest is whole.

The newest is for recovery; those before it are kept for decisions to be made again, as far apart as their size asks.
"""

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterable
from itertools import islice
from typing import Any, Final

from services.routing.adapters.journal_documents import BY_NUMBER, entry_id, numbered, place_document, read_place
from services.routing.adapters.packing import DICTIONARY, packed, unpacked
from services.routing.application.ports import PoolKey, PoolSnapshot
from switchyard.mongo.client import Database, Document
from switchyard.mongo.failures import translated

#: A record is below 2 KB, so a chunk stays far below MongoDB's 16 MB a document.
RECORDS_PER_CHUNK = 2_000
#: So many records are made plain before whatever else runs here gets its turn: some 5 ms of work.
RECORDS_AT_ONCE = 500
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

    async def prepare(self) -> None:
        """Create the indexes; safe to repeat. Raises StoreUnavailable."""
        with translated():
            await self._manifests.create_index(BY_NUMBER)
            await self._chunks.create_index([*BY_NUMBER, ("_id.writing", 1), ("_id.chunk", 1)])

    async def save(self, pool: PoolKey, snapshot: PoolSnapshot) -> None:
        """Write a snapshot. Raises StoreUnavailable.

        Chunks carry the name of this writing: another replica may write the same snapshot, its records in another
        order, and whose manifest comes last is read with chunks of its own.
        """
        key, writing, count, records = entry_id(pool, snapshot.sequence), uuid.uuid4().hex, 0, 0
        with translated():
            async for chunk in _chunked(snapshot.records):
                # Beside the loop: deflating lets it go on.
                stored = {"packed": await asyncio.to_thread(packed, chunk), "dictionary": DICTIONARY}
                await self._chunks.insert_one({"_id": {**key, "chunk": count, "writing": writing}, **stored})
                count, records = count + 1, records + len(chunk)
            place = place_document(snapshot.place)
            manifest = {"place": place, "chunks": count, "records": records, "writing": writing}
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

    async def _records(self, pool: PoolKey, manifest: Document) -> Iterable[Any] | None:
        """Read a snapshot's chunks, to be unpacked as they are needed; None where one is gone."""
        # An earlier version did not name a writing: None is found where there is none.
        of_writing = numbered(pool, manifest["_id"]["sequence"]) | {"_id.writing": manifest.get("writing")}
        chunks = await self._chunks.find(of_writing).sort("_id.chunk", 1).to_list(None)
        if len(chunks) < manifest["chunks"]:
            return None
        return (record for chunk in chunks for record in _unpacked(chunk))

    async def _newest(self, pool: PoolKey, after: int = 0, through: int = _END) -> Document | None:
        span = numbered(pool, {"$gt": after, "$lte": through})
        found = await self._manifests.find(span).sort("_id.sequence", -1).limit(1).to_list(1)
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
        span = numbered(pool, {"$gte": low, "$lt": high})
        await self._manifests.delete_many(span)
        await self._chunks.delete_many(span)


async def _chunked(records: Iterable[Any]) -> AsyncIterator[list[Any]]:
    left, chunk = iter(records), list[Any]()
    while at_once := list(islice(left, RECORDS_AT_ONCE)):
        chunk += at_once
        if len(chunk) >= RECORDS_PER_CHUNK:
            yield chunk
            chunk = []
        await asyncio.sleep(0)
    if chunk:
        yield chunk


def _unpacked(chunk: Document) -> list[Any]:
    """Give a chunk's records; those of earlier versions hold them as they are."""
    return list(chunk["records"] if "records" in chunk else unpacked(chunk["packed"], chunk["dictionary"]))
