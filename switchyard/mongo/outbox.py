"""The outboxes of one collection: documents with `version`, `outbox` and, while something is unsent, `unsent_since`."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from switchyard.eventing.envelope import Message
from switchyard.eventing.outbox import UnsentDocument
from switchyard.mongo.client import Collection, Document
from switchyard.mongo.failures import translated
from switchyard.mongo.messages import from_documents, to_documents

#: Filter on ids in chunks: a query of this many short ids stays far below a document's 16 MB.
_MARK_CHUNK = 1_000


class MongoOutbox:
    """OutboxStore over one collection."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection

    async def prepare(self) -> None:
        """Create the index that sweeps use; safe to repeat. Raises StoreUnavailable."""
        with translated():
            await self._collection.create_index("unsent_since", sparse=True)

    async def unsent(self, *, before: datetime, limit: int) -> list[UnsentDocument]:
        with translated():
            cursor = self._collection.find({"unsent_since": {"$lte": before}}, {"version": 1, "outbox": 1})
            found = await cursor.sort("unsent_since", 1).limit(limit).to_list(limit)
        return [
            UnsentDocument(id=document["_id"], version=document["version"], messages=from_documents(document["outbox"]))
            for document in found
        ]

    async def mark_sent(self, sent: Sequence[tuple[Any, int]]) -> None:
        """One update a version, not one a document: a bulk of single updates costs the server ten times as much."""
        by_version: dict[int, list[Any]] = defaultdict(list)
        for document_id, version in sent:
            by_version[version].append(document_id)
        with translated():
            for version, ids in by_version.items():
                for start in range(0, len(ids), _MARK_CHUNK):
                    chosen = {"_id": {"$in": ids[start : start + _MARK_CHUNK]}, "version": version}
                    await self._collection.update_many(chosen, {"$set": {"outbox": []}, "$unset": {"unsent_since": ""}})

    async def oldest_unsent(self) -> datetime | None:
        with translated():
            found = await self._collection.find_one(
                {"unsent_since": {"$exists": True}}, {"unsent_since": 1}, sort=[("unsent_since", 1)]
            )
        if found is None:
            return None
        since: datetime = found["unsent_since"]
        return since


def unsent_fields(messages: Sequence[Message], *, now: datetime, version: int = 1) -> Document:
    """Give the fields that a new document with messages to publish carries, for collections of inserted documents."""
    fields: Document = {"version": version, "outbox": to_documents(messages)}
    if messages:
        fields["unsent_since"] = now
    return fields
