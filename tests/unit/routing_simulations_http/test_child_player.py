"""Simulations in a process of their own: the same results as here, and an end to whatever takes too much."""

import asyncio
import json
from dataclasses import replace

import pytest

from services.routing.adapters.simulation_limits import SimulationLimits
from services.routing.adapters.simulation_player import ChildPlayer
from services.routing.application.simulations.ports import PlayFailed, SimulationJob
from services.routing.simulation.reading import read_scenario
from services.routing.simulation.simulating import simulate
from tests.unit.routing_simulation.scenes import coming, exponential, group, plain, queue

HOUR = plain(queue(arrivals=[{"counts": [40, 50]}], handling={"talk": exponential(70)}), replications=3)
#: At the priority of the tests themselves, so that a busy machine does not starve the child.
LIMITS = SimulationLimits(nice=0)
JOB = SimulationJob(name="hour", scenario=HOUR, seed=9, replications=4)


async def test_a_child_gives_the_same_bits_as_this_process() -> None:
    told: list[float] = []
    results = await ChildPlayer(LIMITS).play(JOB, told.append)
    here = simulate(read_scenario(HOUR), seed=9, replications=4)
    assert results == json.loads(json.dumps(here))
    assert told
    assert all(0 <= share <= 1 for share in told)


async def test_a_scenario_that_slipped_through_is_refused_by_its_fields() -> None:
    wrong = replace(JOB, scenario={**HOUR, "open_seconds": -1})
    with pytest.raises(PlayFailed) as refused:
        await ChildPlayer(LIMITS).play(wrong, lambda _: None)
    failure = refused.value.failure
    assert (failure.code, failure.faults[0].pointer) == ("scenario-invalid", "/scenario/open_seconds")


async def test_one_that_takes_too_much_time_is_ended() -> None:
    endless = replace(JOB, scenario=plain(queue(arrivals=[{"rates_per_hour": [30_000]}])), replications=60)
    with pytest.raises(PlayFailed) as refused:
        await ChildPlayer(replace(LIMITS, cpu_seconds=1)).play(endless, lambda _: None)
    assert refused.value.failure.code == "simulation-too-costly"


async def test_one_that_takes_too_much_memory_is_ended() -> None:
    crowded = replace(JOB, scenario=plain(queue(arrivals=[{"rates_per_hour": [1_000_000]}])), replications=1)
    with pytest.raises(PlayFailed) as refused:
        await ChildPlayer(replace(LIMITS, memory_bytes=100 * 1024 * 1024)).play(crowded, lambda _: None)
    assert refused.value.failure.code == "simulation-too-costly"


async def test_a_scenario_in_which_time_stands_still_is_ended() -> None:
    lazy = group(acceptance={"rejects": 0.9999999, "delay": 0})
    still = replace(JOB, scenario=plain(queue(arrivals=coming(0, 1)), groups=[lazy]), replications=1)
    with pytest.raises(PlayFailed) as refused:
        await ChildPlayer(LIMITS).play(still, lambda _: None)
    assert refused.value.failure.code == "simulation-stands-still"


async def test_giving_up_ends_the_child() -> None:
    long = replace(JOB, scenario=plain(queue(arrivals=[{"rates_per_hour": [20_000]}])), replications=50)
    under_way = asyncio.Event()
    task = asyncio.create_task(ChildPlayer(LIMITS).play(long, lambda _: under_way.set()))
    await asyncio.wait_for(under_way.wait(), 60)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 10)
