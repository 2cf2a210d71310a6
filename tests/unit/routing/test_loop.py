"""The routing loop between a log, a journal and a broker: what is told is journalled, and nothing is told twice."""

import pytest

from switchyard.internal.routing.v1 import commands_pb2 as c
from tests.unit.routing.loop_house import POOL, Crash, House, enqueue


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
