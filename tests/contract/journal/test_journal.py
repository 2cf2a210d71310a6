"""What every journal keeps to, in memory and in MongoDB alike."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace

import pytest

from services.routing.adapters.journal_documents import entry_id
from services.routing.adapters.memory_journal import InMemoryJournal
from services.routing.adapters.mongo_journal import MongoJournal
from services.routing.adapters.mongo_snapshots import MongoSnapshots
from services.routing.application.plain import to_plain
from services.routing.application.ports import JournalEntry, PoolKey, PoolSnapshot
from services.routing.application.snapshots import snapshot
from services.routing.domain.engine import Step, begin, handle
from switchyard.eventing.envelope import Place
from switchyard.mongo.client import Database, Document
from tests.unit.routing.driver import Driver

Journals = InMemoryJournal | MongoJournal
Make = Callable[[], Awaitable[Journals]]
POOL = PoolKey("acme", "front")
PLACE = Place(cluster="one", topic="routing-commands-v1", partition=3, offset=41)


@pytest.fixture(params=["memory", "mongo"])
def make(request: pytest.FixtureRequest) -> Make:
    async def memory() -> Journals:
        return InMemoryJournal()

    async def mongo() -> Journals:
        journal = MongoJournal(database, instance="one", address="http://one")
        await journal.prepare()
        return journal

    if request.param == "memory":
        return memory
    database: Database = request.getfixturevalue("mongo")
    return mongo


def steps() -> tuple[Step, ...]:
    """A step of nearly every kind, with all that values can hold."""
    pool = Driver()
    pool.queue("billing")
    pool.agent("ann", "billing")
    pool.enqueue("c.1$", channel="chat")
    pool.accept("c.1$")
    pool.end("c.1$")
    pool.wrap_up("c.1$", "ann", "回访")
    pool.accept_unknown()
    return tuple(step for _, step in pool.steps)


def entry(sequence: int = 1, batch_id: str = "batch", pool: PoolKey = POOL) -> JournalEntry:
    return JournalEntry(
        pool=pool,
        sequence=sequence,
        batch_id=batch_id,
        now=1_795_337_400_913,
        place=PLACE,
        published_through=sequence - 1,
        contact_sequence=7,
        agent_sequence=2**40,
        steps=steps(),
        traces={"c.1$": "00-1-2-01"},
    )


async def read(journal: Journals, pool: PoolKey = POOL, after: int = 0) -> list[JournalEntry]:
    return [entry async for entry in journal.read(pool, after)]


async def test_what_is_read_is_what_was_written_to_the_bit(make: Make) -> None:
    journal = await make()
    assert await journal.append([entry()]) == set()
    (found,) = await read(journal)
    assert found == entry()
    assert to_plain(found.steps) == to_plain(entry().steps)
    assert {type(found.now), type(found.agent_sequence), type(found.steps[0].events[0].at)} == {int}


async def test_entries_are_read_in_the_order_of_their_numbers(make: Make) -> None:
    journal = await make()
    for sequence in (10, 2, 9, 1):
        await journal.append([entry(sequence)])
    assert [each.sequence for each in await read(journal, after=1)] == [2, 9, 10]


async def test_the_same_entry_again_is_once(make: Make) -> None:
    journal = await make()
    await journal.append([entry()])
    assert await journal.append([entry()]) == set()
    assert len(await read(journal)) == 1


async def test_another_writers_number_is_refused_and_its_entry_stands(make: Make) -> None:
    journal = await make()
    await journal.append([entry(batch_id="first")])
    assert await journal.append([entry(batch_id="second")]) == {POOL}
    assert [each.batch_id for each in await read(journal)] == ["first"]


async def test_of_several_pools_only_the_taken_one_is_refused(make: Make) -> None:
    journal, other, third = await make(), PoolKey("acme", "back"), PoolKey("acme", "side")
    await journal.append([entry(batch_id="theirs", pool=other)])
    assert await journal.append([entry(), entry(pool=other), entry(pool=third)]) == {other}
    assert (await read(journal))[0].batch_id == "batch"
    assert (await read(journal, third))[0].batch_id == "batch"


async def test_a_pool_with_a_longer_name_is_another_pool(make: Make) -> None:
    journal, longer = await make(), PoolKey("acme", "front2")
    await journal.append([entry(), entry(2, pool=longer)])
    assert [each.pool for each in await read(journal)] == [POOL]
    assert [each.pool for each in await read(journal, longer)] == [longer]


async def test_a_contact_is_found_in_its_tenant_alone(make: Make) -> None:
    journal = await make()
    await journal.append([entry(), entry(pool=PoolKey("other", "front"))])
    assert [each.pool for each in await journal.of_contact("acme", "c.1$")] == [POOL]
    assert await journal.of_contact("acme", "nobody") == []


async def test_the_newest_snapshot_is_read_whole(make: Make) -> None:
    journal, pool = await make(), Driver()
    pool.queue("billing")
    for number in range(2_100):
        pool.enqueue(f"c{number}")
    old = PoolSnapshot(sequence=9, place=None, records=list(snapshot(Driver().state)))
    new = PoolSnapshot(sequence=10, place=PLACE, records=list(snapshot(pool.state)))
    assert await journal.latest_snapshot(POOL) is None
    await journal.save_snapshot(POOL, old)
    await journal.save_snapshot(POOL, new)
    found = await journal.latest_snapshot(POOL)
    assert found is not None
    assert (found.sequence, found.place, list(found.records)) == (10, PLACE, list(new.records))


async def test_an_older_snapshot_that_comes_late_is_not_the_latest(make: Make) -> None:
    """A replica that was held in the middle of writing one goes on with it."""
    journal, records = await make(), list(snapshot(Driver().state))
    await journal.save_snapshot(POOL, PoolSnapshot(sequence=10, place=PLACE, records=records))
    await journal.save_snapshot(POOL, PoolSnapshot(sequence=9, place=None, records=records))
    found = await journal.latest_snapshot(POOL)
    assert found is not None
    assert found.sequence == 10


async def test_a_snapshot_that_is_dropped_while_it_is_read_gives_way_to_the_newer_one(
    mongo: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal, records = MongoJournal(mongo, instance="one", address="http://one"), list(snapshot(Driver().state))
    await journal.save_snapshot(POOL, PoolSnapshot(sequence=9, place=None, records=records))
    read_chunks = MongoSnapshots._records

    async def slowly(self: MongoSnapshots, pool: PoolKey, manifest: Document) -> Iterable[object] | None:
        if manifest["_id"]["sequence"] == 9:
            await journal.save_snapshot(POOL, PoolSnapshot(sequence=10, place=PLACE, records=records))
        return await read_chunks(self, pool, manifest)

    monkeypatch.setattr(MongoSnapshots, "_records", slowly)
    found = await journal.latest_snapshot(POOL)
    assert found is not None
    assert found.sequence == 10


async def test_a_snapshot_of_an_earlier_version_is_read_though_it_is_not_packed(mongo: Database) -> None:
    journal, records = MongoJournal(mongo, instance="one", address="http://one"), list(snapshot(Driver().state))
    await mongo["snapshot_chunks"].insert_one({"_id": {**entry_id(POOL, 9), "chunk": 0}, "records": records})
    await mongo["snapshots"].insert_one({"_id": entry_id(POOL, 9), "place": None, "chunks": 1})
    found = await journal.latest_snapshot(POOL)
    assert found is not None
    assert list(found.records) == records


async def test_a_claimed_pool_belongs_to_one_partition(make: Make) -> None:
    journal = await make()
    await journal.claim(POOL, 3)
    await journal.claim(PoolKey("acme", "back"), 3)
    await journal.claim(POOL, 4)
    assert await journal.pools_of(3) == [PoolKey("acme", "back")]
    assert await journal.pools_of(4) == [POOL]


async def test_archived_entries_keep_their_numbers(mongo: Database) -> None:
    journal = MongoJournal(mongo, instance="one", address="http://one")
    old = replace(entry(1), now=1_000)
    await journal.append([old, entry(2, pool=PoolKey("acme", "back"))])
    await journal.append([entry(2)])
    assert await journal.archive(POOL, through=2, before=2_000) == 1
    assert await journal.append([entry(1, batch_id="zombie")]) == {POOL}
    assert [each.sequence for each in await read(journal, after=1)] == [2]


def test_a_journal_run_again_gives_the_same_steps() -> None:
    """The commands of a journal, decided anew at their instants, bring the same events to the bit."""
    pool = Driver()
    pool.queue("billing", wrap_up_seconds=0)
    pool.agent("ann", "billing")
    for number in range(5):
        pool.enqueue(f"c{number}", channel="chat")
    pool.reject("c0")
    pool.end("c1")
    again = Driver()
    for now, step in pool.steps:
        assert step.command is not None
        assert to_plain(handle(again.state, step.command, begin(again.state, now))) == to_plain(step)
