"""The routing loop between a log, a journal and a broker, each of which may fail or be another's."""

import asyncio
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from google.protobuf.message import Message as ProtobufMessage
from structlog.testing import capture_logs

from services.routing.adapters.memory_command_log import InMemoryCommandLog
from services.routing.adapters.memory_journal import InMemoryJournal
from services.routing.adapters.wire_commands import decode
from services.routing.adapters.wire_events import encode
from services.routing.application.loop import RoutingLoop
from services.routing.application.measures import NoMeasures
from services.routing.application.ports import JournalEntry, PoolKey
from services.routing.domain import decide as menu
from services.routing.domain import engine
from services.routing.domain.announcing import announce
from services.routing.domain.commands import EndContact
from services.routing.domain.decisions import deadlines, offers
from services.routing.domain.events import Event, OfferTimedOut
from services.routing.domain.pool import PoolState
from services.routing.domain.stays import Offered
from switchyard.eventing.aggregates import StoreUnavailable
from switchyard.eventing.drafting import command
from switchyard.internal.routing.v1 import commands_pb2 as c
from switchyard.testing.memory_bus import InMemoryBus
from switchyard.testing.polling import until

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


@pytest.fixture
def house() -> House:
    return House()


async def test_a_batch_is_journalled_told_and_done(house: House) -> None:
    loop, log = house.replica()
    await house.open()
    await house.send(enqueue("c1"))
    await loop.turn()
    assert house.told() == ["ContactQueued", "OfferMade"]
    assert log.committed == 4
    assert loop.pools[POOL].sequence == 1


@pytest.mark.parametrize("point", ["after-poll", "after-decide", "after-journal", "after-publish"])
async def test_a_replica_that_dies_at_any_point_leaves_it_to_the_next(house: House, point: str) -> None:
    loop, log = house.replica()
    await house.open()
    await loop.turn()
    await house.send(enqueue("c1"), enqueue("c2"))
    house.crash_at = point
    with pytest.raises(Crash):
        await loop.turn()
    house.crash_at = ""
    heir, _ = house.replica(start=log.committed)
    await heir.turn()
    assert house.told() == ["ContactQueued", "OfferMade", "ContactQueued"]
    assert house.sequences() == [1, 2, 3]


async def test_what_was_journalled_and_not_told_is_told_by_the_next(house: House) -> None:
    loop, log = house.replica()
    await house.open()
    await house.send(enqueue("c1"))
    house.crash_at = "after-journal"
    with pytest.raises(Crash):
        await loop.turn()
    assert house.told() == []
    house.crash_at = ""
    heir, _ = house.replica(start=log.committed)
    await heir.turn()
    assert house.told() == ["ContactQueued", "OfferMade"]


async def test_a_lost_reply_of_a_good_write_is_no_second_entry(house: House) -> None:
    loop, _ = house.replica()
    await house.open()
    await house.send(enqueue("c1"))
    house.journal.swallow = 2
    await loop.turn()
    assert house.told() == ["ContactQueued", "OfferMade"]
    assert loop.pools[POOL].sequence == 1


async def test_a_replica_that_lost_its_pool_unawares_tells_nothing_of_its_own(house: House) -> None:
    zombie, _ = house.replica()
    await house.open()
    await zombie.turn()
    heir, _ = house.replica(start=3)
    await house.send(enqueue("c1"), c.SetAgentState(agent_id="ann", state="not_ready", reason="meal"))
    await heir.turn()
    before = house.sequences()
    await zombie.turn()
    assert house.sequences() == before
    assert zombie.pools[POOL].sequence == heir.pools[POOL].sequence == 2
    await house.send(enqueue("c2"))
    await zombie.turn()
    assert house.told() == ["ContactQueued", "OfferMade", "ContactQueued"]


async def test_a_pool_too_slow_says_so_once_and_again_when_it_has_caught_up(house: House) -> None:
    loop, _ = house.replica()
    await house.open()
    await loop.turn()
    with capture_logs() as logs:
        for _ in range(3):
            await house.send(enqueue(f"c{house.now}"))
            house.now += 6_000
            await loop.turn()
            assert loop.pools[POOL].late_seconds == 6
        await house.send(enqueue("late"))
        house.now += 3_000
        await loop.turn()
        assert loop.pools[POOL].is_behind
        await house.send(enqueue("in-time"))
        house.now += 100
        await loop.turn()
    told = [(entry["event"], entry["log_level"]) for entry in logs if entry["event"].startswith("pool-")]
    assert told == [("pool-falling-behind", "warning"), ("pool-caught-up", "info")]


