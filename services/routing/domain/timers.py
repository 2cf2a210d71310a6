"""All deadlines of a pool in one heap: offers, wrap-ups, rule steps and whatever else happens for want of an act.

An index: each deadline is a field of the state, from which this is made again after a restart.
"""

from heapq import heapify, heappop, heappush
from typing import TypeAlias

from services.routing.domain.moments import Moment

#: What kind of deadline, and whose: an offer's id, a contact's, an agent's.
TimerKey: TypeAlias = tuple[str, str]
#: The deadline of an offer, or of a wrap-up, by the offer's id.
HOLD = "hold"
#: The next rule step of a waiting contact, by the contact's id.
STEP = "step"
#: When an agent is looked at again for breaches of floor rules, by the agent's id.
FLOOR = "floor"
#: When an agent whose connection is lost has been missed for long enough, by the agent's id.
PRESENCE = "presence"
#: When a scheduled callback is due, or a waiting one may be made no longer, by the contact's id.
CALLBACK = "callback"
#: Below this many entries a heap is not worth tidying.
_SMALL = 64


class Timers:
    """Each key has one deadline at most; those of one instant fire by `number`, then by key.

    A deadline that was moved or cancelled stays in the heap until it surfaces, or until most of the heap is such.
    """

    __slots__ = ("_due", "_heap")

    def __init__(self) -> None:
        self._due: dict[TimerKey, Moment] = {}
        self._heap: list[tuple[Moment, int, TimerKey]] = []

    def __len__(self) -> int:
        return len(self._due)

    def set(self, key: TimerKey, due: Moment | None, number: int = 0) -> None:
        """Set a deadline in place of the one that the key had; None for no deadline any more."""
        if due is None:
            self.cancel(key)
        elif self._due.get(key) != due:
            self._due[key] = due
            heappush(self._heap, (due, number, key))

    def cancel(self, key: TimerKey) -> None:
        if self._due.pop(key, None) is not None and len(self._heap) > 2 * len(self._due) + _SMALL:
            self._heap = [entry for entry in self._heap if self._due.get(entry[2]) == entry[0]]
            heapify(self._heap)

    def due_of(self, key: TimerKey) -> Moment | None:
        return self._due.get(key)

    def first(self) -> tuple[Moment, TimerKey] | None:
        """Give the next deadline, dropping what is no longer one."""
        while self._heap:
            due, _, key = self._heap[0]
            if self._due.get(key) == due:
                return due, key
            heappop(self._heap)
        return None
