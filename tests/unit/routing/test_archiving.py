"""Old journal entries, seen to in the background."""

import asyncio

import pytest

from services.routing.adapters.memory_journal import InMemoryJournal
from services.routing.application.archiving import Ages, archiving
from services.routing.application.live_pool import LivePool
from services.routing.application.ports import EntryEmptied, JournalEntry, PoolKey, PoolSnapshot
from services.routing.domain.moments import Moment
from services.routing.domain.pool import PoolState
from switchyard.eventing.aggregates import StoreUnavailable

KEY = PoolKey("acme", "front")
DAY = 86_400_000
AGES = Ages(packed_days=7, emptied_days=90)
#: The entries' ages in days, oldest first.
DAYS_AGO = (100, 99, 98, 80, 70, 60, 8, 6, 1)
NOW = 200 * DAY


class Archive(InMemoryJournal):
    """Counts what it does; ends the process, or is away, after so many batches."""

    def __init__(self, stop: asyncio.Event) -> None:
        super().__init__()
        self.stop, self.batches, self.most, self.away = stop, 0, 99, False

    async def pack(self, pool: PoolKey, *, through: int, before: Moment) -> int:
        self._one_more()
        done = await super().pack(pool, through=through, before=before)
        if not done:
            self.stop.set()
        return done

    async def empty(self, pool: PoolKey, *, through: int, before: Moment) -> int:
        self._one_more()
        return await super().empty(pool, through=through, before=before)

    def is_packed(self, sequence: int) -> bool:
        return "packed" in self._entries[KEY, sequence]

    def _one_more(self) -> None:
        self.batches += 1
        if self.batches >= self.most:
            self.stop.set()
        if self.away and self.batches == 2:
            raise StoreUnavailable("away")


@pytest.fixture
async def archive() -> Archive:
    archive = Archive(asyncio.Event())
    for number, ago in enumerate(DAYS_AGO, start=1):
        entry = JournalEntry(
            pool=KEY,
            sequence=number,
            batch_id="b",
            now=NOW - ago * DAY,
            place=None,
            published_through=0,
            contact_sequence=0,
            agent_sequence=0,
            steps=(),
        )
        await archive.append([entry])
    for sequence in (1, 5, 8):
        await archive.save_snapshot(KEY, PoolSnapshot(sequence=sequence, place=None, records=()))
    return archive


async def see_to(archive: Archive) -> None:
    pool = LivePool(key=KEY, partition=0, state=PoolState(pool_id="front"))
    archive.stop.clear()
    await archiving(archive, lambda: [pool], lambda: NOW, AGES, every_seconds=0.0)(archive.stop)


async def assert_all_is_seen_to(archive: Archive) -> None:
    """Three are emptied, four packed, two stand; and the snapshot that only emptied entries follow is gone."""
    for sequence in range(3):
        with pytest.raises(EntryEmptied):
            await anext(archive.read(KEY, sequence))
    assert [each.sequence async for each in archive.read(KEY, 3)] == [4, 5, 6, 7, 8, 9]
    assert [archive.is_packed(sequence) for sequence in range(4, 10)] == [True] * 4 + [False] * 2
    assert await archive.kept_snapshot(KEY, after=0, through=4) is None
    assert await archive.kept_snapshot(KEY, after=0, through=5) is not None


async def test_old_entries_are_emptied_and_younger_ones_packed(archive: Archive) -> None:
    await see_to(archive)
    await assert_all_is_seen_to(archive)


@pytest.mark.parametrize("batches", [1, 2, 3, 4])
async def test_a_process_that_ends_in_the_middle_is_followed_by_one_that_goes_on(
    archive: Archive, batches: int
) -> None:
    archive.most = batches
    await see_to(archive)
    assert archive.batches <= batches + 1
    archive.most = 99
    await see_to(archive)
    await assert_all_is_seen_to(archive)


async def test_a_database_that_is_away_is_tried_again(archive: Archive) -> None:
    archive.away = True
    await see_to(archive)
    await assert_all_is_seen_to(archive)
