"""The command log as a replica sees it: a member of the group whose knowledge is as old as its last heartbeat."""

from collections.abc import Collection, Mapping, Sequence

from switchyard.eventing.ports import BrokerUnavailable
from switchyard.eventing.records import RawRecord
from tests.unit.routing_under_faults.group import CLUSTER, Group, Standing
from tests.unit.routing_under_faults.processes import Process

HEARTBEAT_SECONDS = 1.5
COMMIT_SECONDS = 0.2
JOIN_SECONDS = 0.3
#: As long as the real one waits for records where the loop would not wait at all.
SHORTEST_POLL_SECONDS = 0.02
BROKER = "broker"


class SimulatedCommandLog:
    """As `KafkaCommandLog`: partitions are known from the last assignment on, whoever has them meanwhile."""

    def __init__(self, group: Group, process: Process, member: str, most: int) -> None:
        self.cluster = CLUSTER
        self.assigned: frozenset[int] = frozenset()
        self.assignment = 0
        self._group = group
        self._process = process
        self._member = member
        self._most = most
        self._generation = 0
        self._rejoining = True
        self._positions: dict[int, int] = {}
        self._handled: dict[int, int] = {}
        self._committed: dict[int, int] = {}

    async def poll(self, timeout_seconds: float) -> Sequence[RawRecord]:
        if self._rejoining or not self._has_more():
            await self._process.sleep(max(timeout_seconds, SHORTEST_POLL_SECONDS))
        generation, positions = self._generation, dict(self._positions)
        if self._rejoining or not positions:
            return ()
        try:
            records = await self._process.call("poll", BROKER, lambda: self._fetch(positions), error=BrokerUnavailable)
        except BrokerUnavailable:
            await self._process.sleep(0.5)
            return ()
        if self._rejoining or generation != self._generation:
            return ()
        for record in records:
            self._positions[record.place.partition] = record.place.offset + 1
        return records

    async def ends(self, partitions: Collection[int]) -> Mapping[int, int] | None:
        if not set(partitions) <= self.assigned:
            return None
        logs = self._group.topic.partitions
        try:
            return await self._process.call(
                "ends", BROKER, lambda: {p: len(logs[p]) for p in sorted(partitions)}, error=BrokerUnavailable
            )
        except BrokerUnavailable:
            return None

    async def passed(self, ends: Mapping[int, int]) -> bool:
        if not set(ends) <= self.assigned:
            return False
        return all(self._positions.get(partition, -1) >= end for partition, end in ends.items())

    def done(self, partition: int, offset: int) -> None:
        self._handled[partition] = offset + 1

    async def commits(self) -> None:
        """Commit what is done, again and again, beside the loop."""
        while True:
            await self._process.sleep(COMMIT_SECONDS)
            await self._commit()

    async def membership(self) -> None:
        """Join, keep the session, and follow what the coordinator says."""
        while True:
            if self._rejoining:
                await self._join()
            else:
                await self._process.sleep(HEARTBEAT_SECONDS)
                await self._heartbeat()

    async def _join(self) -> None:
        try:
            await self._process.call("join", BROKER, lambda: self._group.join(self._member), error=BrokerUnavailable)
        except BrokerUnavailable:
            return
        while self._rejoining:
            await self._process.sleep(JOIN_SECONDS)
            try:
                standing = await self._process.call("sync", BROKER, self._stand, error=BrokerUnavailable)
                if standing.partitions is not None:
                    await self._adopt(standing.generation, standing.partitions)
                elif not standing.known:
                    return
            except BrokerUnavailable:
                continue

    async def _adopt(self, generation: int, partitions: frozenset[int]) -> None:
        """Take an assignment; every position is the group's again."""
        committed = self._group.committed
        self._handled.clear()
        self._committed.clear()
        self._positions = {}
        self.assigned = partitions
        self.assignment += 1
        self._positions = await self._process.call(
            "offsets", BROKER, lambda: {p: committed.get(p, 0) for p in sorted(partitions)}, error=BrokerUnavailable
        )
        self._generation = generation
        self._rejoining = False

    async def _heartbeat(self) -> None:
        try:
            standing = await self._process.call("heartbeat", BROKER, self._stand, error=BrokerUnavailable)
        except BrokerUnavailable:
            return
        if standing.partitions is None or standing.generation != self._generation:
            await self._commit()
            self._rejoining = True

    async def _commit(self) -> None:
        fresh = {p: o for p, o in sorted(self._handled.items()) if p in self.assigned and self._committed.get(p) != o}
        if not fresh:
            return
        generation = self._generation
        try:
            taken = await self._process.call(
                "commit",
                BROKER,
                lambda: self._group.commit(self._member, generation, fresh),
                error=BrokerUnavailable,
            )
        except BrokerUnavailable:
            return
        if taken and generation == self._generation:
            self._committed.update(fresh)

    def _stand(self) -> Standing:
        return self._group.heartbeat(self._member, self._generation)

    def _has_more(self) -> bool:
        logs = self._group.topic.partitions
        return any(len(logs[partition]) > position for partition, position in self._positions.items())

    def _fetch(self, positions: Mapping[int, int]) -> list[RawRecord]:
        logs = self._group.topic.partitions
        return [record for p, at in positions.items() for record in logs[p][at : at + self._most]]
