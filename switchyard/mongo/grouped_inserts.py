"""Grouped inserts: all documents that arrive while one bulk is under way go out in the next.

A lone insert waits for nothing, and under load the database's round trip is shared (docs/performance.md). Each document
is acknowledged when it is durable.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from pymongo.errors import BulkWriteError

from switchyard.eventing.aggregates import StoreUnavailable
from switchyard.mongo.client import Collection, Document
from switchyard.mongo.duplicates import only_duplicates
from switchyard.mongo.repeating import repeated

#: Documents in one bulk: more gains nothing any more and delays the first.
MOST_IN_BULK = 200
#: Callers waiting for a bulk; past this they are refused rather than queued.
MOST_WAITING = 5_000

AfterBulk = Callable[[Sequence[Document]], Awaitable[None]]


@dataclass(slots=True)
class _Waiting:
    document: Document
    mine: Document
    done: asyncio.Future[bool]


class GroupedInserts:
    """One per collection and process; each document is inserted under its `_id` or not at all.

    `after_bulk` is given the documents that each bulk stored, bulk after bulk; the next waits until it returns.
    """

    def __init__(self, collection: Collection, *, after_bulk: AfterBulk | None = None) -> None:
        self._collection = collection
        self._after_bulk = after_bulk
        self._waiting: list[_Waiting] = []
        self._inserting: asyncio.Task[None] | None = None

    async def insert(self, document: Document, *, mine: Document) -> bool:
        """Return True once the document is durable, False where its id or another unique value is taken.

        `mine` is a query that finds only what this very write stored: it tells a write whose reply was lost from
        another's. Raises StoreUnavailable, and the driver's error where it cannot be stored by anyone.
        """
        if len(self._waiting) >= MOST_WAITING:
            raise StoreUnavailable("too many documents wait to be stored")
        waiting = _Waiting(document, mine, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        if self._inserting is None or self._inserting.done():
            self._inserting = asyncio.create_task(self._insert_all())
        return await waiting.done

    async def finish(self) -> None:
        """Wait until everything taken in is stored or refused."""
        if self._inserting is not None:
            await asyncio.wait({self._inserting})

    async def _insert_all(self) -> None:
        while self._waiting:
            bulk, self._waiting = self._waiting[:MOST_IN_BULK], self._waiting[MOST_IN_BULK:]
            stored = await self._settle(bulk)
            if self._after_bulk is not None:
                await self._after_bulk(stored)

    async def _settle(self, bulk: Sequence[_Waiting], *, again: bool = False) -> list[Document]:
        """Tell every caller what became of their document; return those that are stored."""
        try:
            taken = await _Bulk(self._collection, bulk, tried=again).insert()
        except StoreUnavailable as error:
            _fail(bulk, error)
        except Exception as error:  # noqa: BLE001 -- whatever it is, the callers must learn it
            if len(bulk) > 1:
                # One document that cannot be stored must not refuse the others, of which some may be stored already.
                return [document for each in bulk for document in await self._settle([each], again=True)]
            _fail(bulk, error)
        else:
            for waiting, is_taken in zip(bulk, taken, strict=True):
                if not waiting.done.done():
                    waiting.done.set_result(is_taken)
            return [waiting.document for waiting, is_taken in zip(bulk, taken, strict=True) if is_taken]
        return []


class _Bulk:
    """One bulk and its repeats: only the first attempt knows that what is taken is another's."""

    def __init__(self, collection: Collection, waiting: Sequence[_Waiting], *, tried: bool) -> None:
        self._collection = collection
        self._waiting = waiting
        self._tried = tried

    async def insert(self) -> list[bool]:
        """Say of each document whether it is stored. Raises StoreUnavailable."""
        return await repeated(self._attempt)

    async def _attempt(self) -> list[bool]:
        again, self._tried = self._tried, True
        try:
            await self._collection.insert_many([each.document for each in self._waiting], ordered=False)
        except BulkWriteError as error:
            if (error.details or {}).get("writeConcernErrors"):
                raise StoreUnavailable(str(error)) from error
            there = only_duplicates(error)
            return [
                index not in there or (again and await self._is_stored(each.mine))
                for index, each in enumerate(self._waiting)
            ]
        return [True] * len(self._waiting)

    async def _is_stored(self, mine: Document) -> bool:
        return await self._collection.find_one(mine, {"_id": 1}) is not None


def _fail(bulk: Sequence[_Waiting], error: Exception) -> None:
    for waiting in bulk:
        if not waiting.done.done():
            waiting.done.set_exception(error)
