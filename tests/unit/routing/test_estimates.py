"""The estimated wait: given once, judged by the true wait, and so good that four of five end inside its band."""

import random
from heapq import heappop, heappush
from statistics import mean

import pytest

from services.routing.application.snapshots import restored, snapshot
from services.routing.domain.accuracy import accuracy
from services.routing.domain.engine import begin, replay
from services.routing.domain.estimates import places
from services.routing.domain.events import WaitEstimated
from services.routing.domain.expecting import expected
from services.routing.domain.forecaster import Forecaster
from services.routing.domain.forecasts import Forecast
from services.routing.domain.pool import PoolState
from tests.unit.routing.driver import Driver, names, the


@pytest.fixture
def pool() -> Driver:
    driver = Driver()
    driver.queue("billing", ring_seconds=60, wrap_up_seconds=0)
    driver.agent("ann", "billing")
    return driver


def served(pool: Driver, contact_id: str, waits: float, talks: float) -> None:
    """Let a contact be offered, answered after so many seconds, and ended after so many more."""
    pool.enqueue(contact_id)
    pool.later(waits)
    pool.accept(contact_id)
    pool.later(talks)
    pool.end(contact_id)


def test_nothing_is_estimated_before_the_queue_has_answered_anybody(pool: Driver) -> None:
    pool.enqueue("c1")
    pool.enqueue("c2")
    assert [place.expected for place in places(pool.state, "billing", pool.now)] == [None]
    assert pool.state.given == {}


def test_time_in_which_nobody_waited_does_not_make_a_queue_slow(pool: Driver) -> None:
    served(pool, "c1", 2, 30)
    pool.later(3_600)
    served(pool, "c2", 4, 30)
    assert pool.state.forecasts["billing"].kept().gaps_ms == (2_000, 4_000)


def test_whoever_finds_nobody_free_is_given_an_estimate_once_and_judged_by_the_true_wait(pool: Driver) -> None:
    served(pool, "c1", 10, 0)
    served(pool, "c2", 10, 0)
    pool.enqueue("c3")
    assert "WaitEstimated" not in names(pool.enqueue("c3"))
    pool.accept("c3")
    given = the(WaitEstimated, pool.enqueue("c4")).given
    assert (given.position, given.contact_id) == (1, "c4")
    assert given.mean_seconds == pytest.approx(20 / 3, abs=0.001)
    pool.later(9)
    pool.end("c3")
    assert "WaitEstimated" not in names(pool.reject("c4"))
    pool.accept("c4")
    known = accuracy(pool.state.forecasts["billing"])
    assert (known.judged, known.inside_band_share) == (1, 1.0)
    assert known.mean_absolute_error_seconds == pytest.approx(9 - given.estimated_seconds, abs=0.06)
    assert pool.state.given == {}


def test_whoever_gives_up_is_not_judged(pool: Driver) -> None:
    served(pool, "c1", 10, 0)
    pool.enqueue("c2")
    pool.enqueue("c3")
    assert list(pool.state.given) == ["c3"]
    pool.end("c3")
    assert (pool.state.given, accuracy(pool.state.forecasts["billing"]).judged) == ({}, 0)


def test_a_place_further_back_waits_longer_and_a_halted_queue_ever_longer(pool: Driver) -> None:
    for number in range(6):
        served(pool, f"c{number}", 10 + number % 2, 0)
    for number in range(4):
        pool.enqueue(f"w{number}")
    now = [place.expected for place in places(pool.state, "billing", pool.now)]
    waits = [each.estimated_seconds for each in now if each is not None]
    assert waits == sorted(waits)
    assert len(waits) == 3
    assert all(e.low_seconds < e.estimated_seconds < e.high_seconds for e in now if e is not None)
    later = [place.expected for place in places(pool.state, "billing", pool.now + 600_000)]
    assert all(b.estimated_seconds > a.estimated_seconds for a, b in zip(now, later, strict=True) if a and b)


