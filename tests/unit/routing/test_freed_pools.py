"""A pool that is given up leaves nothing behind: what the collector is kept away from would stay for ever."""

import gc
from collections.abc import Callable
from unittest.mock import patch

import pytest

from services.routing.application.uncollected import uncollected
from services.routing.domain import pool
from services.routing.domain.agent import Agent
from services.routing.domain.lane import Lane
from services.routing.domain.queue_steps import RuleStep
from services.routing.domain.stays import Waiting
from tests.unit.routing.driver import Driver, skills
from tests.unit.routing.loop_house import POOL, House, enqueue

PARTS = (Agent, Lane, Waiting)


@pytest.fixture
def cycles() -> Callable[[], list[object]]:
    """Give what of pools only a collector of cycles would free, of all that is given up from here on."""
    gc.collect()

    def found() -> list[object]:
        gc.set_debug(gc.DEBUG_SAVEALL)
        try:
            gc.collect()
            return [each for each in gc.garbage if isinstance(each, PARTS)]
        finally:
            gc.set_debug(0)
            gc.garbage.clear()

    return found


def busy() -> Driver:
    """Agents and lanes of several kinds, people who wait, ring and talk, and somebody who went."""
    driver = Driver()
    driver.queue("billing", steps=(RuleStep(after_seconds=5, relax_levels=2),))
    driver.queue("outages", choice="most-skilled")
    for name in ("ann", "bob", "cid"):
        driver.agent(name, "billing", "outages", skills=skills(english=3))
    for number in range(9):
        driver.enqueue(f"c{number}", ("billing", "outages")[number % 2], required=skills(english=1 + number % 5))
        driver.later(1)
    driver.agent("dan", "billing")
    driver.later(30)
    return driver


def test_a_dismantled_pool_holds_nothing_in_a_cycle(cycles: Callable[[], list[object]]) -> None:
    driver = busy()
    driver.state.dismantle()
    del driver
    assert cycles() == []


def test_a_pool_that_nobody_dismantles_is_such_a_cycle(cycles: Callable[[], list[object]]) -> None:
    busy()
    assert {type(each) for each in cycles()} >= {Agent, Lane}


def test_a_lane_that_is_forgotten_is_freed_at_once(cycles: Callable[[], list[object]]) -> None:
    with patch.object(pool, "MOST_LANES", 2):
        driver = busy()
        for number in range(20):
            driver.enqueue(f"d{number}", required=skills(**{f"skill-{number}": 1}))
            driver.end(f"d{number}")
    assert cycles() == []


async def test_a_replica_dismantles_what_it_gives_up_or_reads_again(house: House) -> None:
    loop, log = house.replica()
    await house.open()
    await house.send(enqueue("c1"))
    await loop.turn()
    first = loop.pools[POOL].state.agents["ann"]
    assert first.lanes
    heir, _ = house.replica(start=log.committed)
    await house.send(enqueue("c2"))
    await heir.turn()
    log.assignment += 1
    await loop.turn()
    second = loop.pools[POOL].state.agents["ann"]
    assert second is not first
    assert second.lanes
    assert not first.lanes
    log.assigned = frozenset()
    await loop.turn()
    assert not loop.pools
    assert not second.lanes


def test_garbage_of_before_is_not_kept_for_good() -> None:
    class Knot:
        freed = False

        def __init__(self) -> None:
            self.self = self

        def __del__(self) -> None:
            Knot.freed = True

    Knot()
    with uncollected():
        assert Knot.freed
