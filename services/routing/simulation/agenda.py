"""What is to come: by instant, and at the same instant in the order in which it was put down."""

from collections.abc import Callable
from heapq import heappop, heappush
from typing import TypeAlias

from services.routing.domain.moments import Moment

Act: TypeAlias = Callable[[Moment], None]


class Agenda:
    """A heap; nothing is ever taken out of it early, an act that is out of date finds so itself."""

    __slots__ = ("_heap", "acts")

    def __init__(self) -> None:
        self._heap: list[tuple[Moment, int, Act]] = []
        #: How many acts were ever put down.
        self.acts = 0

    def put(self, at: Moment, act: Act) -> None:
        self.acts += 1
        heappush(self._heap, (at, self.acts, act))

    def first(self) -> Moment | None:
        """Say when the next act is due."""
        return self._heap[0][0] if self._heap else None

    def take(self) -> tuple[Moment, Act]:
        """Take the next act out."""
        at, _, act = heappop(self._heap)
        return at, act
