"""Each event counts once: in any batches, after any crash, published twice, in a new cluster, and counted anew."""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.analytics.application.count import Counting, fold_event
from services.analytics.application.gaps import GapWatch
from services.analytics.application.ports import EventName, FigureStore
from services.analytics.application.rebuild import rebuild
from services.analytics.domain.fold import fold
from services.analytics.domain.increments import Dimension
from services.analytics.entrypoints.facts import read_fact
from switchyard.eventing.envelope import Received
from tests.unit.analytics.events import Log
from tests.unit.analytics.memory import Crash, InMemoryArchive, InMemoryFigures, InMemoryGenerations

CONTACTS = st.lists(
    st.tuples(
        st.floats(0, 4_000).map(lambda value: round(value, 3)),
        st.floats(0, 1_500).map(lambda value: round(value, 3)),
        st.sampled_from(["ann", "bob", ""]),
    ),
    min_size=1,
    max_size=6,
)
Sums = dict[tuple[str, int, Dimension, str], int]


def a_day(contacts: Sequence[tuple[float, float, str]]) -> Log:
    """Contacts of one pool; without an agent the customer gives up."""
    log = Log()
    for number, (queued, wait, agent) in enumerate(contacts):
        if agent:
            log.contact(f"c{number}", agent, queued=queued, wait=wait, talk=2 * wait, wrap_up=wait / 3, ring=wait / 2)
        else:
            log.abandoned(f"c{number}", queued=queued, wait=wait)
    return log


def recount(events: Sequence[Received]) -> Sums:
    """Count each named event once, with nothing but the fold."""
    total: Sums = defaultdict(int)
    for event in {(each.message.envelope.source, each.message.envelope.sequence): each for each in events}.values():
        fact = read_fact(event.message)
        assert fact is not None
        for each in fold(fact):
            total[event.message.envelope.tenant, each.start, each.dimension, each.counter] += each.amount
    return {key: amount for key, amount in total.items() if amount}


class Process:
    """Analytics over stores that outlive it."""

    def __init__(self, archive: InMemoryArchive, generations: InMemoryGenerations) -> None:
        self.archive = archive
        self.generations = generations
        self.start()

    def start(self) -> None:
        watch = GapWatch(self.archive, frozenset({"routing-settings-events-v1"}))
        self.counting = Counting(self.archive, self.generations, watch, read_fact, asyncio.Lock())

    @property
    def figures(self) -> InMemoryFigures:
        return figures_of(self.generations.store)

    async def take(self, events: Sequence[Received]) -> None:
        await self.counting.count([fold_event(event, read_fact) for event in events])


def figures_of(store: FigureStore) -> InMemoryFigures:
    assert isinstance(store, InMemoryFigures)
    return store


def fresh_process() -> Process:
    return Process(InMemoryArchive(), InMemoryGenerations())


@given(contacts=CONTACTS, sizes=st.lists(st.integers(1, 9), min_size=1))
async def test_any_batching_equals_a_recount(contacts: list[tuple[float, float, str]], sizes: list[int]) -> None:
    log, process = a_day(contacts), fresh_process()
    rest = list(log.events)
    while rest:
        size = sizes[len(rest) % len(sizes)]
        await process.take(rest[:size])
        rest = rest[size:]

    assert process.figures.sums() == recount(log.events)


@given(contacts=CONTACTS, crash_at=st.integers(0, 8), cut=st.integers(0, 30), settled=st.booleans())
async def test_a_crash_between_two_documents_neither_loses_nor_doubles(
    contacts: list[tuple[float, float, str]], crash_at: int, cut: int, settled: bool
) -> None:
    log, process = a_day(contacts), fresh_process()
    await process.take(log.events[: min(2, cut)])
    if settled:
        await process.counting.settle()
    process.figures.crash_at = crash_at
    with contextlib.suppress(Crash):
        await process.take(log.events[min(2, cut) : cut])
    process.figures.crash_at = None

    process.start()
    await process.take(log.events[min(2, cut) :])

    assert process.figures.sums() == recount(log.events)


