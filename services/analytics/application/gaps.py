"""Watching every source's numbering: an event whose predecessor never came is a gap, recorded and passed."""

from collections import OrderedDict
from collections.abc import Iterable

from services.analytics.application.ports import Archive, EventName
from switchyard.eventing.envelope import Received

#: Sources whose last number is remembered; of the others the archive is asked.
_MOST_SOURCES = 100_000


class GapWatch:
    """`ignored` are compacted topics, whose older events may rightly be gone."""

    def __init__(self, archive: Archive, ignored: frozenset[str]) -> None:
        self._archive = archive
        self._ignored = ignored
        self._last: OrderedDict[str, int] = OrderedDict()

    async def check(self, events: Iterable[Received]) -> list[EventName]:
        """Look at archived events in their order; return, and record, those that came without their predecessor."""
        unsure = self._without_known_predecessor(events)
        if not unsure:
            return []
        missing = await self._archive.missing({EventName(name.source, name.sequence - 1) for name in unsure})
        gaps = [name for name in unsure if EventName(name.source, name.sequence - 1) in missing]
        await self._archive.note_gaps(gaps)
        return gaps

    def _without_known_predecessor(self, events: Iterable[Received]) -> list[EventName]:
        unsure = []
        for event in events:
            name = name_of(event)
            last = self._last.get(name.source, 0)
            if event.place.topic not in self._ignored and name.sequence > last + 1:
                unsure.append(name)
            self._last[name.source] = max(last, name.sequence)
            self._last.move_to_end(name.source)
        while len(self._last) > _MOST_SOURCES:
            self._last.popitem(last=False)
        return unsure


def name_of(event: Received) -> EventName:
    """Name an archived event, which always has a number."""
    return EventName(event.message.envelope.source, event.message.envelope.sequence or 0)