async def test_one_command_that_came_late_among_others_does_not_make_the_pool_late(house: House) -> None:
    loop, _ = house.replica()
    await house.open()
    await loop.turn()
    await house.send(enqueue("c1"))
    house.now += 60_000
    await house.send(enqueue("c2"))
    await loop.turn()
    assert not loop.pools[POOL].is_behind


async def test_a_pool_with_nothing_left_to_read_has_caught_up(house: House) -> None:
    loop, _ = house.replica()
    await house.open()
    house.now += 60_000
    await loop.turn()
    assert loop.pools[POOL].is_behind
    await loop.turn()
    assert (loop.pools[POOL].is_behind, loop.pools[POOL].late_seconds) == (False, 0.0)


async def test_a_pool_whose_partition_went_is_let_go(house: House) -> None:
    loop, log = house.replica()
    await house.open()
    await loop.turn()
    log.assigned = frozenset()
    await house.send(enqueue("c1"))
    await loop.turn()
    assert not loop.pools
    assert house.told() == []


async def test_a_pool_that_was_away_and_came_back_is_read_again_though_nobody_sends_a_command(house: House) -> None:
    """Held for longer than its session, a replica is given the same partitions as before; an offer rings since."""
    held, log = house.replica()
    await house.open()
    await held.turn()
    heir, heirs_log = house.replica(start=log.committed)
    await house.send(enqueue("c1"))
    await heir.turn()
    house.now += 20_000
    log._next = heirs_log.committed
    log.assignment += 1
    await held.turn()
    assert house.told() == ["ContactQueued", "OfferMade", "OfferTimedOut"]


async def test_a_pool_that_began_while_its_partition_was_away_is_taken_over_too(house: House) -> None:
    held, log = house.replica()
    await held.turn()
    heir, heirs_log = house.replica()
    await house.open()
    await house.send(enqueue("c1"))
    await heir.turn()
    log._next = heirs_log.committed
    log.assignment += 1
    await held.turn()
    assert set(held.pools) == {POOL}


async def test_what_the_last_owner_left_untold_is_told_by_who_has_the_pool_back(house: House) -> None:
    held, log = house.replica()
    await house.open()
    await held.turn()
    heir, _ = house.replica(start=log.committed)
    await house.send(enqueue("c1"))
    house.crash_at = "after-journal"
    with pytest.raises(Crash):
        await heir.turn()
    house.crash_at = ""
    log._next = 4
    log.assignment += 1
    await held.turn()
    assert house.told() == ["ContactQueued", "OfferMade"]


async def test_commands_of_a_pool_lost_in_the_middle_are_left_to_the_next_owner(house: House) -> None:
    zombie, log = house.replica()
    await house.open()
    await zombie.turn()
    heir, _ = house.replica(start=3)
    await house.send(enqueue("c1"))
    await heir.turn()
    await house.send(enqueue("c2"))

    def lose() -> None:
        log.assigned = frozenset()

    house.journal.meanwhile = lose
    await zombie.turn()
    assert log.committed == 3
    assert house.told() == ["ContactQueued", "OfferMade"]


async def test_a_new_pool_of_a_partition_that_has_gone_is_left_to_the_next_owner(house: House) -> None:
    """Its first entry would stand where nobody looks: a pool is known by its partition's list alone."""
    loop, log = house.replica()
    await house.open()
    house.meanwhile = lambda: setattr(log, "assigned", frozenset())
    await loop.turn()
    assert (log.committed, house.journal._entries) == (0, {})
    house.meanwhile = lambda: None
    heir, _ = house.replica()
    await heir.turn()
    assert await house.journal.pools_of(0) == [POOL]


async def test_timers_fire_when_the_log_is_read_to_its_end_and_not_before(house: House) -> None:
    loop, log = house.replica()
    await house.open()
    await house.send(enqueue("c1"))
    await loop.turn()
    house.now += 20_000
    log.reachable = False
    await loop.turn()
    assert "OfferTimedOut" not in house.told()
    log.reachable = True
    house.now += 200
    await house.send(c.AcceptOffer(offer_id="off_front.1", agent_id="ann"))
    await loop.turn()
    assert house.told() == ["ContactQueued", "OfferMade", "OfferAccepted"]
    await house.send(c.EndContact(contact_id="c1", ended_by="customer"))
    await loop.turn()
    house.now += 30_000
    await loop.turn()
    assert house.told()[-1] == "WrapUpCompleted"


async def test_timers_fire_though_commands_never_cease(house: House) -> None:
    loop, log = house.replica()
    await house.open()
    await house.send(enqueue("c1"))
    await loop.turn()
    log.most = 1
    house.now += 20_000
    await house.send(*(c.EndContact(contact_id=f"nobody{n}", ended_by="system") for n in range(5)))
    for number in range(6):
        await house.send(c.EndContact(contact_id=f"nobody1{number}", ended_by="system"))
        await loop.turn()
    assert "OfferTimedOut" in house.told()


