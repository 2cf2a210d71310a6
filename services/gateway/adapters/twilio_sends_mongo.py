"""What was meant to be sent by Twilio, stored before it is sent: a message whose fate is unknown is looked up by it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pymongo.errors import DuplicateKeyError, PyMongoError

from switchyard.eventing.aggregates import StoreUnavailable
from switchyard.mongo.client import Collection


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """`sid` is empty until Twilio told it. `fresh` where this is the first try."""

    key: str
    begun_at: datetime
    sid: str
    fresh: bool


class MongoSends:
    """Keys start with the tenant."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection

    async def prepare(self) -> None:
        await self._collection.create_index("sid", sparse=True)

    async def begin(self, key: str, at: datetime) -> Intent:
        """Raises StoreUnavailable."""
        try:
            await self._collection.insert_one({"_id": key, "begun_at": at})
        except DuplicateKeyError:
            return await self._known(key)
        except PyMongoError as error:
            raise StoreUnavailable(str(error)) from error
        return Intent(key=key, begun_at=at, sid="", fresh=True)

    async def find(self, key: str) -> Intent | None:
        """Raises StoreUnavailable."""
        try:
            found = await self._collection.find_one({"_id": key})
        except PyMongoError as error:
            raise StoreUnavailable(str(error)) from error
        return Intent(key=key, begun_at=found["begun_at"], sid=found.get("sid", ""), fresh=False) if found else None

    async def settle(self, key: str, sid: str) -> None:
        """Remember that the message left under this sid. Raises StoreUnavailable."""
        try:
            await self._collection.update_one({"_id": key}, {"$set": {"sid": sid}})
        except PyMongoError as error:
            raise StoreUnavailable(str(error)) from error

    async def claimed(self, sids: Iterable[str]) -> set[str]:
        """Those of the sids that belong to a message already. Raises StoreUnavailable."""
        try:
            found = self._collection.find({"sid": {"$in": list(sids)}}, {"sid": 1})
            return {document["sid"] async for document in found}
        except PyMongoError as error:
            raise StoreUnavailable(str(error)) from error

    async def _known(self, key: str) -> Intent:
        found = await self.find(key)
        if found is None:
            raise StoreUnavailable(f"{key} vanished")
        return found
