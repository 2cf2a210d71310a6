"""A broker, a database and a clock that outlive the replicas of a routing loop, for tests of it."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from google.protobuf.message import Message as ProtobufMessage

from services.routing.adapters.memory_command_log import InMemoryCommandLog
from services.routing.adapters.memory_journal import InMemoryJournal
from services.routing.adapters.wire_commands import decode
from services.routing.adapters.wire_events import encode
from services.routing.application.loop import RoutingLoop
from services.routing.application.measures import NoMeasures
from services.routing.application.ports import JournalEntry, PoolKey
from switchyard.eventing.aggregates import StoreUnavailable
from switchyard.eventing.drafting import command
from switchyard.internal.routing.v1 import commands_pb2 as c
from switchyard.testing.memory_bus import InMemoryBus

POOL = PoolKey("acme", "front")
COMMANDS = "routing-commands-v1"
EVENTS = ("routing-events-v1",)
START = 1_795_337_400_000


class Crash(BaseException):
    """The process is gone: nothing may catch it."""


class ForgetfulJournal(InMemoryJournal):
    """Takes a write, and then says that it cannot tell."""

    def __init__(self) -> None:
        super().__init__()
        self.swallow = 0
        self.meanwhile: Callable[[], None] = lambda: None

    async def append(self, entries: Sequence[JournalEntry]) -> set[PoolKey]:
        self.meanwhile()
        lost = await super().append(entries)
        if self.swallow:
            self.swallow -= 1
            raise StoreUnavailable("no reply")
        return lost


@dataclass
class House:
    """What outlives a replica: the broker and the database; and a clock for all."""

    bus: InMemoryBus = field(default_factory=InMemoryBus)
    journal: ForgetfulJournal = field(default_factory=ForgetfulJournal)
    now: int = START
    crash_at: str = ""
    #: Happens at every point that the loop reaches.
    meanwhile: Callable[[], None] = lambda: None
    ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def replica(self, start: int = 0) -> tuple[RoutingLoop, InMemoryCommandLog]:
        log = InMemoryCommandLog(lambda: self.bus.records(COMMANDS), self.bus.cluster, start)
        loop = RoutingLoop(
            commands=log,
            journal=self.journal,
            publisher=self.bus,
            dead_letters=self.bus,
            decode=decode,
            encode=encode,
            clock=lambda: self.now,
            new_id=lambda: f"batch-{next(self.ids)}",
            measures=NoMeasures(),
            reached=self._reached,
        )
        return loop, log

    async def send(self, *messages: ProtobufMessage, id_: str = "") -> None:
        for message in messages:
            sent = command(
                message,
                id=id_ or f"cmd_front.{next(self.ids)}",
                topic=COMMANDS,
                key=str(POOL),
                source="/acme/test",
                subject="test",
                tenant="acme",
                time=datetime.fromtimestamp(self.now / 1000, UTC),
                correlation_id="",
                causation_id="",
            )
            await self.bus.publish([sent])

    async def open(self) -> None:
        """One queue, one agent who takes one chat at a time."""
        capacity = [c.ChannelCapacity(channel="chat", units=100, most=1)]
        await self.send(
            c.ConfigureQueue(queue_id="billing", ring_seconds=20, wrap_up_seconds=30, version=1),
            c.ConfigureAgent(agent_id="ann", queue_ids=["billing"], capacity_units=100, channels=capacity, version=1),
            c.SetAgentState(agent_id="ann", state="available"),
        )

    def told(self) -> list[str]:
        """Name what was told of contacts, each thing once."""
        seen = {each.message.envelope.id: each for each in self.bus.received(*EVENTS)}
        return [each.message.envelope.type.rpartition(".")[2] for each in seen.values()]

    def sequences(self) -> list[int]:
        return sorted({each.message.envelope.sequence or 0 for each in self.bus.received(*EVENTS)})

    def _reached(self, point: str) -> None:
        self.meanwhile()
        if point == self.crash_at:
            raise Crash(point)


def enqueue(contact_id: str) -> c.EnqueueContact:
    return c.EnqueueContact(contact_id=contact_id, entry=1, queue_id="billing", channel="chat")
