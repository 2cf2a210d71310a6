"""The child process that plays one simulation: a job as JSON on its standard input, news as JSON lines on its output.

It runs beside the routing loop, not in it, at a low priority and within the kernel's limits; whatever a scenario
does to it, the loop goes on.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any, TypeVar

from services.routing.adapters.cel_expressions import CelExpressions
from services.routing.adapters.child_processes import confine
from services.routing.adapters.journal_span import recorded_steps
from services.routing.adapters.simulated_pool import pools_with
from services.routing.adapters.simulation_limits import OUT_OF_MEMORY, SimulationLimits, too_large
from services.routing.application.ports import PoolKey
from services.routing.application.simulations.ports import Failure
from services.routing.simulation.floor import TimeStandsStill
from services.routing.simulation.reader import Fault
from services.routing.simulation.reading import ScenarioInvalid, read_scenario
from services.routing.simulation.recorded_day import RecordedDay
from services.routing.simulation.replaying import NothingRecorded, replay_of
from services.routing.simulation.scenario import Scenario
from services.routing.simulation.simulating import simulate
from switchyard.eventing.aggregates import StoreUnavailable
from switchyard.mongo.client import MongoSettings, connect

_NEWS_SECONDS = 0.2

T = TypeVar("T")
News = dict[str, Any]
Tell = Callable[[News], None]
_NO_SPAN = (Fault("/replay/from", "nothing was recorded from here on"),)


def main() -> None:
    """Play the job; the last line is its results or its failure."""
    job: dict[str, Any] = json.loads(sys.stdin.buffer.readline())
    limits = SimulationLimits(**job["limits"])
    confine(nice=limits.nice, cpu_seconds=limits.cpu_seconds, memory_bytes=limits.memory_bytes)
    try:
        _tell(played(job, limits, _tell))
    except MemoryError:
        # Not even its failure could be written up; nothing that takes memory may follow.
        os._exit(OUT_OF_MEMORY)


def played(job: dict[str, Any], limits: SimulationLimits, tell: Tell) -> News:
    """Give the last line."""
    try:
        return {"results": _results(job, limits, tell)}
    except _Refused as refused:
        return _failure(refused.failure)
    except StoreUnavailable as away:
        return _failure(Failure(code="database-unavailable", detail=f"The journal cannot be read now: {away}"))
    except TimeStandsStill as still:
        detail = f"Time does not move on: {still}. Let offers, rejections or coming back take some time."
        return _failure(Failure(code="simulation-stands-still", detail=detail))
    except MemoryError:
        return _failure(Failure(code="simulation-too-costly", detail="The simulation takes too much memory."))


class _Refused(Exception):
    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.detail)
        self.failure = failure


def _results(job: dict[str, Any], limits: SimulationLimits, tell: Tell) -> News:
    if job["replay"] is not None:
        return _replayed(job, limits, tell)
    scenario = _invalid_at("/scenario", lambda: read_scenario(job["scenario"], CelExpressions()))
    return _simulated(scenario, job, limits, tell, "/scenario")


def _replayed(job: dict[str, Any], limits: SimulationLimits, tell: Tell) -> News:
    asked = job["replay"]
    day = asyncio.run(_recorded(asked, job["journal"]))
    try:
        replay = _invalid_at("/replay/changes", lambda: replay_of(day, job["name"], asked["changes"], CelExpressions()))
    except NothingRecorded as nothing:
        detail = "The journal has no answered contact of this pool in this span."
        raise _Refused(Failure(code="nothing-recorded", detail=detail, faults=_NO_SPAN)) from nothing
    return {**_simulated(replay.scenario, job, limits, tell, "/replay"), "real": replay.real}


async def _recorded(asked: dict[str, Any], place: dict[str, str]) -> RecordedDay:
    client = connect(MongoSettings(uri=place["uri"], database=place["database"], app_name="routing-simulation"))
    pool, since, until = PoolKey(asked["tenant"], asked["pool"]), asked["since"], asked["until"]
    day = RecordedDay(since, until)
    try:
        async for step in recorded_steps(client[place["database"]], pool, since, until):
            day.read((step,))
    finally:
        client.close()
    return day.close()


def _simulated(scenario: Scenario, job: dict[str, Any], limits: SimulationLimits, tell: Tell, root: str) -> News:
    failure = too_large(scenario, job["replications"], limits, root)
    if failure is not None:
        raise _Refused(failure)
    return simulate(
        scenario,
        seed=job["seed"],
        replications=job["replications"],
        new_pool=pools_with(CelExpressions()),
        progress=_progress(tell),
    )


def _invalid_at(root: str, read: Callable[[], T]) -> T:
    """Point from the request's root. Raises _Refused."""
    try:
        return read()
    except ScenarioInvalid as invalid:
        faults = tuple(Fault(f"{root}{fault.pointer}", fault.detail) for fault in invalid.faults)
        detail = "This cannot be simulated; each field at fault says what to do."
        raise _Refused(Failure(code="scenario-invalid", detail=detail, faults=faults)) from invalid


def _progress(tell: Tell) -> Callable[[float], None]:
    told = 0.0

    def progress(share: float) -> None:
        nonlocal told
        now = time.monotonic()
        if now - told >= _NEWS_SECONDS:
            told = now
            tell({"progress": share})

    return progress


def _failure(failure: Failure) -> News:
    faults = [{"pointer": fault.pointer, "detail": fault.detail} for fault in failure.faults]
    return {"failure": {"code": failure.code, "detail": failure.detail, "faults": faults}}


def _tell(news: News) -> None:
    sys.stdout.write(json.dumps(news) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
