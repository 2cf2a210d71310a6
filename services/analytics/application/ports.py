"""What counting and reading need of the outside."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from services.analytics.domain.facts import Fact
from services.analytics.domain.increments import Dimension, Kind
from services.analytics.domain.rows import Stored
from services.analytics.domain.standing import Standing
from switchyard.eventing.envelope import Message, Received


class UnreadableEvent(ValueError):
    """The bytes are not those of the type that the envelope names, or say what cannot be."""


#: Decodes an event into the fact to count; None where its type is not counted. Raises UnreadableEvent.
ReadFact = Callable[[Message], Fact | None]


class Shard(NamedTuple):
    """A partition of one cluster: within it, offsets order everything."""

    cluster: str
    topic: str
    partition: int


class EventName(NamedTuple):
    """What names an event for ever."""

    source: str
    sequence: int


class Archive(Protocol):
    """Every event, once, with the place at which it first came."""

    async def add(self, events: Sequence[Received]) -> Sequence[Received]:
        """Store the events not yet there; return, in order, those whose stored place is the place they came at now.

        So a batch given again returns the same, and an event published again at another place is left out.
        """

    async def missing(self, names: AbstractSet[EventName]) -> AbstractSet[EventName]:
        """Return those that the archive does not have."""

    async def note_gaps(self, before: Sequence[EventName]) -> None:
        """Record that the events before these had not come when these did."""

    def read(self, shard: Shard, from_offset: int) -> AsyncIterator[Sequence[Received]]:
        """Give the events that first came in this shard, by offset, in portions."""

    async def shards(self) -> Sequence[Shard]:
        """List every shard that events were archived from."""

    async def of_contact(
        self, tenant: str, contact_id: str, *, after: tuple[int, str, int] | None, limit: int
    ) -> Sequence[Received]:
        """List a contact's events by (time in microseconds, source, sequence), beginning after the one named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentKey:
    """One counter document: what came at one shard for one tenant, interval and dimension."""

    shard: Shard
    tenant: str
    start: int
    dimension: Dimension


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Add `amounts` to the document and move it on, if it stands at `expected` (0: is not there)."""

    key: DocumentKey
    expected: int
    next_offset: int
    amounts: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stood:
    """How a thing stands after the event `name`."""

    tenant: str
    name: EventName
    at: int
    standing: Standing


class FigureStore(Protocol):
    """Counters and open things of one generation; a rebuild writes the next generation beside it."""

    async def next_offsets(self, keys: AbstractSet[DocumentKey]) -> Mapping[DocumentKey, int]:
        """Read up to where each document counts; those that are not there are left out."""

    async def apply(self, changes: Sequence[Change]) -> bool:
        """Compare and set each document; False where at least one stood elsewhere, and which is not told."""

    async def stand(self, stood: Sequence[Stood]) -> None:
        """Store how things stand, unless a later event of the same source was stored before."""

    async def counted(self) -> Mapping[Shard, int]:
        """Tell per shard the offset below which everything archived is counted."""

    async def advance(self, offsets: Mapping[Shard, int]) -> None:
        """Move those offsets on; never back."""

    async def totals(
        self, tenant: str, kind: Kind, *, start: int, end: int, key: str | None, channel: str | None
    ) -> Sequence[Stored]:
        """Read the documents of intervals that start in [start, end)."""

    async def sum_before(self, tenant: str, kind: Kind, end: int) -> Mapping[Dimension, Mapping[str, int]]:
        """Sum the plain counters of every interval before `end`."""

    async def open_things(self, tenant: str) -> Sequence[Standing]:
        """List what stands open now."""


class Generations(Protocol):
    """Which generation of figures is the one in use."""

    async def current(self) -> FigureStore: ...

    async def begin_next(self) -> FigureStore:
        """Give the next generation, empty."""

    async def use(self, store: FigureStore) -> None:
        """Make it the one in use everywhere, within a second."""


class Watermarks(Protocol):
    """How far the log is read, told by every replica."""

    async def tell(self, cluster: str, partitions: int, read_through: Mapping[tuple[str, int], int]) -> None:
        """Say up to when (epoch milliseconds) everything published has been counted, per partition read here."""

    async def read_through(self) -> int | None:
        """Give the moment up to which every partition has been counted; None while any is unknown."""
