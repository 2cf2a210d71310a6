"""Calls in MongoDB, one document each, changed by compare-and-set on its version."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from pymongo.errors import DuplicateKeyError, PyMongoError

from services.gateway.domain.voice_call import Call, Question, Stage
from switchyard.eventing.aggregates import StoreUnavailable
from switchyard.mongo.client import Collection


class MongoCalls:
    def __init__(self, collection: Collection) -> None:
        self._collection = collection

    async def prepare(self) -> None:
        # Live calls alone are in the index, so that looking for silent ones costs the same after a year.
        await self._collection.create_index([("live_since", 1)], sparse=True)

    async def find(self, tenant: str, contact_id: str) -> tuple[Call, int] | None:
        try:
            document = await self._collection.find_one({"_id": f"{tenant}/{contact_id}"})
        except PyMongoError as error:
            raise StoreUnavailable(str(error)) from error
        return (_call(document), int(document["version"])) if document else None

    async def add(self, call: Call, at: datetime) -> bool:
        try:
            await self._collection.insert_one({"_id": _name(call), "version": 1, **_fields(call, at)})
        except DuplicateKeyError:
            return False
        except PyMongoError as error:
            raise StoreUnavailable(str(error)) from error
        return True

    async def change(self, call: Call, version: int, at: datetime) -> bool:
        document = {"_id": _name(call), "version": version + 1, **_fields(call, at)}
        try:
            result = await self._collection.replace_one({"_id": _name(call), "version": version}, document)
        except PyMongoError as error:
            raise StoreUnavailable(str(error)) from error
        return bool(result.matched_count)

    async def unchanged_since(self, moment: datetime, limit: int, *, stage: Stage | None = None) -> list[Call]:
        of_stage = {"stage": stage.value} if stage else {}
        try:
            found = self._collection.find({"live_since": {"$lt": moment}, **of_stage}).sort("live_since", 1)
            return [_call(document) for document in await found.to_list(length=limit)]
        except PyMongoError as error:
            raise StoreUnavailable(str(error)) from error


def _name(call: Call) -> str:
    return f"{call.tenant}/{call.contact_id}"


def _fields(call: Call, at: datetime) -> dict[str, Any]:
    live = {"live_since": at} if call.is_live else {}
    return asdict(call) | {"stage": call.stage.value} | live


def _call(document: dict[str, Any]) -> Call:
    fields = {name: document[name] for name in Call.__dataclass_fields__ if name in document}
    question = Question(**fields["question"]) if fields["question"] else None
    fields.pop("question", None)
    fields["earlier_sids"] = tuple(fields.get("earlier_sids", ()))
    return Call(**fields | {"stage": Stage(document["stage"]), "question": question})
