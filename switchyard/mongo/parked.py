"""Parked subjects in MongoDB: one document a message, named by subject and place, so that parking twice is once."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from switchyard.eventing.envelope import Place
from switchyard.eventing.parking import BlockedSubject, ParkedMessage, SubjectKey
from switchyard.eventing.records import RawRecord
from switchyard.mongo.client import Database, Document
from switchyard.mongo.failures import translated
from switchyard.mongo.grouped_inserts import GroupedInserts

#: One collection per service; groups share it.
COLLECTION = "parked_messages"


class MongoParkedSubjects:
    """ParkedSubjects over the `parked_messages` of a service's database."""

    def __init__(self, database: Database) -> None:
        self._collection = database[COLLECTION]
        self._inserts = GroupedInserts(self._collection)

    async def prepare(self) -> None:
        """Create the indexes; safe to repeat. Raises StoreUnavailable."""
        with translated():
            await self._collection.create_index([("key.group", 1), ("key.source", 1), ("key.subject", 1), ("order", 1)])
            await self._collection.create_index([("due", 1)], sparse=True)

    async def park(self, message: ParkedMessage) -> None:
        document = {
            "_id": _id(message),
            "key": asdict(message.key),
            "place": asdict(message.place),
            "order": message.order,
            "record": _record_document(message.record),
            **_state(message),
        }
        # Whether it is new or was parked before makes no difference: it is there.
        await self._inserts.insert(document, mine={"_id": document["_id"]})

    async def change(self, message: ParkedMessage) -> None:
        state = _state(message)
        change: Document = {"$set": state}
        if "due" not in state:
            change["$unset"] = {"due": ""}
        with translated():
            await self._collection.update_one({"_id": _id(message)}, change)

    async def release(self, message: ParkedMessage) -> None:
        with translated():
            await self._collection.delete_one({"_id": _id(message)})

    async def first(self, key: SubjectKey) -> ParkedMessage | None:
        with translated():
            found = await self._collection.find_one(_of_subject(key), sort=[("order", 1)])
        return None if found is None else _message(found)

    async def due(self, group: str, now: datetime, limit: int) -> list[SubjectKey]:
        with translated():
            cursor = self._collection.find({"key.group": group, "due": {"$lte": now}}, {"key": 1})
            found = await cursor.sort("due", 1).limit(limit).to_list(limit)
        return [SubjectKey(**document["key"]) for document in found]

    async def blocked(
        self, group: str, partitions: Collection[tuple[str, int]] | None = None
    ) -> Sequence[BlockedSubject]:
        """Reads without the records: those may be long, and are not asked for."""
        subjects: dict[SubjectKey, BlockedSubject] = {}
        with translated():
            cursor = self._collection.find({"key.group": group}, {"record": 0}).sort("order", 1)
            async for document in cursor:
                place = document["place"]
                if partitions is None or (place["topic"], place["partition"]) in partitions:
                    key = SubjectKey(**document["key"])
                    subjects[key] = _counted(subjects.get(key), key, document)
        return list(subjects.values())


def _counted(known: BlockedSubject | None, key: SubjectKey, document: Document) -> BlockedSubject:
    """Count one more document, given in their order, to its subject's summary."""
    first = {"poisoned": document["poisoned"], "due": document.get("due"), "reason": document["reason"]}
    if known is not None:
        first = {"poisoned": known.poisoned, "due": known.due, "reason": known.reason}
    waiting = 1 if known is None else known.waiting + 1
    return BlockedSubject(key=key, waiting=waiting, last_order=document["order"], **first)


def _id(message: ParkedMessage) -> str:
    """One text: the embedded database looks at every document for an `_id` of several fields."""
    return json.dumps([*asdict(message.key).values(), *asdict(message.place).values()], separators=(",", ":"))


def _of_subject(key: SubjectKey) -> dict[str, str]:
    return {f"key.{name}": value for name, value in asdict(key).items()}


def _state(message: ParkedMessage) -> Document:
    """`due` is left out where there is none: the index of what is due then holds only what is."""
    state: Document = {"attempts": message.attempts, "poisoned": message.poisoned, "reason": message.reason}
    return state if message.due is None else {**state, "due": message.due}


def _record_document(record: RawRecord) -> Document:
    headers = [[name, value] for name, value in record.headers]
    return {"key": record.key, "value": record.value, "headers": headers}


def _message(document: Mapping[str, Any]) -> ParkedMessage:
    record = document["record"]
    headers = [(name, bytes(value)) for name, value in record["headers"]]
    return ParkedMessage(
        key=SubjectKey(**document["key"]),
        order=document["order"],
        record=RawRecord(Place(**document["place"]), _bytes(record["key"]), _bytes(record["value"]), headers),
        attempts=document["attempts"],
        due=document.get("due"),
        poisoned=document["poisoned"],
        reason=document["reason"],
    )


def _bytes(value: bytes | None) -> bytes | None:
    return None if value is None else bytes(value)