async def test_what_was_archived_but_not_counted_is_counted_at_the_next_start_without_the_broker() -> None:
    log, process = a_day([(0, 30, "ann"), (10, 3, "")]), fresh_process()
    process.figures.crash_at = 1
    with pytest.raises(Crash):
        await process.take(log.events)
    process.figures.crash_at = None

    process.start()
    await process.counting.settle()

    assert process.figures.sums() == recount(log.events)


async def test_an_event_published_again_counts_where_it_first_came() -> None:
    log, process = a_day([(0, 30, "ann")]), fresh_process()
    await process.take(log.events)
    again = [log.publish(event.message) for event in list(log.events)]
    await process.take(again)
    await process.take([*again, *log.events])

    assert process.figures.sums() == recount(log.events)


async def test_the_same_event_twice_in_one_batch_counts_once() -> None:
    log, process = a_day([(0, 30, "ann")]), fresh_process()
    log.publish(log.events[0].message)
    await process.take(log.events)

    assert process.figures.sums() == recount(log.events)


async def test_offsets_that_begin_again_in_a_new_cluster_lose_nothing() -> None:
    log, process = a_day([(0, 30, "ann")]), fresh_process()
    await process.take(log.events)
    log.cluster, log.offsets = "two", {}
    log.contact("c9", "bob", queued=50, wait=1, talk=2, wrap_up=3)
    await process.take([event for event in log.events if event.place.cluster == "two"])

    assert process.figures.sums() == recount(log.events)


@given(contacts=CONTACTS, cut=st.integers(0, 30))
async def test_figures_counted_anew_equal_those_counted_as_events_came(
    contacts: list[tuple[float, float, str]], cut: int
) -> None:
    log, process = a_day(contacts), fresh_process()
    await process.take(log.events[:cut])
    await process.take(log.events[cut:])
    before, old = process.figures.sums(), process.figures

    await rebuild(process.archive, process.generations, read_fact)

    assert process.figures is not old
    assert process.figures.sums() == before


async def test_counting_goes_on_in_the_figures_that_a_rebuild_put_in_use() -> None:
    log, process = a_day([(0, 30, "ann"), (5, 40, "bob")]), fresh_process()
    await process.take(log.events[:3])
    await rebuild(process.archive, process.generations, read_fact)
    await process.archive.add(log.events[3:5])
    await process.take(log.events[3:])
    await process.counting.settle()

    assert process.figures.sums() == recount(log.events)


async def test_how_things_stand_follows_the_last_event_of_their_source() -> None:
    log, process = Log(), fresh_process()
    log.contact("c1", "ann", queued=0, wait=10, talk=60, wrap_up=30)
    phases = []
    for event in log.events:
        await process.take([event])
        phases.append([getattr(each, "phase", "") for each in await process.figures.open_things("acme")])
    await process.take(log.events[:2])

    assert phases == [["waiting"], ["ringing"], ["talking"], ["wrap_up"], []]
    assert await process.figures.open_things("acme") == []


async def test_another_tenant_sees_nothing_that_stands_open() -> None:
    log, process = Log(), fresh_process()
    log.contact("c1", "ann", queued=0, wait=10, talk=60, wrap_up=30)
    await process.take(log.events[:1])

    assert await process.figures.open_things("other") == []


async def test_an_event_without_its_predecessor_is_a_gap_once() -> None:
    log, process = a_day([(0, 30, "ann")]), fresh_process()
    source = log.events[0].message.envelope.source
    await process.take(log.events[:2])
    await process.take(log.events[3:])
    await process.take(log.events[3:])
    process.start()
    await process.take(log.events[4:])

    assert process.archive.gaps == [EventName(source, 4)]


async def test_compacted_topics_have_no_gaps() -> None:
    log, process = a_day([(0, 30, "ann")]), fresh_process()
    event = log.events[2]
    await process.take([replace(event, place=replace(event.place, topic="routing-settings-events-v1"))])

    assert process.archive.gaps == []
