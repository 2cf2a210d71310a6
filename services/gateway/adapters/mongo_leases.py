"""Leases of the gateway's replicas in MongoDB: one document each, with when it lapses."""

from datetime import datetime

from switchyard.mongo.client import Collection
from switchyard.mongo.failures import translated


class MongoLeases:
    """The port Leases."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection

    async def renew(self, replica: str, until: datetime) -> None:
        with translated():
            await self._collection.update_one({"_id": replica}, {"$set": {"until": until}}, upsert=True)

    async def lapsed(self, now: datetime) -> list[str]:
        with translated():
            found = await self._collection.find({"until": {"$lt": now}}).to_list(100)
        return [document["_id"] for document in found]

    async def drop(self, replica: str, now: datetime) -> None:
        with translated():
            await self._collection.delete_one({"_id": replica, "until": {"$lt": now}})
