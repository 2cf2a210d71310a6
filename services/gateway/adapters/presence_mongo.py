"""Who is connected where, in MongoDB: one document per person, every change a single atomic update."""

from contextlib import suppress
from datetime import datetime
from typing import Any

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from services.gateway.application.door.agent_presence import PresenceRecord
from switchyard.mongo.client import Collection
from switchyard.mongo.failures import translated


class MongoPresenceRecords:
    """The port PresenceRecords."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection

    async def prepare(self) -> None:
        """Create the indexes; safe to repeat. Raises StoreUnavailable."""
        with translated():
            await self._collection.create_index([("replicas", 1)])
            await self._collection.create_index([("untold_since", 1)], sparse=True)

    async def connect(self, tenant: str, agent_id: str, replica: str, at: datetime) -> PresenceRecord:
        first = PresenceRecord(
            tenant=tenant, agent_id=agent_id, replicas=frozenset({replica}), version=1, changed_at=at
        )
        with translated():
            while (changed := await self._connected(tenant, agent_id, replica, at)) is None:
                # Another replica may make the record at once; records stay, so then it is there to be changed.
                with suppress(DuplicateKeyError):
                    await self._collection.insert_one(_document(first))
                    return first
        return changed

    async def disconnect(self, tenant: str, agent_id: str, replica: str, at: datetime) -> PresenceRecord | None:
        change = {"$pull": {"replicas": replica}, **_changed(at)}
        with translated():
            found = await self._collection.find_one_and_update(
                {"_id": _id(tenant, agent_id), "replicas": replica}, change, return_document=ReturnDocument.AFTER
            )
        return _record(found) if found else None

    async def on_replica(self, replica: str, *, limit: int) -> list[PresenceRecord]:
        with translated():
            found = await self._collection.find({"replicas": replica}).limit(limit).to_list(None)
        return [_record(document) for document in found]

    async def untold(self, *, limit: int) -> list[PresenceRecord]:
        with translated():
            cursor = self._collection.find({"untold_since": {"$exists": True}}).sort("untold_since", 1).limit(limit)
            return [_record(document) for document in await cursor.to_list(None)]

    async def told(self, record: PresenceRecord) -> None:
        with translated():
            await self._collection.update_one(
                {"_id": _id(record.tenant, record.agent_id), "version": record.version},
                {"$unset": {"untold_since": ""}},
            )

    async def _connected(self, tenant: str, agent_id: str, replica: str, at: datetime) -> PresenceRecord | None:
        """Change a record that is there. No upsert: the embedded database does it, and may answer that nothing is."""
        change = {"$addToSet": {"replicas": replica}, **_changed(at)}
        found = await self._collection.find_one_and_update(
            {"_id": _id(tenant, agent_id)}, change, return_document=ReturnDocument.AFTER
        )
        return _record(found) if found else None


def _changed(at: datetime) -> dict[str, Any]:
    return {"$inc": {"version": 1}, "$set": {"changed_at": at, "untold_since": at}}


def _id(tenant: str, agent_id: str) -> str:
    return f"{tenant}/{agent_id}"


def _document(record: PresenceRecord) -> dict[str, Any]:
    return {
        "_id": _id(record.tenant, record.agent_id),
        "tenant": record.tenant,
        "agent_id": record.agent_id,
        "replicas": sorted(record.replicas),
        "version": record.version,
        "changed_at": record.changed_at,
        "untold_since": record.changed_at,
    }


def _record(document: Any) -> PresenceRecord:
    return PresenceRecord(
        tenant=document["tenant"],
        agent_id=document["agent_id"],
        replicas=frozenset(document["replicas"]),
        version=int(document["version"]),
        changed_at=document["changed_at"],
    )
