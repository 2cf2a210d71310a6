"""Rows of figures: increments and stored counters gathered by bucket and dimension."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from services.analytics.domain.increments import Dimension, Increment
from services.analytics.domain.sketch import quantile

Amounts = Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """Counters of one base interval and dimension as one document holds them."""

    start: int
    dimension: Dimension
    amounts: Amounts


@dataclass(slots=True)
class Figures:
    """Sums under their three families; `sketches` holds the bins of each distribution."""

    counters: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    time: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    sketches: dict[str, dict[int, int]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))

    def add(self, name: str, amount: int) -> None:
        """Add to the counter of a full name, such as `time.talk`."""
        family, _, rest = name.partition(".")
        match family:
            case "counters":
                self.counters[rest] += amount
            case "time":
                self.time[rest] += amount
            case "sketches":
                sketch, _, index = rest.rpartition(".")
                self.sketches[sketch][int(index)] += amount

    def quantiles(self) -> dict[str, dict[str, float | None]]:
        """Give the 50th, 90th and 95th percentile of each distribution in seconds."""
        return {
            name: {f"p{percent}_seconds": _seconds(quantile(bins, percent / 100)) for percent in (50, 90, 95)}
            | {"count": sum(bins.values())}
            for name, bins in self.sketches.items()
        }


def gather(stored: Iterable[Stored], open_parts: Iterable[Increment]) -> dict[tuple[int, Dimension], Figures]:
    """Sum by base interval and dimension what is stored and what is still open."""
    figures: dict[tuple[int, Dimension], Figures] = defaultdict(Figures)
    for document in stored:
        for name, amount in document.amounts.items():
            figures[document.start, document.dimension].add(name, amount)
    for part in open_parts:
        figures[part.start, part.dimension].add(part.counter, part.amount)
    return figures


def merge(parts: Iterable[Figures]) -> Figures:
    """Add figures up, over intervals or over anything else."""
    total = Figures()
    for name, amount in _all_amounts(parts):
        total.add(name, amount)
    return total


def _all_amounts(parts: Iterable[Figures]) -> Iterator[tuple[str, int]]:
    for part in parts:
        yield from ((f"counters.{name}", amount) for name, amount in part.counters.items())
        yield from ((f"time.{name}", amount) for name, amount in part.time.items())
        for sketch, bins in part.sketches.items():
            yield from ((f"sketches.{sketch}.{index}", amount) for index, amount in bins.items())


def _seconds(milliseconds: float | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000
