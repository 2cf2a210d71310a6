"""Contacts waiting under the same requirements, by priority and then age."""

from heapq import heapify, heappop, heappush
from itertools import islice

from services.routing.domain.stays import Rank, Waiting

#: Below this many entries a heap is not worth tidying.
SMALL = 32
#: A rank before any other.
NOBODY: Rank = (-(2**62), 0, "")


class WaitingLine:
    """A heap of ranks beside the contacts themselves; a contact that left is dropped when its rank surfaces.

    The heap is rebuilt when most of it has left, so that it holds at most about twice who waits.
    """

    __slots__ = ("_heap", "_inside", "declined", "last", "members")

    def __init__(self) -> None:
        self.members: dict[str, Waiting] = {}
        #: Those of the members that somebody has declined.
        self.declined: dict[str, Waiting] = {}
        self._heap: list[Rank] = []
        self._inside: set[Rank] = set()
        #: Nobody's turn is after this one; whose it was may have left.
        self.last: Rank = NOBODY

    def __len__(self) -> int:
        return len(self.members)

    def add(self, waiting: Waiting) -> None:
        contact_id = waiting.entry.contact_id
        if not self.members or waiting.rank > self.last:
            self.last = waiting.rank
        self.members[contact_id] = waiting
        if waiting.declined:
            self.declined[contact_id] = waiting
        if waiting.rank not in self._inside:
            self._inside.add(waiting.rank)
            heappush(self._heap, waiting.rank)

    def remove(self, contact_id: str) -> None:
        del self.members[contact_id]
        self.declined.pop(contact_id, None)
        if len(self._heap) > 2 * len(self.members) + SMALL:
            self._heap = [waiting.rank for waiting in self.members.values()]
            heapify(self._heap)
            self._inside = set(self._heap)

    def first_for(self, agent_id: str) -> Waiting | None:
        """Give the first contact that the agent has not declined."""
        waiting = self._first()
        if waiting is None or agent_id not in waiting.declined:
            return waiting
        return self._first_beyond_declined(agent_id)

    def _first(self) -> Waiting | None:
        while self._heap:
            rank = self._heap[0]
            waiting = self.members.get(rank[2])
            if waiting is not None and waiting.rank == rank:
                return waiting
            self._inside.discard(heappop(self._heap))
        return None

    def _first_beyond_declined(self, agent_id: str) -> Waiting | None:
        set_aside: list[Rank] = []
        waiting = self._first()
        while waiting is not None and agent_id in waiting.declined:
            set_aside.append(heappop(self._heap))
            waiting = self._first()
        for rank in set_aside:
            heappush(self._heap, rank)
        return waiting

    def in_order(self, limit: int | None = None) -> list[Waiting]:
        """List who waits, next first; for people to read, not for matching."""
        return list(islice(sorted(self.members.values(), key=_rank), limit))


def _rank(waiting: Waiting) -> Rank:
    return waiting.rank
