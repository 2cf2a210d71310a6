"""Which subjects are blocked in the partitions this process has, and the parking of what comes for them."""

import asyncio
import time
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from switchyard.eventing.clock import Clock
from switchyard.eventing.envelope import Envelope
from switchyard.eventing.outcomes import Poison, Retry
from switchyard.eventing.parking import ParkedMessage, ParkedSubjects, SubjectKey
from switchyard.eventing.records import RawRecord


class _Subject:
    """Guards one subject: what arrives for it must not be parked just when its last message has been released."""

    __slots__ = ("last_order", "lock")

    def __init__(self, last_order: int) -> None:
        self.lock = asyncio.Lock()
        self.last_order = last_order

    def next_order(self) -> int:
        """Later messages get greater numbers, also in the process that takes the partition over."""
        self.last_order = max(self.last_order + 1, time.time_ns())
        return self.last_order


class BlockedSubjects:
    """Every method but `is_blocked` raises StoreUnavailable."""

    def __init__(self, group: str, parked: ParkedSubjects, clock: Clock) -> None:
        self._group = group
        self._parked = parked
        self._clock = clock
        self._subjects: dict[tuple[str, str], _Subject] = {}

    def __len__(self) -> int:
        return len(self._subjects)

    def is_blocked(self, envelope: Envelope) -> bool:
        return bool(self._subjects) and (envelope.source, envelope.subject) in self._subjects

    def is_ours(self, key: SubjectKey) -> bool:
        return (key.source, key.subject) in self._subjects

    async def load(self, partitions: Collection[tuple[str, int]]) -> None:
        """Know exactly what is blocked in these (topic, partition); the rest is another process's."""
        found = await self._parked.blocked(self._group, partitions)
        self._subjects = {(i.key.source, i.key.subject): _Subject(i.last_order) for i in found}
        for subject in found:
            if subject.due is None and not subject.poisoned:
                # The process before this one ended after it had released the first and before it went on.
                await self._make_due(subject.key)

    async def _make_due(self, key: SubjectKey) -> None:
        first = await self._parked.first(key)
        if first is not None:
            await self._parked.change(_changed(first, due=self._clock(), reason=first.reason))

    async def park_behind(self, key: SubjectKey, record: RawRecord) -> bool:
        """Park a message of a blocked subject; False where the subject was freed meanwhile."""
        subject = self._subjects.get((key.source, key.subject))
        if subject is None:
            return False
        async with subject.lock:
            if not self.is_ours(key):
                return False
            await self._parked.park(ParkedMessage(key=key, order=subject.next_order(), record=record))
            return True

    async def block(self, key: SubjectKey, record: RawRecord, outcome: Retry | Poison) -> None:
        """Park the message whose first attempt blocks its subject from now on."""
        subject = _Subject(0)
        message = ParkedMessage(key=key, order=subject.next_order(), record=record, attempts=1)
        await self._parked.park(self._after(message, outcome))
        self._subjects[(key.source, key.subject)] = subject

    async def keep(self, message: ParkedMessage, outcome: Retry | Poison) -> None:
        """Note that a replayed message failed again."""
        await self._parked.change(self._after(message, outcome))

    async def free_if_empty(self, key: SubjectKey) -> bool:
        """Unblock a subject of which nothing waits any more."""
        subject = self._subjects.get((key.source, key.subject))
        if subject is None:
            return True
        async with subject.lock:
            if await self._parked.first(key) is not None:
                return False
            self._subjects.pop((key.source, key.subject), None)
            return True

    async def free_released(self) -> None:
        """Unblock what somebody outside of this process has given up."""
        for source, subject in tuple(self._subjects):
            await self.free_if_empty(SubjectKey(group=self._group, source=source, subject=subject))

    def _after(self, message: ParkedMessage, outcome: Retry | Poison) -> ParkedMessage:
        if isinstance(outcome, Poison):
            return _changed(message, due=None, reason=outcome.reason, poisoned=True)
        due = self._clock() + timedelta(seconds=outcome.after_seconds)
        return _changed(message, due=due, reason=outcome.reason)


def _changed(message: ParkedMessage, *, due: datetime | None, reason: str, poisoned: bool = False) -> ParkedMessage:
    return replace(message, due=due, reason=reason, poisoned=poisoned)
