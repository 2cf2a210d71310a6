"""Taking a pool over: what was journalled is the truth, and what was journalled but not announced is announced."""

import asyncio
from contextlib import aclosing
from dataclasses import dataclass

from services.routing.application.live_pool import LivePool
from services.routing.application.ports import Encode, Journal, JournalEntry, PoolKey, PoolSnapshot
from services.routing.application.snapshots import Restoring
from services.routing.application.uncollected import uncollected
from services.routing.domain.expressions import NO_EXPRESSIONS, Expressions
from services.routing.domain.pool import PoolState
from switchyard.eventing.ports import Publisher

#: So many records are read before whatever else runs here gets its turn: about 5 ms of work. A broker that hears
#: nothing for seconds gives the partition away again.
RECORDS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class TakeOver:
    journal: Journal
    publisher: Publisher
    encode: Encode
    expressions: Expressions = NO_EXPRESSIONS

    async def load(self, key: PoolKey, partition: int) -> LivePool:
        """Make the pool of its latest snapshot and the journal since, and announce what may not have been.

        Raises StoreUnavailable, BrokerUnavailable; doing it again is harmless.
        """
        unpublished: list[JournalEntry] = []
        with uncollected():
            pool = await self._from_snapshot(key, partition)
            async for entry in self.journal.read(key, pool.sequence):
                pool.replay(entry)
                unpublished = [each for each in (*unpublished, entry) if each.sequence > pool.published_through]
        messages = [message for entry in unpublished for message in self.encode(entry)]
        if messages:
            await self.publisher.publish(messages)
        pool.published_through = pool.sequence
        return pool

    async def is_behind(self, pool: LivePool) -> bool:
        """Say whether another replica has written to the pool since this one did. Raises StoreUnavailable."""
        async with aclosing(self.journal.read(pool.key, pool.sequence)) as entries:
            return await anext(entries, None) is not None

    async def _restored(self, snapshot: PoolSnapshot) -> PoolState:
        restoring = Restoring(self.expressions)
        for number, record in enumerate(snapshot.records, 1):
            restoring.take(record)
            if number % RECORDS_AT_ONCE == 0:
                await asyncio.sleep(0)
        for _ in restoring.indexed():
            await asyncio.sleep(0)
        return restoring.state

    async def _from_snapshot(self, key: PoolKey, partition: int) -> LivePool:
        snapshot = await self.journal.latest_snapshot(key)
        if snapshot is None:
            empty = PoolState(pool_id=key.pool_id, expressions=self.expressions)
            return LivePool(key=key, partition=partition, state=empty)
        return LivePool(
            key=key,
            partition=partition,
            state=await self._restored(snapshot),
            sequence=snapshot.sequence,
            published_through=snapshot.sequence,
            snapshot_sequence=snapshot.sequence,
            covered=snapshot.place,
        )
