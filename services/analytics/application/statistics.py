"""Figures of past intervals: stored counters, and what is open reaching into them."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from services.analytics.application.ports import FigureStore, Generations, Watermarks
from services.analytics.domain.buckets import Interval, bucket_end, bucket_start, buckets
from services.analytics.domain.increments import Dimension, Increment, Kind
from services.analytics.domain.rows import Figures, gather, merge
from services.analytics.domain.standing import OpenEntry, Standing, so_far

#: An event is published moments after it happened. An interval counts as complete once the log has been read so many
#: milliseconds beyond its end.
SETTLING = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Which figures are asked for; `start` and `end` are epoch milliseconds on borders of the interval."""

    tenant: str
    kind: Kind
    start: int
    end: int
    interval: Interval
    zone: ZoneInfo
    key: str | None = None
    channel: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """`complete`: nothing that is still to come can change this row."""

    start: int
    end: int
    dimension: Dimension
    figures: Figures
    complete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    rows: Sequence[Row]
    as_of: int | None


class Statistics:
    """Answers from the generation in use; waits, for moments, while a batch is being counted."""

    def __init__(self, generations: Generations, watermarks: Watermarks, gate: asyncio.Lock) -> None:
        self._generations = generations
        self._watermarks = watermarks
        self._gate = gate

    async def rows(self, question: Question) -> Answer:
        """List the rows that hold anything, by start, then dimension. Raises StoreUnavailable."""
        store = await self._generations.current()
        async with self._gate:
            as_of = await self._watermarks.read_through()
            stored = await store.totals(
                question.tenant,
                question.kind,
                start=question.start,
                end=question.end,
                key=question.key,
                channel=question.channel,
            )
            standings = await store.open_things(question.tenant)
        gathered = gather(stored, _open_parts(question, standings, as_of))
        rows = [_row(question, place, parts, standings, as_of) for place, parts in _bucketed(question, gathered)]
        if question.kind == "ticket":
            rows = await _with_open_tickets(store, question, rows, as_of)
        return Answer(rows=sorted(rows, key=_order), as_of=as_of)


def _open_parts(question: Question, standings: Sequence[Standing], as_of: int | None) -> Iterator[Increment]:
    until = min(as_of or 0, question.end)
    for standing in standings:
        for part in so_far(standing, question.start, until):
            if _asked_for(question, part.dimension):
                yield part


def _asked_for(question: Question, dimension: Dimension) -> bool:
    return (
        dimension.kind == question.kind
        and question.key in {None, dimension.key}
        and question.channel in {None, dimension.channel}
    )


def _bucketed(
    question: Question, gathered: Mapping[tuple[int, Dimension], Figures]
) -> Iterator[tuple[tuple[int, Dimension], list[Figures]]]:
    parts: dict[tuple[int, Dimension], list[Figures]] = defaultdict(list)
    for (start, dimension), figures in gathered.items():
        parts[bucket_start(start, question.interval, question.zone), dimension].append(figures)
    yield from parts.items()


def _row(
    question: Question,
    place: tuple[int, Dimension],
    parts: Sequence[Figures],
    standings: Sequence[Standing],
    as_of: int | None,
) -> Row:
    start, dimension = place
    end = bucket_end(start, question.interval, question.zone)
    settled = as_of is not None and as_of >= end + SETTLING and not _awaited(dimension, end, standings)
    return Row(start=start, end=end, dimension=dimension, figures=merge(parts), complete=settled)


def _awaited(dimension: Dimension, end: int, standings: Sequence[Standing]) -> bool:
    """Tell whether someone waits since before `end`: how that wait is counted will be known when it is over."""
    return any(
        isinstance(each, OpenEntry)
        and each.waits
        and each.queued_at < end
        and (each.queue_id, each.channel) == (dimension.key, dimension.channel)
        for each in standings
    )


async def _with_open_tickets(
    store: FigureStore, question: Question, rows: Sequence[Row], as_of: int | None
) -> list[Row]:
    """Add to every row the tickets open at its end, also where nothing else happened to tickets of that type."""
    open_now: dict[Dimension, int] = defaultdict(int)
    for dimension, sums in (await store.sum_before(question.tenant, "ticket", question.start)).items():
        if _asked_for(question, dimension):
            open_now[dimension] = _opened(sums)
    by_place = {(row.start, row.dimension): row for row in rows}
    dimensions = set(open_now) | {row.dimension for row in rows}
    filled = []
    for start, _ in buckets(question.start, min(question.end, as_of or 0), question.interval, question.zone):
        for dimension in dimensions:
            row = by_place.get((start, dimension)) or _row(question, (start, dimension), (), (), as_of)
            open_now[dimension] += _opened(
                {f"counters.{name}": amount for name, amount in row.figures.counters.items()}
            )
            row.figures.counters["open_at_end"] = open_now[dimension]
            if len(row.figures.counters) > 1 or open_now[dimension]:
                filled.append(row)
    return filled


def _opened(sums: Mapping[str, int]) -> int:
    return sums.get("counters.opened", 0) + sums.get("counters.reopened", 0) - sums.get("counters.closed", 0)


def _order(row: Row) -> tuple[int, str, str]:
    return row.start, row.dimension.key, row.dimension.channel