async def test_garbage_is_buried_and_the_next_command_done(house: House) -> None:
    loop, log = house.replica()
    await house.bus.publish_raw([(COMMANDS, b"acme/front", b"\xff\xff", [])])
    await house.open()
    await house.send(enqueue("c1"))
    await loop.turn()
    (letter,) = house.bus.records(f"{COMMANDS}-dlq")
    assert dict(letter.headers)["dlq-group"] == b"routing-engine"
    assert house.told() == ["ContactQueued", "OfferMade"]
    assert log.committed == 5


async def test_a_command_that_breaks_the_engine_is_refused_and_the_others_are_done(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> object:
        raise ZeroDivisionError

    monkeypatch.setitem(menu._DECISIONS, EndContact, broken)
    loop, log = house.replica()
    await house.open()
    await house.send(enqueue("c1"), c.EndContact(contact_id="c1", ended_by="customer"), enqueue("c2"))
    await loop.turn()
    assert house.told() == ["ContactQueued", "OfferMade", "ContactQueued"]
    assert len(house.bus.records(f"{COMMANDS}-dlq")) == 1
    assert "CommandRefused" in house.bus.types("routing-outcomes-v1")
    assert log.committed == 6
    heir, _ = house.replica(start=log.committed)
    await heir.turn()
    assert house.sequences() == [1, 2, 3]


async def test_a_timer_that_breaks_parks_its_contact_and_the_other_timers_fire(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    times_out = offers.time_out

    def broken(offer: Offered, now: int) -> OfferTimedOut:
        if offer.entry.contact_id == "c1":
            raise ZeroDivisionError
        return times_out(offer, now)

    monkeypatch.setattr(deadlines, "time_out", broken)
    loop, _ = house.replica()
    await house.open()
    await house.send(enqueue("c1"), enqueue("c2"))
    await loop.turn()
    house.now += 20_000
    await loop.turn()
    assert house.told()[-3:] == ["OfferWithdrawn", "ContactParked", "OfferMade"]
    house.now += 20_000
    await loop.turn()
    assert house.told()[-1] == "OfferTimedOut"
    await house.send(c.EndContact(contact_id="c1", ended_by="customer"))
    heir, _ = house.replica()
    await heir.turn()
    assert house.told()[-1] == "ContactAbandoned"


async def test_timers_that_cannot_even_be_set_aside_rest_and_commands_go_on(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(state: PoolState, contact_id: str, now: int) -> Iterator[Event]:
        if contact_id == "c1" and now >= START + 20_000:
            raise ZeroDivisionError
        yield from announce(state, contact_id, now)

    loop, _ = house.replica()
    await house.open()
    await house.send(enqueue("c1"))
    await loop.turn()
    with monkeypatch.context() as patched:
        patched.setattr(engine, "announce", broken)
        house.now += 20_000
        await house.send(enqueue("c2"))
        await loop.turn()
        await house.send(enqueue("c3"))
        await loop.turn()
    assert house.told() == ["ContactQueued", "OfferMade", "ContactQueued", "ContactQueued"]
    house.now += 5_000
    await loop.turn()
    assert "OfferTimedOut" in house.told()


async def test_a_log_that_begins_again_is_read_though_its_offsets_were_seen(house: House) -> None:
    """The memory-only broker forgets on restart; the journal does not, and another cluster's places say nothing."""
    loop, _ = house.replica()
    await house.open()
    await loop.turn()
    house.bus = InMemoryBus("another-cluster")
    heir, _ = house.replica()
    await house.send(enqueue("c1"))
    await heir.turn()
    assert house.told() == ["ContactQueued", "OfferMade"]


async def test_a_broker_that_is_away_is_waited_for(house: House) -> None:
    loop, _ = house.replica()
    await house.open()
    await house.send(enqueue("c1"))
    house.bus.available = False
    turning = asyncio.create_task(loop.turn())
    await until(lambda: bool(house.journal._entries), what="the batch is journalled")
    assert house.told() == []
    house.bus.available = True
    await asyncio.wait_for(turning, 10)
    assert house.told() == ["ContactQueued", "OfferMade"]


async def test_the_end_of_the_process_does_not_wait_for_a_broker_that_is_away(house: House) -> None:
    loop, _ = house.replica()
    await house.open()
    house.bus.available = False
    stop = asyncio.Event()
    running = asyncio.create_task(loop.run(stop))
    await until(lambda: bool(house.journal._entries), what="the batch is journalled")
    stop.set()
    await asyncio.wait_for(running, 10)
