"""Without impatience every wait follows from arrivals and service times alone: the engine must give the same ones."""

from heapq import heapify, heappop, heappush

import pytest

from services.routing.simulation.replication import play
from services.routing.simulation.results import results
from tests.unit.routing_simulation.scenes import coming, group, queue, scenario


def waits_by_recursion(arrivals: list[float], talk: float, servers: int) -> list[int]:
    """Let each customer take the server who is free first (Kiefer and Wolfowitz)."""
    free = [0.0] * servers
    heapify(free)
    waits = []
    for arrival in arrivals:
        start = max(arrival, heappop(free))
        heappush(free, start + talk)
        waits.append(round((start - arrival) * 1000))
    return waits


@pytest.mark.parametrize("servers", [1, 2, 5])
def test_waits_are_those_of_the_recursion(servers: int) -> None:
    arrivals = [float(number * number % 997 + number // 3) for number in range(120)]
    arrivals.sort()
    front = queue(handling={"talk": 47.5, "wrap_up": 12.25}, arrivals=coming(*arrivals))
    outcome = play(scenario(front, groups=[group(staff=servers)], closing_seconds=86_400.0), seed=1, checked=True)
    tally = outcome.queues["front", "voice"]
    assert tally.waits == waits_by_recursion(arrivals, 59.75, servers)
    assert tally.total().time["wait_answered"] == sum(tally.waits)


def test_a_day_without_anybody_has_no_rates() -> None:
    quiet = scenario(queue(arrivals=[{"counts": [0]}]))
    (row,) = results(quiet, 1, [play(quiet, seed=1)])["queues"]
    assert row["counters"]["offered"]["mean"] == 0
    assert set(row["service_level"].values()) == {None}
