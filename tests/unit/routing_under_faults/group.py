"""The command topic and its consumer group as Kafka has them: sessions, rebalances, generations, committed offsets."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from switchyard.eventing.envelope import Place
from switchyard.eventing.records import RawRecord

TOPIC = "routing-commands-v1"
CLUSTER = "simulated"
SESSION_SECONDS = 6.0
REBALANCE_SECONDS = 6.0


class CommandTopic:
    """Partitions of records; what is appended stays."""

    def __init__(self, partitions: int) -> None:
        self.partitions: list[list[RawRecord]] = [[] for _ in range(partitions)]

    def append(self, partition: int, key: bytes, value: bytes, headers: Sequence[tuple[str, bytes]]) -> None:
        log = self.partitions[partition]
        place = Place(cluster=CLUSTER, topic=TOPIC, partition=partition, offset=len(log))
        log.append(RawRecord(place, key, value, headers))


@dataclass(slots=True)
class Member:
    seen_at: float
    rejoined: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """What the coordinator tells a member: its partitions, None while they are not settled; `known` False for one
    that was put out."""

    generation: int
    partitions: frozenset[int] | None
    known: bool = True


@dataclass
class Group:
    """The coordinator. While a rebalance is prepared old owners may still commit; then their generation is over."""

    topic: CommandTopic
    #: Told of a partition, its last committed offset and the new one.
    committed_now: Callable[[int, int, int], None]
    generation: int = 0
    committed: dict[int, int] = field(default_factory=dict)
    _members: dict[str, Member] = field(default_factory=dict)
    _owners: dict[int, str] = field(default_factory=dict)
    #: When members that have not joined again by then are left out; None while all is settled.
    _deadline: float | None = None

    def join(self, name: str) -> None:
        """Let a member in; one that comes back under its name while all is settled has its partitions again."""
        member = self._members.get(name)
        if member is None:
            member = self._members[name] = Member(_now())
            self._prepare()
        member.seen_at, member.rejoined = _now(), True
        self.tick()

    def heartbeat(self, name: str, generation: int) -> Standing:
        """Keep a session alive."""
        self.tick()
        member = self._members.get(name)
        if member is None:
            return Standing(self.generation, None, known=False)
        member.seen_at = _now()
        if self._deadline is not None:
            return Standing(generation, None)
        return Standing(self.generation, frozenset(p for p, owner in self._owners.items() if owner == name))

    def commit(self, name: str, generation: int, offsets: Mapping[int, int]) -> bool:
        """Take offsets of the present generation; False where it is over."""
        self.tick()
        if name not in self._members or generation != self.generation:
            return False
        for partition, offset in offsets.items():
            before = self.committed.get(partition, 0)
            self.committed[partition] = offset
            self.committed_now(partition, before, offset)
        return True

    def tick(self) -> None:
        """Put out who was silent for too long, and settle a rebalance when all are there or its time is over."""
        now = _now()
        silent = [name for name, member in self._members.items() if now - member.seen_at > SESSION_SECONDS]
        for name in silent:
            del self._members[name]
        if silent:
            self._prepare()
        if self._deadline is None or not self._members:
            return
        late = [name for name, member in self._members.items() if not member.rejoined]
        if late and now < self._deadline:
            return
        for name in late:
            del self._members[name]
        self._settle()

    def _prepare(self) -> None:
        if self._deadline is None:
            self._deadline = _now() + REBALANCE_SECONDS
            for member in self._members.values():
                member.rejoined = False

    def _settle(self) -> None:
        self._deadline = None
        self.generation += 1
        names = sorted(self._members)
        turn = self.generation % max(1, len(names))
        self._owners = {p: names[(p + turn) % len(names)] for p in range(len(self.topic.partitions)) if names}


def _now() -> float:
    return asyncio.get_running_loop().time()