def test_past_errors_move_the_estimate_and_the_band() -> None:
    """True waits always a deviate above the model's middle: the next estimate is as much longer."""
    plain = Forecast(queue_id="q", gaps_ms=(10_000,) * 10)
    taught = Forecast(queue_id="q", gaps_ms=(10_000,) * 10, z_milli=tuple(range(1_000, 1_040)))
    before, after = expected(Forecaster(plain), 4), expected(Forecaster(taught), 4)
    assert before is not None
    assert after is not None
    assert before.estimated_seconds == 40
    assert after.estimated_seconds > before.estimated_seconds
    assert before.low_seconds < after.low_seconds < after.high_seconds < before.high_seconds + 5


def simulated(
    seed: int, *, agents: int, load: float, patience: float, even: bool = False
) -> tuple[float, float, float]:
    """Run a queue for 3,000 contacts; gives the share inside the band, the mean error, and that of the usual wait.

    Calls last 100 s, exponentially or nearly all the same; customers give up after an exponential patience.
    """
    pick, pool = random.Random(seed), Driver()
    pool.queue("billing", ring_seconds=60, wrap_up_seconds=0)
    for number in range(agents):
        pool.agent(f"a{number}", "billing")
    agenda: list[tuple[float, str, str]] = [(0.0, "comes", "c0")]
    inside: list[bool] = []
    errors: list[float] = []
    waits: list[float] = []
    began, started = 0, pool.now
    while agenda and began < 3_000:
        at, what, contact = heappop(agenda)
        begin_at = started + round(at * 1000)
        pool.later((begin_at - pool.now) / 1000)
        if what == "comes":
            began += 1
            pool.enqueue(contact)
            heappush(agenda, (at + pick.expovariate(agents * load / 100), "comes", f"c{began}"))
            heappush(agenda, (at + pick.expovariate(1 / patience), "leaves", contact))
        elif what == "ends" or contact in {w.waiting.entry.contact_id for w in places(pool.state, "billing", pool.now)}:
            pool.end(contact)
        for offer in [hold for hold in pool.state.holds.values() if hasattr(hold, "offered_at")]:
            name = offer.entry.contact_id
            given = pool.state.given.get(name)
            pool.accept(name)
            talk = pick.gauss(100, 10) if even else pick.expovariate(1 / 100)
            heappush(agenda, (at + max(talk, 1), "ends", name))
            if given is not None:
                known = pool.state.forecasts["billing"]
                inside.append(known.inside[-1])
                errors.append(known.errors_ms[-1] / 1000)
                waits.append((pool.now - given.at) / 1000)
    usual = sorted(waits)[len(waits) // 2]
    return mean(inside), mean(errors), mean(abs(wait - usual) for wait in waits)


@pytest.mark.parametrize(
    ("agents", "load", "patience", "even"),
    [(5, 0.95, 600, False), (20, 1.1, 300, False), (10, 0.95, 1e9, False), (8, 1.05, 400, True), (1, 0.8, 1e9, False)],
)
def test_four_of_five_true_waits_are_inside_the_band(agents: int, load: float, patience: float, even: bool) -> None:
    share, error, blind = simulated(7, agents=agents, load=load, patience=patience, even=even)
    assert 0.77 <= share <= 0.83
    assert error < 0.75 * blind


def test_journal_and_snapshot_give_the_same_estimates(pool: Driver) -> None:
    for number in range(5):
        served(pool, f"c{number}", 10, 0)
    for number in range(5):
        pool.enqueue(f"w{number}")
    pool.accept("w0")
    pool.end("w0")
    pool.accept("w1")
    state = PoolState(pool_id=pool.state.pool_id)
    for now, step in pool.steps:
        begin(state, now)
        replay(state, step, now)
    assert state.given.keys() == {"w2", "w3", "w4"}
    assert list(snapshot(state)) == list(snapshot(pool.state))
    assert list(snapshot(restored(snapshot(pool.state)))) == list(snapshot(pool.state))
