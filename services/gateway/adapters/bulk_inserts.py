"""Grouped inserts: all documents that arrive while one bulk is under way go out in the next.

A lone insert waits for nothing, and under load the database's round trip is shared (docs/performance.md). A document
is acknowledged when it is durable; its events are published after that, in the order of the bulks.
"""

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pymongo.errors import BulkWriteError

from switchyard.eventing.aggregates import StoreUnavailable
from switchyard.eventing.outbox import OutboxPublisher
from switchyard.mongo.client import Collection, Document
from switchyard.mongo.failures import translated
from switchyard.mongo.messages import from_documents

#: Documents in one bulk: more gains nothing any more and delays the first.
MOST_IN_BULK = 200
#: Callers waiting for a bulk; past this intake is refused rather than queued.
MOST_WAITING = 5_000
#: Bulks whose events are still being published; the next bulk waits for one to leave.
_MOST_UNPUBLISHED = 16
_DUPLICATE = 11000
_REPEATS = 4
_FIRST_PAUSE_SECONDS = 0.05


@dataclass(slots=True)
class _Waiting:
    document: Document
    done: asyncio.Future[bool]


class BulkInserts:
    """One per collection and process; each document is inserted under its `_id` or not at all."""

    def __init__(self, collection: Collection, outbox: OutboxPublisher) -> None:
        self._collection = collection
        self._outbox = outbox
        self._waiting: list[_Waiting] = []
        self._unpublished = asyncio.Semaphore(_MOST_UNPUBLISHED)
        self._publishing: set[asyncio.Task[None]] = set()
        self._inserting: asyncio.Task[None] | None = None

    async def insert(self, document: Document) -> bool:
        """Return True once the document is durable, False where its id or another unique value is taken.

        Raises StoreUnavailable.
        """
        if len(self._waiting) >= MOST_WAITING:
            raise StoreUnavailable("too many documents wait to be stored")
        document["write"] = secrets.token_hex(8)
        waiting = _Waiting(document, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        if self._inserting is None or self._inserting.done():
            self._inserting = asyncio.create_task(self._insert_all())
        return await waiting.done

    async def finish(self) -> None:
        """Wait until everything taken in is stored and its events are published or left to the sweeper."""
        if self._inserting is not None:
            await asyncio.wait({self._inserting})
        if self._publishing:
            await asyncio.wait(self._publishing)

    async def _insert_all(self) -> None:
        while self._waiting:
            bulk, self._waiting = self._waiting[:MOST_IN_BULK], self._waiting[MOST_IN_BULK:]
            try:
                stored = await self._insert_bulk([waiting.document for waiting in bulk])
            except Exception as error:  # noqa: BLE001 -- whatever it is, the callers must learn it
                for waiting in bulk:
                    _fail(waiting.done, error)
                continue
            for waiting, taken in zip(bulk, stored, strict=True):
                if not waiting.done.done():
                    waiting.done.set_result(taken)
            await self._publish([each.document for each, taken in zip(bulk, stored, strict=True) if taken])

    async def _insert_bulk(self, documents: Sequence[Document]) -> list[bool]:
        """Say of each document whether it is stored; a lost reply is cleared up by asking for the write's token."""
        pause = _FIRST_PAUSE_SECONDS
        for attempt in range(_REPEATS):
            try:
                with translated():
                    return await self._insert_once(documents, again=attempt > 0)
            except StoreUnavailable:
                if attempt == _REPEATS - 1:
                    raise
                await asyncio.sleep(pause)
                pause *= 2
        raise AssertionError("the last attempt returns or raises")

    async def _insert_once(self, documents: Sequence[Document], *, again: bool) -> list[bool]:
        try:
            await self._collection.insert_many(list(documents), ordered=False)
        except BulkWriteError as error:
            refused = _refused(error)
            return [index not in refused or (again and await self._is_ours(d)) for index, d in enumerate(documents)]
        return [True] * len(documents)

    async def _is_ours(self, document: Document) -> bool:
        mine = {"_id": document["_id"], "write": document["write"]}
        return await self._collection.find_one(mine, {"_id": 1}) is not None

    async def _publish(self, documents: Sequence[Document]) -> None:
        await self._unpublished.acquire()
        tasks = [self._outbox.publish(d["_id"], d["version"], from_documents(d["outbox"])) for d in documents]
        task = asyncio.create_task(self._published(tasks))
        self._publishing.add(task)
        task.add_done_callback(self._publishing.discard)

    async def _published(self, tasks: Sequence[Any]) -> None:
        try:
            await asyncio.gather(*tasks)
        finally:
            self._unpublished.release()


def _refused(error: BulkWriteError) -> set[int]:
    """Name the documents refused as duplicates. Raises the error where another reason is among them."""
    details: Mapping[str, Any] = error.details or {}
    failures: Sequence[Mapping[str, Any]] = details.get("writeErrors", ())
    if details.get("writeConcernErrors") or any(failure["code"] != _DUPLICATE for failure in failures):
        raise StoreUnavailable(str(error)) from error
    return {failure["index"] for failure in failures}


def _fail(done: asyncio.Future[bool], error: Exception) -> None:
    if not done.done():
        done.set_exception(error)
