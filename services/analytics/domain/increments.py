"""What one event adds to which figure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from services.analytics.domain.intervals import interval_of, split
from services.analytics.domain.sketch import bin_of

Kind = Literal["queue", "agent", "ticket"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension:
    """What a figure is about: a queue and channel, an agent, or a ticket type."""

    kind: Kind
    key: str
    channel: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Increment:
    """Add `amount` to one counter of one dimension in the base interval that starts at `start`.

    Counters are named `counters.<name>`, `time.<name>` (milliseconds) or `sketches.<name>.<bin>`.
    """

    start: int
    dimension: Dimension
    counter: str
    amount: int


def count(dimension: Dimension, at: int, name: str, amount: int = 1) -> Increment:
    return Increment(start=interval_of(at), dimension=dimension, counter=f"counters.{name}", amount=amount)


def spent(dimension: Dimension, name: str, start: int, end: int, weight: int = 1) -> Iterator[Increment]:
    """Add the span to a time sum, split at the borders, times `weight` capacity units. Raises ImplausibleSpan."""
    for interval, amount in split(start, end):
        yield Increment(start=interval, dimension=dimension, counter=f"time.{name}", amount=amount * weight)


def observed(dimension: Dimension, at: int, name: str, milliseconds: int) -> Increment:
    """Add a value to a distribution."""
    counter = f"sketches.{name}.{bin_of(milliseconds)}"
    return Increment(start=interval_of(at), dimension=dimension, counter=counter, amount=1)
