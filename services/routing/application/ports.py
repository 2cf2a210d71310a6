"""What the routing loop needs of a command log, a journal and a clock; and what it writes down."""

from collections.abc import AsyncGenerator, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from services.routing.domain.commands import Command
from services.routing.domain.engine import Step
from services.routing.domain.moments import Moment
from switchyard.eventing.envelope import Message, Place, Received
from switchyard.eventing.records import RawRecord


@dataclass(frozen=True, slots=True, order=True)
class PoolKey:
    """A pool of a tenant; as text, the key of its messages."""

    tenant: str
    pool_id: str

    def __str__(self) -> str:
        return f"{self.tenant}/{self.pool_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry:
    """All that one batch did to one pool: read again, it gives the same pool and the same messages.

    `place` is the last command of the log that the journal covers up to here. `contact_sequence` and
    `agent_sequence` are the streams' last numbers before this entry. `published_through` is the last entry whose
    messages the broker is known to hold. `traces` gives the trace that the events of each contact belong to.
    """

    pool: PoolKey
    sequence: int
    batch_id: str
    now: Moment
    place: Place | None
    published_through: int
    contact_sequence: int
    agent_sequence: int
    steps: tuple[Step, ...]
    traces: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolSnapshot:
    """A pool as it was after journal entry `sequence`, as plain records; they may be made only as they are read."""

    sequence: int
    place: Place | None
    records: Iterable[Any]


class EntryEmptied(Exception):
    """An entry that was emptied by its age: its number is all that is kept."""

    def __init__(self, pool: PoolKey, sequence: int) -> None:
        super().__init__(f"{pool} {sequence}")


class Journal(Protocol):
    """The journal of every pool, their snapshots, and who holds which pool."""

    async def append(self, entries: Sequence[JournalEntry]) -> set[PoolKey]:
        """Write entries, each under the next sequence of its pool, durably.

        Gives the pools where another writer's entry stands under that sequence. Writing the same entry twice is
        once. Raises StoreUnavailable; what was written then is unknown, and the same call may be repeated.
        """

    def read(self, pool: PoolKey, after: int) -> AsyncGenerator[JournalEntry, None]:
        """Read a pool's entries after a sequence, in order.

        Raises StoreUnavailable; EntryEmptied at an entry that says nothing any more.
        """

    async def latest_snapshot(self, pool: PoolKey) -> PoolSnapshot | None:
        """Read the newest complete snapshot. Raises StoreUnavailable."""

    async def save_snapshot(self, pool: PoolKey, snapshot: PoolSnapshot) -> None:
        """Keep a snapshot beside those before it, as far as they are kept. Raises StoreUnavailable."""

    async def pools_of(self, partition: int) -> list[PoolKey]:
        """List the pools that a partition of the command log carries. Raises StoreUnavailable."""

    async def claim(self, pool: PoolKey, partition: int) -> None:
        """Record that this replica serves the pool from now on. Raises StoreUnavailable."""


class CommandLog(Protocol):
    """The partitions of the command log that this replica is given."""

    @property
    def assigned(self) -> frozenset[int]:
        """The partitions that are this replica's now."""

    @property
    def assignment(self) -> int:
        """How often partitions were given out to this replica: they may have been another's in between."""

    @property
    def cluster(self) -> str:
        """The broker's cluster, without which an offset says nothing."""

    async def poll(self, timeout_seconds: float) -> Sequence[RawRecord]:
        """Give what has come, in the order of each partition; empty after the timeout."""

    async def ends(self, partitions: Collection[int]) -> Mapping[int, int] | None:
        """Ask the broker for the next offset of each partition; None where it is away, or one is not ours."""

    async def passed(self, ends: Mapping[int, int]) -> bool:
        """Say whether everything before these offsets has been polled."""

    def done(self, partition: int, offset: int) -> None:
        """Let everything up to the offset be committed, in the background."""


class NotACommand(Exception):
    """A record that is no command of ours; its text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedCommand:
    """A command as it stands in the log."""

    pool: PoolKey
    command: Command
    received: Received
    raw: RawRecord


#: Reads a record. Raises NotACommand.
Decode = Callable[[RawRecord], LoggedCommand]
#: Makes the messages of an entry: events with their numbers, and the outcomes of commands without public events.
Encode = Callable[[JournalEntry], list[Message]]
#: Gives now in milliseconds since the epoch.
Clock = Callable[[], Moment]
#: Tells a failure test where the loop is; nothing in production.
Reached = Callable[[str], None]
