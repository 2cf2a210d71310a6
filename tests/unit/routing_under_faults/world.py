"""Two replicas of routing, what they stand on, who uses them, and all that can go wrong: a seed is a history."""

import asyncio
import gc
import itertools
import random
from collections import defaultdict
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import structlog

from services.routing.adapters.wire_commands import decode
from services.routing.adapters.wire_events import encode
from services.routing.application.loop import RoutingLoop
from services.routing.application.measures import NoMeasures
from services.routing.application.ports import JournalEntry, PoolKey
from services.routing.domain import lane
from services.routing.domain.agent import Agent
from services.routing.domain.policies import ROUTING_POLICIES
from services.routing.domain.stays import Waiting
from switchyard.eventing.envelope import Message, Place
from tests.unit.routing_under_faults.broker import SimulatedPublisher, Topics
from tests.unit.routing_under_faults.checks import Watch
from tests.unit.routing_under_faults.command_log import BROKER, SimulatedCommandLog
from tests.unit.routing_under_faults.floor import Floor
from tests.unit.routing_under_faults.group import REBALANCE_SECONDS, SESSION_SECONDS, CommandTopic, Group
from tests.unit.routing_under_faults.house import POISON, POOLS, TENANT
from tests.unit.routing_under_faults.journal import STORE, Database, SimulatedJournal
from tests.unit.routing_under_faults.processes import Doom, Process, Trace, Wires
from tests.unit.routing_under_faults.sender import Sender
from tests.unit.routing_under_faults.virtual_time import run

#: The floor works for so long in virtual time, and what is open then must be settled within the second span.
WORK_SECONDS = 70.0
REST_SECONDS = 240.0
LONGEST_HOLD_SECONDS = 20.0
#: How far apart the clocks of replicas may be.
MOST_SKEW_MS = 400
#: Where a replica may be struck; the log's calls are the most frequent by far, so they are a kind of their own.
CALLS = (
    ("append",),
    ("publish",),
    ("append", "publish", "claim", "read", "save"),
    ("read", "claim", "snapshot", "pools"),
    ("poll", "ends", "commit", "join", "heartbeat"),
)
DATABASES = Callable[[Callable[[JournalEntry], None]], Database]


