"""The same seed gives the same bits, in any process; and what is changed does not change anybody's luck."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

from services.routing.simulation.reading import read_scenario
from services.routing.simulation.replication import Outcome, play
from services.routing.simulation.simulating import simulate
from tests.unit.routing_simulation.scenes import Plain, exponential, group, plain, queue, scenario

_ROOT = Path(__file__).resolve().parents[3]


def busy_hour(**fields: object) -> Plain:
    """Everything random at once."""
    arrivals = [{"rates_per_hour": [90, 120], "busyness_shape": 20}]
    handling = {
        "talk": {"distribution": "lognormal", "mean_seconds": 180, "sd_seconds": 90},
        "wrap_up": {"distribution": "gamma", "mean_seconds": 30, "shape": 2},
    }
    again = {"delay": exponential(300), "after_abandoned": 0.5, "after_blocked": 0.5}
    front = queue(arrivals=arrivals, handling=handling, patience=exponential(90), again=again)
    back = queue("back", arrivals=[{"counts": [20, 30], "process": "counted"}], handling={"talk": exponential(200)})
    acceptance = {
        "delay": {"distribution": "uniform", "low_seconds": 1, "high_seconds": 5},
        "rejects": 0.05,
        "lets_ring": 0.05,
    }
    groups = [group("both", "front", "back", staff=[6, 5], acceptance=acceptance), group("some", staff=2)]
    return plain(front, back, groups=groups, lines=14, busyness_shape=30, **fields)


def digest(seed: int) -> str:
    made = read_scenario(busy_hour(replications=3))
    return hashlib.sha256(json.dumps(simulate(made, seed=seed), sort_keys=True).encode()).hexdigest()


def test_the_same_seed_gives_the_same_bits_and_another_seed_others() -> None:
    assert digest(7) == digest(7)
    assert digest(7) != digest(8)


def test_processes_with_other_hash_seeds_give_the_same_bits() -> None:
    code = "from tests.unit.routing_simulation.test_same_bits import digest; print(digest(7))"
    told = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=_ROOT,
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for hash_seed in ("1", "4242")
    }
    assert told == {digest(7)}


def test_checking_every_step_and_telling_progress_change_nothing() -> None:
    made = read_scenario(busy_hour(replications=2))
    told: list[float] = []
    assert simulate(made, checked=True, progress=told.append) == simulate(made)
    assert told == sorted(told)
    assert (told[0], told[-1]) == (0.0, 1.0)


def test_replications_differ_and_do_not_depend_on_how_many_there_are() -> None:
    made = scenario(queue(arrivals=[{"counts": [40]}]))
    first, second = (play(made, seed=1, replication=number) for number in (1, 2))
    assert offered(first) != offered(second)
    assert offered(play(made, seed=1, replication=2)) == offered(second)


def test_more_agents_meet_the_same_customers_at_the_same_instants() -> None:
    def day(staff: int) -> Outcome:
        arrivals = [{"rates_per_hour": [200, 300]}]
        front = queue(arrivals=arrivals, handling={"talk": exponential(100)}, patience=exponential(300))
        return play(scenario(front, groups=[group(staff=staff)]), seed=3)

    few, many = day(5), day(12)
    assert offered(few) == offered(many)
    few_total, many_total = (each.queues["front", "voice"].total() for each in (few, many))
    assert few_total.counters["abandoned"] > many_total.counters["abandoned"]


def test_another_queue_does_not_change_the_customers_of_this_one() -> None:
    front, other = queue(arrivals=[{"counts": [40]}]), queue("other", arrivals=[{"counts": [9]}])
    alone = play(scenario(front), seed=5)
    both = play(scenario(other, front, groups=[group("all", "front", "other")]), seed=5)
    assert offered(alone) == offered(both)


def test_a_customer_who_is_served_takes_as_long_whoever_serves_them() -> None:
    front = queue(arrivals=[{"counts": [30]}], handling={"talk": exponential(100)})
    one, ten = (play(scenario(front, groups=[group(staff=staff)], closing_seconds=86_400), seed=2) for staff in (1, 10))
    talks = [each.queues["front", "voice"].total().time["talk"] for each in (one, ten)]
    assert talks[0] == talks[1]


def offered(outcome: Outcome) -> dict[int, int]:
    """Customers of the front queue by quarter of an hour."""
    return {
        start: row.counters["offered"]
        for start, row in outcome.queues["front", "voice"].rows.items()
        if row.counters["offered"]
    }
