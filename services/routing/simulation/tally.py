"""Sums per interval of one queue and channel, or of one group of agents: the counters and spans of docs/figures.md."""

from collections import defaultdict
from dataclasses import dataclass, field

from services.routing.domain.moments import Moment

#: Milliseconds of an interval.
INTERVAL = 15 * 60 * 1000

Sums = dict[str, int]


def _sums() -> Sums:
    return defaultdict(int)


@dataclass(slots=True)
class Row:
    """One interval: `time` in milliseconds, or unit milliseconds."""

    counters: Sums = field(default_factory=_sums)
    time: Sums = field(default_factory=_sums)

    def add(self, other: "Row") -> None:
        for name, amount in other.counters.items():
            self.counters[name] += amount
        for name, amount in other.time.items():
            self.time[name] += amount


@dataclass(slots=True)
class Tally:
    """`rows` by the start of their interval; `waits` of all who were answered, in milliseconds."""

    rows: dict[Moment, Row] = field(default_factory=dict)
    waits: list[int] = field(default_factory=list)

    def count(self, name: str, at: Moment, amount: int = 1) -> None:
        """Add to a counter of the interval that an instant lies in."""
        self.row(at).counters[name] += amount

    def spend(self, name: str, start: Moment, end: Moment, weight: int = 1) -> None:
        """Add a span to a time sum, split at the borders of intervals."""
        while start < end:
            border = min(start - start % INTERVAL + INTERVAL, end)
            self.row(start).time[name] += (border - start) * weight
            start = border

    def row(self, at: Moment) -> Row:
        start = at - at % INTERVAL
        row = self.rows.get(start)
        if row is None:
            row = self.rows[start] = Row()
        return row

    def total(self) -> Row:
        total = Row()
        for row in self.rows.values():
            total.add(row)
        return total
