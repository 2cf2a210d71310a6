"""The command log in memory, over what a bus in memory holds: a test turns the loop by hand."""

from collections.abc import Callable, Collection, Mapping, Sequence

from switchyard.eventing.records import RawRecord

#: Gives all records of the command log, in order.
Records = Callable[[], Sequence[RawRecord]]


class InMemoryCommandLog:
    """One partition, number 0. `reachable` False stands for a broker that is away."""

    def __init__(self, records: Records, cluster: str = "memory", start: int = 0) -> None:
        self._records = records
        self._next = start
        self.cluster = cluster
        self.assigned = frozenset({0})
        self.assignment = 1
        self.reachable = True
        #: So many records a poll gives at most.
        self.most = 500
        #: The offset that a next owner would start from.
        self.committed = start

    async def poll(self, timeout_seconds: float) -> Sequence[RawRecord]:  # noqa: ARG002 - nothing is waited for
        fresh = self._records()[self._next :][: self.most]
        self._next += len(fresh)
        return fresh

    async def ends(self, partitions: Collection[int]) -> Mapping[int, int] | None:
        mine = self.reachable and set(partitions) <= self.assigned
        return dict.fromkeys(partitions, len(self._records())) if mine else None

    async def passed(self, ends: Mapping[int, int]) -> bool:
        return all(self._next >= end for end in ends.values())

    def done(self, partition: int, offset: int) -> None:  # noqa: ARG002 - there is one partition
        self.committed = offset + 1
