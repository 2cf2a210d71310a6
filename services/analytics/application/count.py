"""Archiving and counting a batch of events, and counting what was archived but not yet counted."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from services.analytics.application.gaps import GapWatch, name_of
from services.analytics.application.ports import (
    Archive,
    DocumentKey,
    EventName,
    FigureStore,
    Generations,
    ReadFact,
    Shard,
    Stood,
    UnreadableEvent,
)
from services.analytics.application.tally import Posting, Tally
from services.analytics.domain.fold import fold
from services.analytics.domain.increments import Increment
from services.analytics.domain.intervals import ImplausibleSpan
from services.analytics.domain.standing import standing_after
from switchyard.eventing.envelope import Received


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """An event with all that it adds and how what it is about stands after it."""

    event: Received
    increments: Sequence[Increment]
    stood: Stood | None
    counted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a batch: how many events came for the first time, of which no figure knows the type, and gaps."""

    archived: int
    repeated: int
    uncounted_types: Sequence[str]
    gaps: Sequence[EventName]


def fold_event(event: Received, read_fact: ReadFact) -> Folded:
    """Decode and fold one event. Raises UnreadableEvent."""
    fact = read_fact(event.message)
    if fact is None:
        return Folded(event=event, increments=(), stood=None, counted=False)
    try:
        increments = fold(fact)
    except ImplausibleSpan as error:
        raise UnreadableEvent(str(error)) from error
    standing = standing_after(fact)
    stood = None
    if standing is not None:
        tenant = event.message.envelope.tenant
        stood = Stood(tenant=tenant, name=name_of(event), at=fact.at, standing=standing)
    return Folded(event=event, increments=increments, stood=stood, counted=True)


class FigureWriter:
    """Counts folded events into one generation."""

    def __init__(self, store: FigureStore) -> None:
        self.store = store
        self._tally = Tally(store)

    async def write(self, folded: Sequence[Folded]) -> None:
        try:
            await self.store.stand(_last_of_each(folded))
            await self._tally.add(_postings(folded))
        except Exception:
            self._tally.forget()
            raise


class Counting:
    """Archives and counts what comes. `gate` is held while figures are half written, so that no reader sees that."""

    def __init__(
        self, archive: Archive, generations: Generations, gap_watch: GapWatch, read_fact: ReadFact, gate: asyncio.Lock
    ) -> None:
        self._archive = archive
        self._generations = generations
        self._gap_watch = gap_watch
        self._read_fact = read_fact
        self._gate = gate
        # Going over to another generation in the middle of a batch would leave the batch out of it.
        self._turn = asyncio.Lock()
        self._writer: FigureWriter | None = None
        self._counted: dict[Shard, int] = {}

    async def count(self, folded: Sequence[Folded]) -> Outcome:
        """Archive the batch, and count those events that first came at their place. May be repeated at will."""
        async with self._turn:
            return await self._count(folded, await self._current())

    async def _count(self, folded: Sequence[Folded], writer: FigureWriter) -> Outcome:
        first = await self._archive.add([each.event for each in folded])
        here = {each.place for each in first}
        fresh = [each for each in folded if each.event.place in here]
        gaps = await self._gap_watch.check(first)
        async with self._gate:
            await writer.write(fresh)
        self._note(folded)
        return Outcome(
            archived=len(fresh),
            repeated=len(folded) - len(fresh),
            uncounted_types=[each.event.message.envelope.type for each in fresh if not each.counted],
            gaps=gaps,
        )

    async def settle(self) -> None:
        """Store how far counting is. What was archived but not counted before, or in a generation that has just come
        into use, is counted first."""
        async with self._turn:
            writer = await self._current()
            if self._counted:
                await writer.store.advance(self._counted)
                self._counted = {}

    async def _current(self) -> FigureWriter:
        store = await self._generations.current()
        if self._writer is None or self._writer.store is not store:
            self._writer = FigureWriter(store)
            await count_archived(self._archive, self._writer, self._read_fact)
        return self._writer

    def _note(self, folded: Iterable[Folded]) -> None:
        for each in folded:
            self._counted[shard_of(each.event)] = each.event.place.offset + 1


async def count_archived(archive: Archive, writer: FigureWriter, read_fact: ReadFact) -> int:
    """Count every archived event beyond what each shard has counted; return how many there were."""
    counted = await writer.store.counted()
    looked_at = 0
    for shard in await archive.shards():
        async for events in archive.read(shard, counted.get(shard, 0)):
            await writer.write([fold_event(event, read_fact) for event in events])
            await writer.store.advance({shard: events[-1].place.offset + 1})
            looked_at += len(events)
    return looked_at


def shard_of(event: Received) -> Shard:
    return Shard(event.place.cluster, event.place.topic, event.place.partition)


def _postings(folded: Iterable[Folded]) -> Iterator[Posting]:
    for each in folded:
        shard, tenant, offset = shard_of(each.event), each.event.message.envelope.tenant, each.event.place.offset
        for increment in each.increments:
            key = DocumentKey(shard=shard, tenant=tenant, start=increment.start, dimension=increment.dimension)
            yield Posting(key=key, offset=offset, counter=increment.counter, amount=increment.amount)


def _last_of_each(folded: Iterable[Folded]) -> list[Stood]:
    """Of several events of a source about one thing only the last tells how it stands."""
    last = {
        (each.stood.name.source, type(each.stood.standing), each.stood.standing.id): each.stood
        for each in folded
        if each.stood is not None
    }
    return list(last.values())
