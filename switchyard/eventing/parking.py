"""The port for what waits: messages whose subject is blocked in a group, kept in order until they can be handled."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from switchyard.eventing.envelope import Envelope, Place
from switchyard.eventing.records import RawRecord


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class SubjectKey:
    """What is blocked: one subject of one source, for one group; everything else passes."""

    group: str
    source: str
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedMessage:
    """A message that waits.

    `order` grows within a subject. `due` is when its next attempt is; the first of a subject has one, unless it is
    poisoned and waits for somebody to ask for a replay. Those behind it have none.
    """

    key: SubjectKey
    order: int
    record: RawRecord
    attempts: int = 0
    due: datetime | None = None
    poisoned: bool = False
    reason: str = ""

    @property
    def place(self) -> Place:
        return self.record.place


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockedSubject:
    """A summary: how many wait, and why the first of them does."""

    key: SubjectKey
    waiting: int
    last_order: int
    poisoned: bool
    due: datetime | None
    reason: str


class ParkedSubjects(Protocol):
    """Every method raises StoreUnavailable."""

    async def park(self, message: ParkedMessage) -> None:
        """Store it; nothing changes where a message of the same place is parked already for this subject."""

    async def change(self, message: ParkedMessage) -> None:
        """Store its attempts, due time, poisoning and reason; nothing happens where it has been released."""

    async def release(self, message: ParkedMessage) -> None:
        """Remove it: it has been handled, or given up."""

    async def first(self, key: SubjectKey) -> ParkedMessage | None:
        """Read the first that waits; None where the subject is free."""

    async def due(self, group: str, now: datetime, limit: int) -> list[SubjectKey]:
        """Name the subjects whose first message is due, the longest due first."""

    async def blocked(
        self, group: str, partitions: Collection[tuple[str, int]] | None = None
    ) -> Sequence[BlockedSubject]:
        """List what is blocked in a group, in all partitions or in these (topic, partition)."""


def subject_key(group: str, envelope: Envelope) -> SubjectKey:
    return SubjectKey(group=group, source=envelope.source, subject=envelope.subject)
