"""The routing loop among garbage, commands and timers that break, and a broker that is away or begins again."""

import asyncio
from collections.abc import Iterator

import pytest

from services.routing.domain import decide as menu
from services.routing.domain import engine
from services.routing.domain.announcing import announce
from services.routing.domain.commands import EndContact
from services.routing.domain.decisions import deadlines, offers
from services.routing.domain.events import Event, OfferTimedOut
from services.routing.domain.pool import PoolState
from services.routing.domain.stays import Offered
from switchyard.internal.routing.v1 import commands_pb2 as c
from switchyard.testing.memory_bus import InMemoryBus
from switchyard.testing.polling import until
from tests.unit.routing.loop_house import COMMANDS, START, House, enqueue


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
