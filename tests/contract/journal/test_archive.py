"""What every archive of a journal keeps to, in memory and in MongoDB alike."""

import zlib

import bson
import pytest

from services.routing.adapters.journal_documents import to_document
from services.routing.adapters.journal_span import recorded_steps
from services.routing.adapters.mongo_archive import MongoArchive
from services.routing.adapters.mongo_journal import MongoJournal
from services.routing.adapters.packing import packed, unpacked
from services.routing.application.ports import EntryEmptied, PoolKey
from switchyard.mongo.client import Database
from tests.contract.journal.entries import NOW, POOL, Kept, entry, read, snapshot_at

EVER = NOW + 1_000_000
LONG_AGO = "78bb8e26a8e9abc66fdcd3d9f35eacdb8facc150c748cf540794aa80fdb05a00bf6d1655"


async def packed_all(kept: Kept, *, through: int = 9, before: int = EVER) -> int:
    seen = 0
    while batch := await kept.archive.pack(POOL, through=through, before=before):
        seen += batch
    return seen


async def emptied_all(kept: Kept, *, through: int = 9, before: int = EVER) -> int:
    seen = 0
    while batch := await kept.archive.empty(POOL, through=through, before=before):
        seen += batch
    return seen


async def test_packed_entries_are_read_to_the_bit(kept: Kept) -> None:
    for sequence in range(1, 6):
        await kept.journal.append([entry(sequence)])
    assert await packed_all(kept, through=4) == 4
    assert await read(kept.journal) == [entry(sequence) for sequence in range(1, 6)]
    assert {type(each.now) for each in await read(kept.journal)} == {int}


async def test_packed_entries_are_found_by_their_contacts(kept: Kept) -> None:
    await kept.journal.append([entry()])
    await packed_all(kept)
    assert await kept.journal.of_contact("acme", "c.1$") == [entry()]


async def test_only_what_is_old_and_behind_the_snapshot_is_packed_or_emptied(kept: Kept) -> None:
    for sequence, now in enumerate((10, 20, 30, 40), start=1):
        await kept.journal.append([entry(sequence, now=now)])
    await kept.journal.append([entry(1, pool=PoolKey("acme", "back"), now=10)])
    assert await emptied_all(kept, through=3, before=20) == 1
    assert await packed_all(kept, through=3, before=100) == 2
    assert [each.now for each in await read(kept.journal, after=1)] == [20, 30, 40]
    assert len(await read(kept.journal, PoolKey("acme", "back"))) == 1


async def test_an_emptied_entry_says_so_and_keeps_its_number(kept: Kept) -> None:
    """Packed before or not: a replica that comes back after a year finds its number taken."""
    for sequence in (1, 2, 3):
        await kept.journal.append([entry(sequence)])
    assert await packed_all(kept, through=1) == 1
    assert await emptied_all(kept, through=2) == 2
    with pytest.raises(EntryEmptied, match="acme/front 1"):
        await read(kept.journal)
    assert await kept.journal.append([entry(1, batch_id="zombie")]) == {POOL}
    assert await kept.journal.append([entry(2)]) == set()
    assert [each.sequence for each in await read(kept.journal, after=2)] == [3]
    assert [each.sequence for each in await kept.journal.of_contact("acme", "c.1$")] == [3]


async def test_what_is_done_is_not_done_again(kept: Kept) -> None:
    for sequence in (1, 2, 3):
        await kept.journal.append([entry(sequence)])
    assert await emptied_all(kept, through=1) == 1
    assert await packed_all(kept, through=2) == 1
    assert (await packed_all(kept, through=2), await emptied_all(kept, through=1)) == (0, 0)
    assert await packed_all(kept, through=3) == 1


async def test_snapshots_are_kept_beside_the_newest_and_found_by_how_far_they_are(kept: Kept) -> None:
    journal = kept.journal
    for sequence in (10, 20, 30):
        await journal.save_snapshot(POOL, snapshot_at(sequence, contacts=sequence))
    found = [await journal.kept_snapshot(POOL, after=0, through=through) for through in (9, 10, 29, 30, 99)]
    assert [each and each.sequence for each in found] == [None, 10, 20, 30, 30]
    assert [each and len(list(each.records)) for each in found[1:4]] == [
        len(list(snapshot_at(n, contacts=n).records)) for n in (10, 20, 30)
    ]
    assert await journal.kept_snapshot(POOL, after=20, through=29) is None
    latest = await journal.latest_snapshot(POOL)
    assert latest is not None
    assert latest.sequence == await kept.archive.snapshot_sequence(POOL) == 30


