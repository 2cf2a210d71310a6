"""Inserts of lines, grouped; a line's event is published once it is durable, in the order of the bulks."""

import asyncio
import secrets
from collections.abc import Sequence
from typing import Any

from switchyard.eventing.outbox import OutboxPublisher
from switchyard.mongo.client import Collection, Document
from switchyard.mongo.grouped_inserts import GroupedInserts
from switchyard.mongo.messages import from_documents

#: Bulks whose events are still being published; the next bulk waits for one to leave.
_MOST_UNPUBLISHED = 16


class LineInserts:
    """One per process."""

    def __init__(self, collection: Collection, outbox: OutboxPublisher) -> None:
        self._outbox = outbox
        self._inserts = GroupedInserts(collection, after_bulk=self._publish)
        self._unpublished = asyncio.Semaphore(_MOST_UNPUBLISHED)
        self._publishing: set[asyncio.Task[None]] = set()

    async def insert(self, document: Document) -> bool:
        """Return True once the document is durable, False where its id or another unique value is taken.

        Raises StoreUnavailable.
        """
        document["write"] = secrets.token_hex(8)
        return await self._inserts.insert(document, mine={"_id": document["_id"], "write": document["write"]})

    async def finish(self) -> None:
        """Wait until everything taken in is stored and its events are published or left to the sweeper."""
        await self._inserts.finish()
        if self._publishing:
            await asyncio.wait(self._publishing)

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
