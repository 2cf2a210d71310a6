"""Webhooks whose effect is stored, by the provider's id: a signature has no time, so a replay looks as good as new."""

from contextlib import suppress
from datetime import datetime

from pymongo.errors import DuplicateKeyError, PyMongoError

from switchyard.eventing.aggregates import StoreUnavailable
from switchyard.mongo.client import Collection


class MongoSeen:
    """Kept for ever: such a document is small, and a replay may come at any time."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection

    async def has(self, tenant: str, message_id: str) -> bool:
        """Raises StoreUnavailable."""
        try:
            return await self._collection.find_one({"_id": f"{tenant}/{message_id}"}) is not None
        except PyMongoError as error:
            raise StoreUnavailable(str(error)) from error

    async def add(self, tenant: str, message_id: str, at: datetime) -> None:
        """Raises StoreUnavailable."""
        try:
            with suppress(DuplicateKeyError):
                await self._collection.insert_one({"_id": f"{tenant}/{message_id}", "tenant": tenant, "at": at})
        except PyMongoError as error:
            raise StoreUnavailable(str(error)) from error