async def test_large_snapshots_are_kept_far_apart(kept: Kept) -> None:
    """Of not quite 200 records, one for ten entries at most."""
    for sequence in (12, 15, 19, 23, 30):
        await kept.journal.save_snapshot(POOL, snapshot_at(sequence, contacts=90))
    found = [await kept.journal.kept_snapshot(POOL, after=0, through=through) for through in (14, 18, 22, 29, 30)]
    assert [each and each.sequence for each in found] == [12, 12, 12, 23, 30]


async def test_snapshots_go_with_the_entries_behind_them(kept: Kept) -> None:
    for sequence in range(1, 8):
        await kept.journal.append([entry(sequence)])
    for sequence in (2, 4, 6):
        await kept.journal.save_snapshot(POOL, snapshot_at(sequence))
    await kept.archive.drop_snapshots(POOL)
    await emptied_all(kept, through=3)
    await kept.archive.drop_snapshots(POOL)
    found = [await kept.journal.kept_snapshot(POOL, after=0, through=through) for through in (3, 5, 9)]
    assert [each and each.sequence for each in found] == [None, 4, 6]
    await emptied_all(kept, through=6)
    await kept.archive.drop_snapshots(POOL)
    assert await kept.archive.snapshot_sequence(POOL) == 6


async def test_a_replica_that_died_in_the_middle_is_gone_on_from(mongo: Database) -> None:
    """The batch was changed, and how far it came not written down."""
    kept = Kept(MongoJournal(mongo, instance="one", address="http://one"), MongoArchive(mongo))
    for sequence in (1, 2, 3):
        await kept.journal.append([entry(sequence)])
    await packed_all(kept, through=2)
    await mongo["pools"].delete_many({})
    assert await packed_all(kept, through=3) == 3
    assert await read(kept.journal) == [entry(sequence) for sequence in (1, 2, 3)]
    await emptied_all(kept, through=2)
    await mongo["pools"].delete_many({})
    assert await packed_all(kept) == 3
    assert await emptied_all(kept, through=2) == 2
    assert [each.sequence for each in await read(kept.journal, after=2)] == [3]


async def test_entries_that_the_version_before_emptied_are_passed_over(mongo: Database) -> None:
    kept = Kept(MongoJournal(mongo, instance="one", address="http://one"), MongoArchive(mongo))
    for sequence in (1, 2):
        await kept.journal.append([entry(sequence)])
    emptied = {"$set": {"archived": True}, "$unset": {"steps": "", "traces": "", "contacts": ""}}
    await mongo["journal"].update_one({"_id": {"pool": str(POOL), "sequence": 1}}, emptied)
    assert await packed_all(kept) == 2
    assert await read(kept.journal, after=1) == [entry(2)]


async def test_a_recorded_day_is_read_from_packed_entries(mongo: Database) -> None:
    kept = Kept(MongoJournal(mongo, instance="one", address="http://one"), MongoArchive(mongo))
    for sequence in (1, 2, 3):
        await kept.journal.append([entry(sequence)])
    await packed_all(kept, through=2)
    await emptied_all(kept, through=1)
    day = [step async for step in recorded_steps(mongo, POOL, NOW - 1, NOW + 1)]
    assert day == [*entry(2).steps, *entry(3).steps]


@pytest.mark.parametrize("day", range(12))
async def test_a_recorded_day_is_found_wherever_it_is_in_the_journal(mongo: Database, day: int) -> None:
    """Ten days of an entry each; the settings of two hours before a day belong to it."""
    journal, day_ms, hour_ms = MongoJournal(mongo, instance="one", address="http://one"), 86_400_000, 3_600_000
    for sequence in range(1, 11):
        await journal.append([entry(sequence, now=sequence * day_ms)])
    since = day * day_ms + hour_ms
    steps = [step async for step in recorded_steps(mongo, POOL, since, since + day_ms)]
    assert len(steps) == len(entry().steps) * len({day, day + 1} & set(range(1, 11)))


async def test_a_packed_entry_takes_a_fraction(mongo: Database) -> None:
    kept = Kept(MongoJournal(mongo, instance="one", address="http://one"), MongoArchive(mongo))
    await kept.journal.append([entry()])
    await packed_all(kept)
    (stored,) = await mongo["journal"].find({}).to_list(None)
    assert len(bson.encode(stored)) * 3 < len(bson.encode(to_document(entry())))


def test_what_was_packed_long_ago_is_read() -> None:
    """Frozen: bytes in a thousand databases. Where this fails, the dictionary was changed; add another instead."""
    assert unpacked(bytes.fromhex(LONG_AGO), 1) == {"steps": [{"_": "Step", "cause": "回访", "events": [1, 2.5, None]}]}
    with pytest.raises(zlib.error):
        unpacked(b"garbage", 1)
    assert unpacked(packed([True, 2**53 + 1, "\x00"]), 1) == [True, 2**53 + 1, "\x00"]