@dataclass
class Replica:
    """A place for a process: when one is killed another comes, by the same name in the group or by a new one."""

    name: str
    process: Process
    log: SimulatedCommandLog
    loop: RoutingLoop


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a seed led to: violations of the invariants, none where all is well."""

    seed: int
    violations: list[str]
    trace: Trace


class World:
    def __init__(self, seed: int, database: DATABASES = Database) -> None:
        self.pick = random.Random(seed)
        self.trace = Trace()
        self.wires = Wires(self.pick, self.trace, trouble=self.pick.choice((0.0, 0.02, 0.1)))
        self.topic = CommandTopic(partitions=2)
        self.group = Group(self.topic, self._committed)
        self.watch = Watch()
        self.database = database(self.watch.written)
        self.topics = Topics(self._told)
        sender = Sender(self.pick, Process("floor", self.wires), self.topic)
        self.floor = Floor(self.pick, sender, self.topics)
        self.replicas: dict[str, Replica] = {}
        self._births = 0

    async def live(self) -> list[str]:
        """Let a minute of work and faults go by, settle everything, and name what is wrong."""
        for name in ("one", "two"):
            self._start(name, name)
        self.floor.open()
        await self._troubles()
        self._heal()
        self.floor.close()
        settled = await self._settled()
        return [*settled, *self._final_checks()]

    def _start(self, name: str, member: str) -> None:
        self._births += 1
        process = Process(f"{name}-{self._births}", self.wires, self.pick.randint(-MOST_SKEW_MS, MOST_SKEW_MS) // 2)
        log = SimulatedCommandLog(self.group, process, member, most=self.pick.choice((1, 3, 20)))
        publisher = SimulatedPublisher(self.topics, process)
        ids = itertools.count(1)
        loop = RoutingLoop(
            commands=log,
            journal=SimulatedJournal(self.database, process),
            publisher=publisher,
            dead_letters=publisher,
            decode=decode,
            encode=encode,
            clock=process.clock,
            new_id=lambda: f"{process.name}.{next(ids)}",
            measures=NoMeasures(),
            snapshot_every=self.pick.choice((3, 10, 1_000)),
        )
        self.trace.note("start", process.name, member)
        self.replicas[name] = Replica(name, process, log, loop)
        parts = (loop.run(asyncio.Event()), log.membership(), log.commits())
        process.start(*(self._guarded(process, part) for part in parts))

    async def _guarded(self, process: Process, part: Coroutine[Any, Any, None]) -> None:
        try:
            await part
        except Exception as error:  # noqa: BLE001 - whatever it is, it ended a replica
            self.watch.found("I1", f"{process.name} ended by {type(error).__name__}: {error}")

    async def _troubles(self) -> None:
        """Strike now here, now there, until the work is over."""
        loop = asyncio.get_running_loop()
        while loop.time() < WORK_SECONDS:
            await asyncio.sleep(self.pick.expovariate(1 / 5))
            trouble = self.pick.choice((self._kill, self._kill, self._hold, self._hold, self._cut))
            trouble()

    def _kill(self) -> None:
        replica = self._victim()

        def strike() -> None:
            self.trace.note("kill", replica.process.name)
            replica.process.kill()
            # By its own name it has its partitions back at once; by a new one the old session must run out first.
            member = replica.name if self.pick.random() < 0.5 else f"{replica.name}-{self._births}"
            asyncio.get_running_loop().call_later(self.pick.uniform(0.5, 6), self._start, replica.name, member)

        self._doom(replica, strike)

    def _hold(self) -> None:
        replica = self._victim()

        def strike() -> None:
            self.trace.note("hold", replica.process.name)
            replica.process.hold()
            asyncio.get_running_loop().call_later(self.pick.uniform(0.5, LONGEST_HOLD_SECONDS), replica.process.go_on)

        self._doom(replica, strike)

    def _cut(self) -> None:
        server = self.pick.choice((STORE, BROKER))
        self.trace.note("cut", server)
        self.wires.down.add(server)
        asyncio.get_running_loop().call_later(self.pick.uniform(0.3, 9), self.wires.down.discard, server)

    def _victim(self) -> Replica:
        return self.replicas[self.pick.choice(("one", "two"))]

    def _doom(self, replica: Replica, strike: Callable[[], None]) -> None:
        replica.process.doom = Doom(
            calls=self.pick.randint(1, 4), kinds=self.pick.choice(CALLS), after=self.pick.random() < 0.6, strike=strike
        )

    def _heal(self) -> None:
        """Nothing more goes wrong; but who is still held then may come back when all is done."""
        self.wires.trouble = 0.0
        for replica in self.replicas.values():
            replica.process.doom = None
            replica.process.go_on()
        if self.pick.random() < 0.5:
            held = self._victim().process
            held.hold()
            asyncio.get_running_loop().call_later(self.pick.uniform(SESSION_SECONDS, LONGEST_HOLD_SECONDS), held.go_on)

    async def _settled(self) -> list[str]:
        loop = asyncio.get_running_loop()
        end = loop.time() + REST_SECONDS
        while loop.time() < end:
            self.wires.down.clear()
            await asyncio.sleep(1)
            if not self._all_done():
                continue
            # Who lost a partition while held, or who came last, learns of it within a session and a rebalance.
            await asyncio.sleep(LONGEST_HOLD_SECONDS + SESSION_SECONDS + REBALANCE_SECONDS)
            if self._all_done():
                return []
        return [f"I1: not settled: {self._unsettled()}"]

    def _all_done(self) -> bool:
        return self.floor.at_rest() and not self._unanswered()

    def _unanswered(self) -> list[Place]:
        return [place for log in self.topic.partitions for place in self.watch.unanswered(log, self.topics.bus)]

    def _unsettled(self) -> object:
        open_ = [contact for contact, story in self.floor.stories.items() if not story.ends]
        return {"unanswered": self._unanswered(), "contacts": open_, "unwritten": sorted(self.floor.unwritten)}

    def _final_checks(self) -> list[str]:
        live = defaultdict(list)
        for replica in self.replicas.values():
            for key, pool in replica.loop.pools.items():
                live[key].append(pool)
        pools = [PoolKey(TENANT, pool) for pool in POOLS]
        return self.watch.final(self.database, self.topics.bus, self.floor, pools, live)

    def _told(self, message: Message) -> None:
        self.watch.told(message)

    def _committed(self, partition: int, before: int, offset: int) -> None:
        self.watch.committed(self.topic.partitions[partition][before:offset], self.topics.bus)


def simulated(seed: int, database: DATABASES = Database) -> Outcome:
    """Live through a seed."""
    world: list[World] = []

    async def main() -> list[str]:
        world.append(World(seed, database))
        return await world[0].live()

    with quiet(), patch.object(lane, "ROUTING_POLICIES", (*ROUTING_POLICIES, _breaks_on_poison)):
        violations = run(main)
    # A replica that takes a pool over keeps all that is there from the collector: here that is the world, which ends.
    gc.unfreeze()
    return Outcome(seed, violations, world[0].trace)


def _breaks_on_poison(waiting: Waiting, _: Agent) -> str | None:
    """A rule that raises on some contacts: they are parked, and everything else must hold for them too."""
    return None if 1 / (waiting.entry.contact_id not in POISON) else "never"


@contextmanager
def quiet() -> Iterator[None]:
    """Keep the replicas' warnings to themselves: they are meant to have reasons for them."""
    before = structlog.get_config()
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger("critical"), cache_logger_on_first_use=False
    )
    try:
        yield
    finally:
        structlog.configure(**before)
