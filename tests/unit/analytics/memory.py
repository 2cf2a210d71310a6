"""The ports of analytics in memory: what the real stores promise, without a database."""

from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from services.analytics.application.ports import Change, DocumentKey, EventName, FigureStore, Shard, Stood
from services.analytics.domain.increments import Dimension, Kind
from services.analytics.domain.rows import Stored
from services.analytics.domain.standing import Standing
from switchyard.eventing.envelope import Received


class Crash(Exception):
    """The process died here."""


class InMemoryArchive:
    def __init__(self) -> None:
        self.events: dict[EventName, Received] = {}
        self.gaps: list[EventName] = []

    async def add(self, events: Sequence[Received]) -> Sequence[Received]:
        for event in events:
            self.events.setdefault(_name(event), event)
        return [event for event in events if self.events[_name(event)].place == event.place]

    async def missing(self, names: AbstractSet[EventName]) -> AbstractSet[EventName]:
        return names - self.events.keys()

    async def note_gaps(self, before: Sequence[EventName]) -> None:
        self.gaps.extend(before)

    async def read(self, shard: Shard, from_offset: int) -> AsyncIterator[Sequence[Received]]:
        found = [each for each in self.events.values() if _shard(each) == shard and each.place.offset >= from_offset]
        found.sort(key=lambda each: each.place.offset)
        for start in range(0, len(found), 3):
            yield found[start : start + 3]

    async def shards(self) -> Sequence[Shard]:
        return sorted({_shard(each) for each in self.events.values()})

    async def of_contact(
        self, tenant: str, contact_id: str, *, after: tuple[int, str, int] | None, limit: int
    ) -> Sequence[Received]:
        raise AssertionError("not asked for here")


class InMemoryFigures:
    """`crash_at` makes the n-th document of a write the last that is written before the process dies."""

    def __init__(self) -> None:
        self.offsets: dict[DocumentKey, int] = {}
        self.amounts: dict[DocumentKey, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        self.standings: dict[tuple[str, str, str], Stood] = {}
        self.progress: dict[Shard, int] = {}
        self.crash_at: int | None = None

    async def next_offsets(self, keys: AbstractSet[DocumentKey]) -> Mapping[DocumentKey, int]:
        return {key: self.offsets[key] for key in keys if key in self.offsets}

    async def apply(self, changes: Sequence[Change]) -> bool:
        landed = True
        for written, change in enumerate(changes):
            if self.crash_at is not None and written >= self.crash_at:
                raise Crash
            if self.offsets.get(change.key, 0) != change.expected:
                landed = False
                continue
            self.offsets[change.key] = change.next_offset
            for name, amount in change.amounts.items():
                self.amounts[change.key][name] += amount
        return landed

    async def stand(self, stood: Sequence[Stood]) -> None:
        for each in stood:
            key = (each.name.source, type(each.standing).__name__, each.standing.id)
            if key not in self.standings or self.standings[key].name.sequence < each.name.sequence:
                self.standings[key] = each

    async def counted(self) -> Mapping[Shard, int]:
        return dict(self.progress)

    async def advance(self, offsets: Mapping[Shard, int]) -> None:
        for shard, offset in offsets.items():
            self.progress[shard] = max(offset, self.progress.get(shard, 0))

    async def totals(
        self, tenant: str, kind: Kind, *, start: int, end: int, key: str | None, channel: str | None
    ) -> Sequence[Stored]:
        return [
            Stored(start=document.start, dimension=document.dimension, amounts=amounts)
            for document, amounts in self.amounts.items()
            if document.tenant == tenant
            and document.dimension.kind == kind
            and start <= document.start < end
            and key in {None, document.dimension.key}
            and channel in {None, document.dimension.channel}
        ]

    async def sum_before(self, tenant: str, kind: Kind, end: int) -> Mapping[Dimension, Mapping[str, int]]:
        sums: dict[Dimension, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for document in await self.totals(tenant, kind, start=0, end=end, key=None, channel=None):
            for name, amount in document.amounts.items():
                sums[document.dimension][name] += amount
        return sums

    async def open_things(self, tenant: str) -> Sequence[Standing]:
        return [each.standing for each in self.standings.values() if each.tenant == tenant and not each.standing.closed]

    def sums(self) -> dict[tuple[str, int, Dimension, str], int]:
        """All counters, added up over shards."""
        total: dict[tuple[str, int, Dimension, str], int] = defaultdict(int)
        for key, amounts in self.amounts.items():
            for name, amount in amounts.items():
                total[key.tenant, key.start, key.dimension, name] += amount
        return {key: amount for key, amount in total.items() if amount}


class InMemoryGenerations:
    def __init__(self) -> None:
        self.store: FigureStore = InMemoryFigures()

    async def current(self) -> FigureStore:
        return self.store

    async def begin_next(self) -> FigureStore:
        return InMemoryFigures()

    async def use(self, store: FigureStore) -> None:
        self.store = store


class FixedWatermark:
    def __init__(self, moment: int | None) -> None:
        self.moment = moment

    async def tell(self, cluster: str, partitions: int, read_through: Mapping[tuple[str, int], int]) -> None:
        raise AssertionError("not asked for here")

    async def read_through(self) -> int | None:
        return self.moment


def _name(event: Received) -> EventName:
    return EventName(event.message.envelope.source, event.message.envelope.sequence or 0)


def _shard(event: Received) -> Shard:
    return Shard(event.place.cluster, event.place.topic, event.place.partition)
