"""What every journal keeps to, in memory and in MongoDB alike."""

import json
from collections.abc import Iterable

import pytest

from services.routing.adapters.journal_documents import numbered
from services.routing.adapters.mongo_journal import MongoJournal
from services.routing.adapters.mongo_snapshots import MongoSnapshots
from services.routing.application.plain import to_plain
from services.routing.application.ports import PoolKey, PoolSnapshot
from services.routing.domain.engine import begin, handle
from switchyard.mongo.client import Database, Document
from tests.contract.journal.entries import PLACE, POOL, Make, entry, read, records, snapshot_at
from tests.unit.routing.driver import Driver


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
    journal, whole = await make(), records(2_100)
    assert await journal.latest_snapshot(POOL) is None
    await journal.save_snapshot(POOL, PoolSnapshot(sequence=9, place=None, records=records()))
    await journal.save_snapshot(POOL, PoolSnapshot(sequence=10, place=PLACE, records=whole))
    found = await journal.latest_snapshot(POOL)
    assert found is not None
    assert (found.sequence, found.place, list(found.records)) == (10, PLACE, whole)


async def test_an_older_snapshot_that_comes_late_is_not_the_latest(make: Make) -> None:
    """A replica that was held in the middle of writing one goes on with it."""
    journal = await make()
    await journal.save_snapshot(POOL, snapshot_at(10))
    await journal.save_snapshot(POOL, snapshot_at(9))
    found = await journal.latest_snapshot(POOL)
    assert found is not None
    assert found.sequence == 10


async def test_a_snapshot_that_is_dropped_while_it_is_read_gives_way_to_the_newer_one(
    mongo: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Large as it is for so few entries, the ninth is dropped as soon as the tenth is whole."""
    journal = MongoJournal(mongo, instance="one", address="http://one")
    await journal.save_snapshot(POOL, snapshot_at(9, contacts=200))
    read_chunks = MongoSnapshots._records

    async def slowly(self: MongoSnapshots, pool: PoolKey, manifest: Document) -> Iterable[object] | None:
        if manifest["_id"]["sequence"] == 9:
            await journal.save_snapshot(POOL, snapshot_at(10))
        return await read_chunks(self, pool, manifest)

    monkeypatch.setattr(MongoSnapshots, "_records", slowly)
    found = await journal.latest_snapshot(POOL)
    assert found is not None
    assert found.sequence == 10


async def test_a_snapshot_of_the_version_before_is_read(mongo: Database) -> None:
    """Its chunks hold the records as they are, its manifest not how many."""
    journal, key = MongoJournal(mongo, instance="one", address="http://one"), {"pool": str(POOL), "sequence": 9}
    await mongo["snapshot_chunks"].insert_one({"_id": {**key, "chunk": 0}, "records": records(3)})
    await mongo["snapshots"].insert_one({"_id": key, "place": None, "chunks": 1})
    found = await journal.latest_snapshot(POOL)
    assert found is not None
    assert list(found.records) == records(3)
    await journal.save_snapshot(POOL, snapshot_at(10))
    assert (await journal.kept_snapshot(POOL, after=0, through=9)) is not None


@pytest.mark.parametrize(
    ("collection", "wanted"),
    [
        ("journal", numbered(POOL, {"$gt": 3})),
        ("journal", numbered(POOL, 3)),
        ("journal", {"contacts": "cnt_1"}),
        ("snapshots", numbered(POOL, {"$gt": 3, "$lte": 9})),
        ("snapshot_chunks", numbered(POOL, 9) | {"_id.writing": "one"}),
        ("snapshot_chunks", numbered(POOL, {"$gte": 3, "$lt": 9})),
    ],
)
async def test_what_a_take_over_and_a_decision_read_is_found_by_an_index(
    mongo: Database, collection: str, wanted: Document
) -> None:
    """A journal is kept for months: whoever looked at all of it for a take-over would take the longer the older."""
    journal = MongoJournal(mongo, instance="one", address="http://one")
    await journal.prepare()
    await journal.append([entry(number) for number in range(1, 12)])
    await journal.save_snapshot(POOL, snapshot_at(9))
    plan = json.dumps(await mongo[collection].find(wanted).explain(), default=str)
    assert "IXSCAN" in plan
    assert "COLLSCAN" not in plan


async def test_a_claimed_pool_belongs_to_one_partition(make: Make) -> None:
    journal = await make()
    await journal.claim(POOL, 3)
    await journal.claim(PoolKey("acme", "back"), 3)
    await journal.claim(POOL, 4)
    assert await journal.pools_of(3) == [PoolKey("acme", "back")]
    assert await journal.pools_of(4) == [POOL]


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
