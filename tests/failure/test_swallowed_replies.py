"""Failure 9: the database takes a write and its reply is lost; nothing happens twice, and nobody is told a lie."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from switchyard.eventing.aggregates import AggregateConflict, AggregateExists
from switchyard.internal.signals.v1.signals_pb2 import LinesRead
from switchyard.mongo.aggregates import MongoAggregates
from switchyard.mongo.client import Database, MongoSettings, connect
from switchyard.testing.memory_bus import InMemoryBus
from switchyard.testing.messages import make_draft
from switchyard.testing.processes import RunningDatabase
from switchyard.testing.tcp_proxy import TcpProxy
from tests.failure.scale import scaled
from tests.tally import Tally

#: After a lost connection the driver looks at the server again twice a second at most: clients side by side save time.
_CLIENTS = 5


@asynccontextmanager
async def behind_proxy(
    database: RunningDatabase, mongo: Database, bus: InMemoryBus
) -> AsyncIterator[tuple[TcpProxy, MongoAggregates]]:
    """Give aggregates whose database is reached through a proxy of their own."""
    port = int(database.uri.rpartition(":")[2].partition("/")[0])
    async with TcpProxy(port) as proxy:
        client = connect(MongoSettings(uri=f"mongodb://127.0.0.1:{proxy.port}", database=mongo.name))
        try:
            yield proxy, MongoAggregates(client[mongo.name]["things"], bus, source_prefix="test/things")
        finally:
            # In a thread: it says goodbye to the server, through a proxy that needs this loop.
            await asyncio.to_thread(client.close)


async def lose_replies(database: RunningDatabase, mongo: Database, bus: InMemoryBus, names: list[str]) -> None:
    async with behind_proxy(database, mongo, bus) as (proxy, things):
        for name in names:
            proxy.swallow_reply_of(b"insert\x00")
            stored = await things.insert("t", name, {"n": 1}, [make_draft(LinesRead(through_line=1), subject=name)])
            proxy.swallow_reply_of(b"update\x00")
            changed = await things.replace(stored, {"n": 2}, [make_draft(LinesRead(through_line=2), subject=name)])
            found = await things.find("t", name)
            assert found is not None
            assert (found.version, found.sequence, found.body, changed.version) == (2, 2, {"n": 2}, 2)
        await things.outbox.mark()
        assert proxy.swallowed == 2 * len(names)


async def test_a_write_whose_reply_is_lost_happens_once_and_is_reported_as_done(
    database: RunningDatabase, mongo: Database, tally: Tally
) -> None:
    bus = InMemoryBus()
    names = [f"a{number}" for number in range(scaled(1_000) // 2)]
    await asyncio.gather(*(lose_replies(database, mongo, bus, names[lane::_CLIENTS]) for lane in range(_CLIENTS)))
    tally.count("replies lost", 2 * len(names))
    ids = [message.envelope.id for message in bus.published]
    assert sorted(ids) == sorted(f"/t/test/things/{name}/{sequence}" for name in names for sequence in (1, 2))


async def test_a_write_that_loses_to_another_is_still_told_so_when_its_reply_is_lost(
    database: RunningDatabase, mongo: Database
) -> None:
    async with behind_proxy(database, mongo, InMemoryBus()) as (proxy, mine):
        other = MongoAggregates(mongo["things"], InMemoryBus(), source_prefix="test/things")
        stored = await mine.insert("t", "a", {}, [])
        await other.replace(stored, {"by": "other"}, [])
        proxy.swallow_reply_of(b"update\x00")
        with pytest.raises(AggregateConflict):
            await mine.replace(stored, {"by": "me"}, [])
        proxy.swallow_reply_of(b"insert\x00")
        with pytest.raises(AggregateExists):
            await mine.insert("t", "a", {}, [])
