"""A routing loop that gets to its commands too late says so, once, and says when it has caught up."""

from structlog.testing import capture_logs

from tests.unit.routing.loop_house import POOL, House, enqueue


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
