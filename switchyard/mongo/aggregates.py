"""Aggregates in MongoDB: one document each, compare-and-set on `version`, messages in the document's own outbox.

Every write carries an id of its own, kept with the last few in the document. So a write whose reply was lost is told
from another's, and repeating it is safe without sessions or retryable writes, which a standalone server lacks.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from switchyard.eventing.aggregates import (
    AggregateConflict,
    AggregateExists,
    Outgoing,
    StoredAggregate,
    number_outgoing,
    source_of,
)
from switchyard.eventing.clock import Clock, utc_now
from switchyard.eventing.envelope import Message
from switchyard.eventing.outbox import OutboxLimits, OutboxPublisher
from switchyard.eventing.ports import Publisher
from switchyard.mongo.client import Collection, Document
from switchyard.mongo.failures import translated
from switchyard.mongo.grouped_inserts import GroupedInserts
from switchyard.mongo.keyset import after_cursor, sort_with_id
from switchyard.mongo.messages import from_documents, to_documents
from switchyard.mongo.outbox import MongoOutbox
from switchyard.mongo.repeating import repeated

#: A write's id must outlive the time in which its writer is still unsure; eight later writes within it are many.
_WRITES_KEPT = 8


class MongoAggregates:
    """Aggregates of one collection; `source_prefix` such as `ticketing/tickets` names their sources."""

    def __init__(
        self,
        collection: Collection,
        publisher: Publisher,
        *,
        source_prefix: str,
        clock: Clock = utc_now,
        limits: OutboxLimits | None = None,
    ) -> None:
        self._collection = collection
        self._source_prefix = source_prefix
        self._clock = clock
        self._inserts = GroupedInserts(collection)
        self._store = MongoOutbox(collection)
        #: Its `run` is the sweeper, a background of the service; it also tells the age of what is unsent.
        self.outbox = OutboxPublisher(self._store, publisher, clock=clock, limits=limits)

    @property
    def collection(self) -> Collection:
        """The collection itself, for a service's own indexes and for reads across tenants that no door offers."""
        return self._collection

    async def prepare(self) -> None:
        """Create the index of the sweeper; safe to repeat. Raises StoreUnavailable."""
        await self._store.prepare()

    async def find(self, tenant: str, id: str) -> StoredAggregate | None:  # noqa: A002
        with translated():
            document = await self._collection.find_one({"_id": _document_id(tenant, id)})
        return None if document is None else self._read(document)

    async def insert(
        self,
        tenant: str,
        id: str,  # noqa: A002
        body: Mapping[str, Any],
        outgoing: Outgoing,
    ) -> StoredAggregate:
        messages, sequence = self._number(tenant, id, outgoing, after=0)
        stored = StoredAggregate(
            tenant=tenant, id=id, version=1, sequence=sequence, body=dict(body), outbox=tuple(messages)
        )
        write = secrets.token_hex(8)
        document = {"_id": _document_id(tenant, id), "tenant": tenant, "id": id, "writes": [write], **_fields(stored)}
        if messages:
            document["unsent_since"] = self._clock()
        if not await self._inserts.insert(document, mine=_written(document["_id"], write)):
            raise AggregateExists(f"{self._source_prefix}/{id}")
        return await self._publish(stored)

    async def replace(self, previous: StoredAggregate, body: Mapping[str, Any], outgoing: Outgoing) -> StoredAggregate:
        key = _document_id(previous.tenant, previous.id)
        messages, sequence = self._number(previous.tenant, previous.id, outgoing, after=previous.sequence)
        left = () if self.outbox.is_published(key, previous.version) else previous.outbox
        stored = StoredAggregate(
            tenant=previous.tenant,
            id=previous.id,
            version=previous.version + 1,
            sequence=sequence,
            body=dict(body),
            outbox=(*left, *messages),
        )
        write = secrets.token_hex(8)
        change = self._change(stored, write, waiting=bool(left))
        if not await repeated(lambda: self._replace_once(key, previous.version, change, write)):
            raise AggregateConflict(f"{self._source_prefix}/{previous.id}")
        return await self._publish(stored)

    async def page(
        self,
        tenant: str,
        filter: Mapping[str, Any],  # noqa: A002
        *,
        sort: Sequence[tuple[str, int]] = (),
        limit: int = 50,
        cursor: Sequence[Any] | None = None,
    ) -> list[StoredAggregate]:
        # One flat document: below an $and the embedded database looks at every document instead of an index. The
        # tenant comes last, so that no filter can name another.
        after = {} if cursor is None else after_cursor(sort, cursor)
        query = {**filter, **after, "tenant": tenant}
        with translated():
            found = await self._collection.find(query).sort(sort_with_id(sort)).limit(limit).to_list(limit)
        return [self._read(document) for document in found]

    def _number(self, tenant: str, id: str, outgoing: Outgoing, *, after: int) -> tuple[list[Message], int]:  # noqa: A002
        source = source_of(self._source_prefix, tenant, id)
        return number_outgoing(outgoing, tenant=tenant, source=source, after=after)

    def _change(self, stored: StoredAggregate, write: str, *, waiting: bool) -> Document:
        change: Document = {
            "$set": _fields(stored),
            "$push": {"writes": {"$each": [write], "$slice": -_WRITES_KEPT}},
        }
        if waiting:
            # Not $set: what waits is older. Not left alone: a mark may have removed it since the document was read.
            change["$min"] = {"unsent_since": self._clock()}
        elif stored.outbox:
            change["$set"]["unsent_since"] = self._clock()
        else:
            change["$unset"] = {"unsent_since": ""}
        return change

    async def _replace_once(self, key: str, version: int, change: Document, write: str) -> bool:
        result = await self._collection.update_one({"_id": key, "version": version}, change)
        return result.matched_count == 1 or await self._is_ours(key, write)

    async def _is_ours(self, key: str, write: str) -> bool:
        """Tell whether an earlier attempt of this very write was taken, its reply lost."""
        return await self._collection.find_one(_written(key, write), {"_id": 1}) is not None

    async def _publish(self, stored: StoredAggregate) -> StoredAggregate:
        key = _document_id(stored.tenant, stored.id)
        sent = await self.outbox.publish(key, stored.version, stored.outbox)
        return replace(stored, outbox=()) if sent else stored

    def _read(self, document: Document) -> StoredAggregate:
        published = self.outbox.is_published(document["_id"], document["version"])
        return StoredAggregate(
            tenant=document["tenant"],
            id=document["id"],
            version=document["version"],
            sequence=document["sequence"],
            body=document["body"],
            outbox=() if published else from_documents(document["outbox"]),
        )


def _document_id(tenant: str, id: str) -> str:  # noqa: A002
    return f"{tenant}/{id}"


def _written(key: str, write: str) -> Document:
    return {"_id": key, "writes": write}


def _fields(stored: StoredAggregate) -> Document:
    return {
        "version": stored.version,
        "sequence": stored.sequence,
        "body": stored.body,
        "outbox": to_documents(stored.outbox),
    }
