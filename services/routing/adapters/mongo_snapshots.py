"""Snapshots of pools in MongoDB: chunks first, the manifest last, so that what has a manifest is whole."""

import asyncio
import json
import uuid
import zlib
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from bson import Binary

from services.routing.adapters.journal_documents import entry_id, place_document, read_place
from services.routing.application.ports import PoolKey, PoolSnapshot
from switchyard.mongo.client import Database, Document
from switchyard.mongo.failures import translated

#: So many records are made plain, or are read, before whatever else runs here gets its turn: some 5 ms of work.
RECORDS_AT_ONCE = 500
#: A chunk holds so many of those: packed far below MongoDB's 16 MB a document, and seldom enough to be written.
SLICES_PER_CHUNK = 10
#: Records are much alike: the quickest packing makes a tenth of them.
_PACKING = 1


class MongoSnapshots:
    def __init__(self, database: Database) -> None:
        self._manifests = database["snapshots"]
        self._chunks = database["snapshot_chunks"]

    async def save(self, pool: PoolKey, snapshot: PoolSnapshot) -> None:
        """Write a snapshot. Raises StoreUnavailable.

        Chunks carry the name of this writing: another replica may write the same snapshot, its records in another
        order, and whose manifest comes last is read with chunks of its own.
        """
        writing, count = uuid.uuid4().hex, 0
        with translated():
            async for packed in _packed(snapshot.records):
                await self._chunks.insert_one({"_id": _chunk_id(pool, snapshot.sequence, count, writing), **packed})
                count += 1
            manifest = {"place": place_document(snapshot.place), "chunks": count, "writing": writing}
            await self._manifests.replace_one({"_id": entry_id(pool, snapshot.sequence)}, manifest, upsert=True)
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

    async def _records(self, pool: PoolKey, manifest: Document) -> Iterable[Any] | None:
        """Read a snapshot's chunks, to be unpacked as they are needed; None where one is gone."""
        chunks: list[Document] = []
        for number in range(manifest["chunks"]):
            key = _chunk_id(pool, manifest["_id"]["sequence"], number, manifest.get("writing", ""))
            chunk = await self._chunks.find_one({"_id": key})
            if chunk is None:
                return None
            chunks.append(chunk)
        return (record for chunk in chunks for record in _unpacked(chunk))

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


def _chunk_id(pool: PoolKey, sequence: int, number: int, writing: str) -> Document:
    """Name a chunk; an earlier version did not name its writing."""
    key = {**entry_id(pool, sequence), "chunk": number}
    return {**key, "writing": writing} if writing else key


async def _packed(records: Iterable[Any]) -> AsyncIterator[Document]:
    """Pack records into chunks, each line of one a slice of them as JSON."""
    left = iter(records)
    lines: list[bytes] = []
    while records_at_once := list(islice(left, RECORDS_AT_ONCE)):
        lines.append(json.dumps(records_at_once, separators=(",", ":")).encode())
        if len(lines) == SLICES_PER_CHUNK:
            yield await _squeezed(lines)
            lines = []
        await asyncio.sleep(0)
    if lines:
        yield await _squeezed(lines)


async def _squeezed(lines: Sequence[bytes]) -> Document:
    return {"packed": Binary(await asyncio.to_thread(zlib.compress, b"\n".join(lines), _PACKING))}


def _unpacked(chunk: Document) -> Iterator[Any]:
    """Give a chunk's records; an earlier version did not pack them."""
    if "packed" not in chunk:
        yield from chunk["records"]
        return
    for line in zlib.decompress(chunk["packed"]).split(b"\n"):
        yield from json.loads(line)
