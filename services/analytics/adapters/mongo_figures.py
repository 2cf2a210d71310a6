"""One generation of figures in MongoDB: counter documents, open things, and how far each shard is counted."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime, timedelta
from typing import Any

from pymongo import ASCENDING, UpdateOne
from pymongo.errors import BulkWriteError

from services.analytics.adapters.mongo_bulk import portions
from services.analytics.adapters.mongo_standings import standing_document, standing_of
from services.analytics.adapters.mongo_words import document_id, parse_shard, shard_text
from services.analytics.application.ports import Change, DocumentKey, Shard, Stood
from services.analytics.domain.increments import Dimension, Kind
from services.analytics.domain.rows import Stored
from services.analytics.domain.standing import Standing
from switchyard.mongo.client import Database, Document
from switchyard.mongo.duplicates import only_duplicates
from switchyard.mongo.failures import translated

#: What is closed is kept so long that an event that comes again late cannot open it again.
_CLOSED_KEPT = timedelta(days=2)


class MongoFigures:
    """`generation` numbers the collections; a rebuild writes the next one."""

    def __init__(self, database: Database, generation: int) -> None:
        self.generation = generation
        self._counters = database[f"counters_{generation}"]
        self._open = database[f"open_{generation}"]
        self._counted = database[f"counted_{generation}"]

    async def prepare(self) -> None:
        """Create the indexes; safe to repeat. Raises StoreUnavailable."""
        by = [("tenant", ASCENDING), ("kind", ASCENDING), ("start", ASCENDING)]
        with translated():
            await self._counters.create_index(by)
            await self._open.create_index([("tenant", ASCENDING), ("closed", ASCENDING)])
            await self._open.create_index("forget_at", expireAfterSeconds=0)

    async def drop(self) -> None:
        with translated():
            for collection in (self._counters, self._open, self._counted):
                await collection.drop()

    async def next_offsets(self, keys: AbstractSet[DocumentKey]) -> Mapping[DocumentKey, int]:
        by_id = {document_id(key): key for key in keys}
        found: dict[DocumentKey, int] = {}
        for portion in portions(by_id):
            with translated():
                documents = await self._counters.find({"_id": {"$in": portion}}, {"next_offset": 1}).to_list(None)
            found |= {by_id[document["_id"]]: document["next_offset"] for document in documents}
        return found

    async def apply(self, changes: Sequence[Change]) -> bool:
        with translated():
            try:
                result = await self._counters.bulk_write([_update(change) for change in changes], ordered=False)
            except BulkWriteError as error:
                only_duplicates(error)
                return False
        return result.matched_count + result.upserted_count == len(changes)

    async def stand(self, stood: Sequence[Stood]) -> None:
        if not stood:
            return
        forget_at = datetime.now(UTC) + _CLOSED_KEPT
        updates = [_standing_update(each, forget_at) for each in stood]
        with translated():
            try:
                await self._open.bulk_write(updates, ordered=False)
            except BulkWriteError as error:
                # A later event is stored already: the filter missed it, so the upsert met it.
                only_duplicates(error)

    async def counted(self) -> Mapping[Shard, int]:
        with translated():
            found = await self._counted.find().to_list(None)
        return {parse_shard(document["_id"]): document["next_offset"] for document in found}

    async def advance(self, offsets: Mapping[Shard, int]) -> None:
        updates = [
            UpdateOne({"_id": shard_text(shard)}, {"$max": {"next_offset": offset}}, upsert=True)
            for shard, offset in offsets.items()
        ]
        with translated():
            await self._counted.bulk_write(updates, ordered=False)

    async def totals(
        self, tenant: str, kind: Kind, *, start: int, end: int, key: str | None, channel: str | None
    ) -> Sequence[Stored]:
        query: Document = {"tenant": tenant, "kind": kind, "start": {"$gte": start, "$lt": end}}
        query |= {name: value for name, value in (("key", key), ("channel", channel)) if value is not None}
        with translated():
            return [_stored(document) async for document in self._counters.find(query)]

    async def sum_before(self, tenant: str, kind: Kind, end: int) -> Mapping[Dimension, Mapping[str, int]]:
        sums: dict[Dimension, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        query = {"tenant": tenant, "kind": kind, "start": {"$lt": end}}
        fields = {"kind": 1, "key": 1, "channel": 1, "start": 1, "counters": 1}
        with translated():
            async for document in self._counters.find(query, fields):
                stored = _stored(document)
                for name, amount in stored.amounts.items():
                    sums[stored.dimension][name] += amount
        return sums

    async def open_things(self, tenant: str) -> Sequence[Standing]:
        with translated():
            return [standing_of(document) async for document in self._open.find({"tenant": tenant, "closed": False})]


def _standing_update(stood: Stood, forget_at: datetime) -> UpdateOne:
    document = standing_document(stood, forget_at)
    selected = {"_id": document.pop("_id"), "sequence": {"$lt": stood.name.sequence}}
    return UpdateOne(selected, {"$set": document}, upsert=True)


def _update(change: Change) -> UpdateOne:
    key, about = change.key, change.key.dimension
    update: Document = {"$inc": dict(change.amounts), "$set": {"next_offset": change.next_offset}}
    if change.expected:
        return UpdateOne({"_id": document_id(key), "next_offset": change.expected}, update)
    update["$setOnInsert"] = {
        "tenant": key.tenant,
        "kind": about.kind,
        "key": about.key,
        "channel": about.channel,
        "start": key.start,
    }
    # No document has an offset below 1, so this inserts, or fails on a document that another has made.
    return UpdateOne({"_id": document_id(key), "next_offset": {"$lt": 1}}, update, upsert=True)


def _stored(document: Mapping[str, Any]) -> Stored:
    dimension = Dimension(kind=document["kind"], key=document["key"], channel=document["channel"])
    families = ("counters", "time", "sketches")
    amounts = {
        name: amount for family in families if family in document for name, amount in _leaves(family, document[family])
    }
    return Stored(start=document["start"], dimension=dimension, amounts=amounts)


def _leaves(path: str, value: Mapping[str, Any] | int) -> Iterator[tuple[str, int]]:
    """Flatten nested counters to their full names."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _leaves(f"{path}.{name}", inner)
    else:
        yield path, value
