"""Parked subjects in memory, under the same contract suite as MongoDB's."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from switchyard.eventing.aggregates import StoreUnavailable
from switchyard.eventing.envelope import Place
from switchyard.eventing.parking import BlockedSubject, ParkedMessage, SubjectKey


class InMemoryParkedSubjects:
    """Set `available` to False to have every method raise StoreUnavailable."""

    def __init__(self) -> None:
        self.available = True
        self._messages: dict[tuple[SubjectKey, Place], ParkedMessage] = {}

    async def park(self, message: ParkedMessage) -> None:
        self._check()
        self._messages.setdefault((message.key, message.place), message)

    async def change(self, message: ParkedMessage) -> None:
        self._check()
        known = self._messages.get((message.key, message.place))
        if known is not None:
            self._messages[(message.key, message.place)] = replace(message, order=known.order)

    async def release(self, message: ParkedMessage) -> None:
        self._check()
        self._messages.pop((message.key, message.place), None)

    async def first(self, key: SubjectKey) -> ParkedMessage | None:
        self._check()
        waiting = [message for message in self._messages.values() if message.key == key]
        return min(waiting, key=lambda message: message.order, default=None)

    async def due(self, group: str, now: datetime, limit: int) -> list[SubjectKey]:
        self._check()
        times = {
            message.key: message.due
            for message in self._messages.values()
            if message.key.group == group and message.due is not None and message.due <= now
        }
        return sorted(times, key=lambda key: times[key])[:limit]

    async def blocked(
        self, group: str, partitions: Collection[tuple[str, int]] | None = None
    ) -> Sequence[BlockedSubject]:
        self._check()
        by_key: dict[SubjectKey, list[ParkedMessage]] = defaultdict(list)
        for message in self._messages.values():
            here = partitions is None or (message.place.topic, message.place.partition) in partitions
            if message.key.group == group and here:
                by_key[message.key].append(message)
        return [_summary(sorted(messages, key=lambda message: message.order)) for messages in by_key.values()]

    def _check(self) -> None:
        if not self.available:
            raise StoreUnavailable("the store in memory was told to be away")


def _summary(messages: Sequence[ParkedMessage]) -> BlockedSubject:
    first = messages[0]
    return BlockedSubject(
        key=first.key,
        waiting=len(messages),
        last_order=messages[-1].order,
        poisoned=first.poisoned,
        due=first.due,
        reason=first.reason,
    )
