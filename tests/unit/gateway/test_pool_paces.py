"""A pool that routing falls behind with takes no new contacts until it has caught up, and says so once."""

import pytest
from structlog.testing import capture_logs

from services.gateway.application.pool_paces import RETRY_SECONDS, PoolBehind, PoolPaces
from switchyard.testing.clock import FixedClock

POOL, OTHER = "acme/front", "acme/back"
BOUND = 15.0


class Pool:
    """Paces on a clock that the test turns."""

    def __init__(self) -> None:
        self.clock = FixedClock()
        self.turned_away = 0
        self.paces = PoolPaces(self.clock, BOUND, self._count)

    def _count(self) -> None:
        self.turned_away += 1

    def later(self, seconds: float) -> None:
        self.clock.advance(seconds=seconds)

    def lets_in(self, pool_id: str = "front") -> bool:
        try:
            self.paces.admit("acme", pool_id)
        except PoolBehind:
            return False
        return True


@pytest.fixture
def pool() -> Pool:
    return Pool()


def test_a_pool_that_answers_in_time_takes_everybody(pool: Pool) -> None:
    for number in range(5):
        pool.paces.sent(POOL, f"c{number}")
        pool.later(BOUND - 1)
        assert pool.lets_in()
        pool.paces.answered(POOL, f"c{number}")
    assert pool.turned_away == 0


def test_a_pool_behind_by_more_than_the_bound_lets_in_only_one_now_and_then(pool: Pool) -> None:
    pool.paces.sent(POOL, "c1")
    pool.later(BOUND + 1)
    assert [pool.lets_in() for _ in range(3)] == [True, False, False]
    pool.later(RETRY_SECONDS)
    assert [pool.lets_in() for _ in range(2)] == [True, False]
    assert pool.turned_away == 3


def test_whoever_is_turned_away_is_told_when_to_come_again(pool: Pool) -> None:
    pool.paces.sent(POOL, "c1")
    pool.later(BOUND + 1)
    assert pool.lets_in()
    with pytest.raises(PoolBehind) as told:
        pool.paces.admit("acme", "front")
    assert told.value.retry_after_seconds == RETRY_SECONDS


def test_other_pools_and_other_tenants_are_not_held_up(pool: Pool) -> None:
    pool.paces.sent(POOL, "c1")
    pool.later(BOUND + 1)
    assert pool.lets_in()
    assert not pool.lets_in()
    assert [pool.lets_in("back") for _ in range(2)] == [True, True]
    pool.paces.admit("other", "front")


def test_an_answer_answers_for_everything_sent_before_it(pool: Pool) -> None:
    for command in ("c1", "c2", "c3"):
        pool.paces.sent(POOL, command)
        pool.later(10)
    pool.paces.answered(POOL, "c2")
    assert pool.paces.most_behind_seconds() == 10
    pool.paces.answered(POOL, "c3")
    assert pool.paces.most_behind_seconds() == 0


def test_answers_to_somebody_elses_commands_say_nothing(pool: Pool) -> None:
    pool.paces.sent(POOL, "c1")
    pool.later(3)
    pool.paces.answered(POOL, "another-replicas")
    pool.paces.answered(OTHER, "c1")
    assert pool.paces.most_behind_seconds() == 3


def test_a_command_sent_again_is_as_old_as_when_it_was_first_sent(pool: Pool) -> None:
    pool.paces.sent(POOL, "c1")
    pool.later(7)
    pool.paces.sent(POOL, "c1")
    assert pool.paces.most_behind_seconds() == 7


def test_falling_behind_and_catching_up_are_told_once_each_however_the_age_swings_between(pool: Pool) -> None:
    """Around the bound a pool is not now behind, now not: it has caught up at half of it."""
    with capture_logs() as logs:
        for number in range(20):
            pool.paces.sent(POOL, f"c{number}")
            pool.later(1)
        pool.lets_in()
        for number in range(20, 30):
            pool.paces.sent(POOL, f"c{number}")
            pool.paces.answered(POOL, f"c{number - 13}")
            pool.later(1)
            pool.lets_in()
        pool.paces.answered(POOL, "c29")
        assert pool.lets_in()
        assert pool.lets_in()
    assert [entry["event"] for entry in logs] == ["pool-falling-behind", "pool-caught-up"]


def test_an_answer_that_was_missed_is_not_waited_for_for_ever(pool: Pool) -> None:
    pool.paces.sent(POOL, "c1")
    pool.later(601)
    assert pool.paces.most_behind_seconds() == 0
    assert [pool.lets_in() for _ in range(2)] == [True, True]
