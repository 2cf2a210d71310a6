"""The archive in MongoDB: one insert-only document per event, under `_id` "<source>/<sequence>".

A text rather than a document of two fields, because the embedded database finds many documents by compound ids only by
scanning.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from collections.abc import Set as AbstractSet

from pymongo import ASCENDING, UpdateOne
from pymongo.errors import BulkWriteError

from services.analytics.adapters.mongo_bulk import portions
from services.analytics.adapters.mongo_words import parse_shard, shard_text
from services.analytics.application.gaps import name_of
from services.analytics.application.ports import EventName, Shard
from switchyard.eventing.envelope import Place, Received, event_id
from switchyard.mongo.client import Database, Document
from switchyard.mongo.duplicates import only_duplicates
from switchyard.mongo.failures import translated
from switchyard.mongo.messages import from_document, to_document

_PORTION = 1_000


class MongoArchive:
    def __init__(self, database: Database) -> None:
        self._events = database["events"]
        self._gaps = database["gaps"]
        self._shards = database["shards"]
        self._known_shards: set[str] = set()

    async def prepare(self) -> None:
        """Create the indexes; safe to repeat. Raises StoreUnavailable."""
        with translated():
            await self._events.create_index([("shard", ASCENDING), ("offset", ASCENDING)])
            await self._events.create_index(
                [("tenant", ASCENDING), ("contact", ASCENDING), ("time_us", ASCENDING)],
                partialFilterExpression={"contact": {"$exists": True}},
            )

    async def add(self, events: Sequence[Received]) -> Sequence[Received]:
        if not events:
            return []
        documents = [_document(event) for event in events]
        with translated():
            await self._know({document["shard"] for document in documents})
            try:
                await self._events.insert_many(documents, ordered=False)
            except BulkWriteError as error:
                there = only_duplicates(error)
            else:
                return events
            here = await self._stored_at([documents[index] for index in there])
        return [
            event
            for index, event in enumerate(events)
            if index not in there
            or here.get((documents[index]["shard"], event.place.offset)) == documents[index]["_id"]
        ]

    async def _know(self, shards: set[str]) -> None:
        for shard in shards - self._known_shards:
            await self._shards.update_one({"_id": shard}, {"$set": {"seen": True}}, upsert=True)
        self._known_shards |= shards

    async def _stored_at(self, documents: Sequence[Document]) -> dict[tuple[str, int], str]:
        """Tell which events are archived as come at the places of these."""
        spans: dict[str, list[int]] = defaultdict(list)
        for document in documents:
            spans[document["shard"]].append(document["offset"])
        stored = {}
        for shard, offsets in spans.items():
            query = {"shard": shard, "offset": {"$gte": min(offsets), "$lte": max(offsets)}}
            async for found in self._events.find(query, {"shard": 1, "offset": 1}):
                stored[found["shard"], found["offset"]] = found["_id"]
        return stored

    async def missing(self, names: AbstractSet[EventName]) -> AbstractSet[EventName]:
        by_id = {_id(name): name for name in names}
        found: set[EventName] = set()
        for portion in portions(by_id):
            with translated():
                documents = await self._events.find({"_id": {"$in": portion}}, {"_id": 1}).to_list(None)
            found |= {by_id[document["_id"]] for document in documents}
        return names - found

    async def note_gaps(self, before: Sequence[EventName]) -> None:
        if not before:
            return
        updates = [UpdateOne({"_id": _id(name)}, {"$set": {"noted": True}}, upsert=True) for name in before]
        with translated():
            await self._gaps.bulk_write(updates, ordered=False)

    async def read(self, shard: Shard, from_offset: int) -> AsyncIterator[Sequence[Received]]:
        while True:
            query = {"shard": shard_text(shard), "offset": {"$gte": from_offset}}
            with translated():
                found = await self._events.find(query).sort("offset", ASCENDING).limit(_PORTION).to_list(_PORTION)
            if not found:
                return
            yield [_event(document) for document in found]
            from_offset = found[-1]["offset"] + 1

    async def shards(self) -> Sequence[Shard]:
        with translated():
            return [parse_shard(document["_id"]) for document in await self._shards.find().to_list(None)]

    async def of_contact(
        self, tenant: str, contact_id: str, *, after: tuple[int, str, int] | None, limit: int
    ) -> Sequence[Received]:
        query: Document = {"tenant": tenant, "contact": contact_id}
        if after is not None:
            query["time_us"] = {"$gte": after[0]}
        order = [("time_us", ASCENDING), ("source", ASCENDING), ("sequence", ASCENDING)]
        # Those of the very microsecond of `after` come again, and are few: the events of one decision.
        with translated():
            found = await self._events.find(query).sort(order).limit(limit + 200).to_list(None)
        later = [document for document in found if after is None or _order(document) > after]
        return [_event(document) for document in later[:limit]]


def _document(event: Received) -> Document:
    envelope, name = event.message.envelope, name_of(event)
    document: Document = {
        "_id": _id(name),
        "tenant": envelope.tenant,
        "source": name.source,
        "sequence": name.sequence,
        "time_us": microseconds(event),
        "shard": shard_text(Shard(event.place.cluster, event.place.topic, event.place.partition)),
        "offset": event.place.offset,
        **to_document(event.message),
    }
    if envelope.correlation_id:
        document["contact"] = envelope.correlation_id
    return document


def microseconds(event: Received) -> int:
    """Tell when an event happened, as the timeline sorts by it."""
    time = event.message.envelope.time
    return int(time.timestamp()) * 1_000_000 + time.microsecond


def _event(document: Document) -> Received:
    return Received(message=from_document(document), place=_place(document))


def _place(document: Document) -> Place:
    shard = parse_shard(document["shard"])
    return Place(cluster=shard.cluster, topic=shard.topic, partition=shard.partition, offset=document["offset"])


def _order(document: Document) -> tuple[int, str, int]:
    return document["time_us"], document["source"], document["sequence"]


def _id(name: EventName) -> str:
    return event_id(name.source, name.sequence)
