"""The archive of the journal in MongoDB: old entries changed where they stand, oldest first, a batch at a time.

In a pool time does not run backwards, so what is packed, and what is emptied, is always the beginning of its journal.
How far each has come stands with the pool, and is written after the batch: a hint, from which to go on.
"""

from itertools import takewhile
from typing import Final

from pymongo import UpdateOne

from services.routing.adapters.journal_documents import emptied_update, numbered, packed_update
from services.routing.adapters.mongo_snapshots import MongoSnapshots
from services.routing.application.ports import PoolKey
from services.routing.domain.moments import Moment
from switchyard.mongo.client import Database, Document
from switchyard.mongo.failures import translated

#: Some milliseconds of work each, between which the routing loop has its turns.
_PACKED_AT_ONCE: Final = 50
_EMPTIED_AT_ONCE: Final = 500


class MongoArchive:
    def __init__(self, database: Database) -> None:
        self._entries = database["journal"]
        self._pools = database["pools"]
        self._snapshots = MongoSnapshots(database)

    async def snapshot_sequence(self, pool: PoolKey) -> int:
        return await self._snapshots.latest_sequence(pool)

    async def pack(self, pool: PoolKey, *, through: int, before: Moment) -> int:
        with translated():
            done = max(await self._come(pool, "packed_through"), await self._come(pool, "emptied_through"))
            behind = self._entries.find(_next(pool, done, through, _PACKED_AT_ONCE)).sort("_id.sequence", 1)
            documents = _older(await behind.to_list(_PACKED_AT_ONCE), before)
            # Another replica may be at it as well: packed twice is the same, emptied meanwhile still reads as emptied.
            changes = [
                UpdateOne(numbered(pool, each["_id"]["sequence"]), packed_update(each))
                for each in documents
                if "steps" in each
            ]
            if changes:
                await self._entries.bulk_write(changes, ordered=False)
            await self._note(pool, "packed_through", documents)
        return len(documents)

    async def empty(self, pool: PoolKey, *, through: int, before: Moment) -> int:
        with translated():
            done = await self._come(pool, "emptied_through")
            span = _next(pool, done, through, _EMPTIED_AT_ONCE)
            behind = self._entries.find(span, {"now": 1}).sort("_id.sequence", 1)
            documents = _older(await behind.to_list(_EMPTIED_AT_ONCE), before)
            if documents:
                old = numbered(pool, {"$gt": done, "$lte": documents[-1]["_id"]["sequence"]})
                await self._entries.update_many({**old, "archived": {"$exists": False}}, emptied_update())
            await self._note(pool, "emptied_through", documents)
        return len(documents)

    async def drop_snapshots(self, pool: PoolKey) -> None:
        with translated():
            emptied = await self._come(pool, "emptied_through")
        await self._snapshots.drop_before(pool, min(emptied, await self.snapshot_sequence(pool)))

    async def _come(self, pool: PoolKey, how_far: str) -> int:
        found = await self._pools.find_one({"_id": str(pool)}, {how_far: 1})
        return 0 if found is None else int(found.get(how_far, 0))

    async def _note(self, pool: PoolKey, how_far: str, documents: list[Document]) -> None:
        if documents:
            come = int(documents[-1]["_id"]["sequence"])
            await self._pools.update_one({"_id": str(pool)}, {"$max": {how_far: come}}, upsert=True)


def _next(pool: PoolKey, done: int, through: int, most: int) -> Document:
    """Choose the entries after those that are done; numbers have no gaps."""
    return numbered(pool, {"$gt": done, "$lte": min(through, done + most)})


def _older(documents: list[Document], before: Moment) -> list[Document]:
    return list(takewhile(lambda document: document["now"] < before, documents))
