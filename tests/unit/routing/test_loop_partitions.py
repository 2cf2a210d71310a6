"""Partitions come to a routing loop, go, and come back changed."""

import pytest

from switchyard.internal.routing.v1 import commands_pb2 as c
from tests.unit.routing.loop_house import POOL, Crash, House, enqueue


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


async def test_an_agent_who_was_busy_when_a_queue_was_first_used_is_found_by_the_heir(house: House) -> None:
    """All that the heir knows of who has become free it has from the journal."""
    loop, log = house.replica()
    capacity = [c.ChannelCapacity(channel="chat", units=100, most=1)]
    ann = c.ConfigureAgent(
        agent_id="ann", queue_ids=["billing", "sales"], capacity_units=100, channels=capacity, version=2
    )
    await house.open()
    await house.send(c.ConfigureQueue(queue_id="sales", ring_seconds=20, wrap_up_seconds=30, version=1), ann)
    for contact, queue in (("c1", "billing"), ("c2", "sales")):
        await house.send(c.EnqueueContact(contact_id=contact, entry=1, queue_id=queue, channel="chat"))
    for number, contact in enumerate(("c1", "c2"), 1):
        await house.send(
            c.AcceptOffer(offer_id=f"off_front.{number}", agent_id="ann"),
            c.EndContact(contact_id=contact, ended_by="customer"),
            c.CompleteWrapUp(contact_id=contact, agent_id="ann"),
        )
    await loop.turn()
    heir, _ = house.replica(start=log.committed)
    await house.send(c.EnqueueContact(contact_id="c3", entry=1, queue_id="sales", channel="chat"))
    await heir.turn()
    assert house.told()[-2:] == ["ContactQueued", "OfferMade"]
