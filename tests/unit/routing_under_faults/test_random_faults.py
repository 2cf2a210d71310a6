"""The whole routing service under one seeded scheduler: whatever is killed, held, cut, late or doubled, it holds.

A seed that fails is lived through again by `simulated(seed)`; its trace says what happened when.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tally import Tally
from tests.unit.routing_under_faults.seeds import AT_ONCE, SEEDS
from tests.unit.routing_under_faults.world import simulated

ROOT = Path(__file__).resolve().parents[3]
#: Lives through a seed in a process of its own, whose sets and dicts of strings lie in another order.
_PROGRAM = "from tests.unit.routing_under_faults.world import simulated; print(simulated({seed}).trace.hash())"


@pytest.mark.parametrize("first", range(0, SEEDS, AT_ONCE))
def test_nothing_is_lost_and_nothing_happens_twice(first: int, tally: Tally) -> None:
    outcomes = [simulated(seed) for seed in range(first, first + AT_ONCE)]
    tally.count("histories", len(outcomes))
    tally.holds([f"seed {each.seed}: {violation}" for each in outcomes for violation in each.violations])


def test_two_runs_of_a_seed_are_the_same_history() -> None:
    assert simulated(7).trace.lines == simulated(7).trace.lines
    assert simulated(7).trace.hash() != simulated(8).trace.hash()


def test_another_process_lives_through_the_same_history() -> None:
    assert {_hash_in_a_process_of_its_own(11, salt) for salt in ("1", "2")} == {simulated(11).trace.hash()}


def _hash_in_a_process_of_its_own(seed: int, salt: str) -> str:
    program = _PROGRAM.format(seed=seed)
    environment = {**os.environ, "PYTHONHASHSEED": salt}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()
