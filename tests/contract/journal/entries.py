"""Journals, entries and snapshots that the contract is tried on."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from services.routing.adapters.memory_journal import InMemoryJournal
from services.routing.adapters.mongo_archive import MongoArchive
from services.routing.adapters.mongo_journal import MongoJournal
from services.routing.application.ports import JournalEntry, PoolKey, PoolSnapshot
from services.routing.application.snapshots import snapshot
from services.routing.domain.engine import Step
from switchyard.eventing.envelope import Place
from tests.unit.routing.driver import Driver

Journals = InMemoryJournal | MongoJournal
Archives = InMemoryJournal | MongoArchive


@dataclass(frozen=True)
class Kept:
    """A journal and the archive of the same store."""

    journal: Journals
    archive: Archives


Make = Callable[[], Awaitable[Journals]]
POOL = PoolKey("acme", "front")
PLACE = Place(cluster="one", topic="routing-commands-v1", partition=3, offset=41)
NOW = 1_795_337_400_913


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


def entry(sequence: int = 1, batch_id: str = "batch", pool: PoolKey = POOL, now: int = NOW) -> JournalEntry:
    return JournalEntry(
        pool=pool,
        sequence=sequence,
        batch_id=batch_id,
        now=now,
        place=PLACE,
        published_through=sequence - 1,
        contact_sequence=7,
        agent_sequence=2**40,
        steps=steps(),
        traces={"c.1$": "00-1-2-01"},
    )


async def read(journal: Journals, pool: PoolKey = POOL, after: int = 0) -> list[JournalEntry]:
    return [entry async for entry in journal.read(pool, after)]


def records(contacts: int = 0) -> Sequence[Any]:
    """The records of a pool in which so many contacts wait."""
    pool = Driver()
    pool.queue("billing")
    for number in range(contacts):
        pool.enqueue(f"c{number}")
    return list(snapshot(pool.state))


def snapshot_at(sequence: int, contacts: int = 0) -> PoolSnapshot:
    return PoolSnapshot(sequence=sequence, place=PLACE, records=records(contacts))
