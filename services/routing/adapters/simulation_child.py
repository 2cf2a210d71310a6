"""The child process that plays one simulation: a job as JSON on its standard input, news as JSON lines on its output.

It runs beside the routing loop, not in it, at the lowest priority and within the kernel's limits; whatever a scenario
does to it, the loop goes on.
"""

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

from services.routing.adapters.simulation_limits import SimulationLimits, too_large
from services.routing.application.simulations.ports import Failure
from services.routing.simulation.floor import TimeStandsStill
from services.routing.simulation.reader import Fault
from services.routing.simulation.reading import ScenarioInvalid, read_scenario
from services.routing.simulation.simulating import simulate

_NEWS_SECONDS = 0.2
_NICE = 15

News = dict[str, Any]
Tell = Callable[[News], None]


def main() -> None:
    """Play the job; the last line is its results or its failure."""
    job: dict[str, Any] = json.loads(sys.stdin.buffer.readline())
    limits = SimulationLimits(**job["limits"])
    os.nice(_NICE)
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds))
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _tell(played(job, limits, _tell))


def played(job: dict[str, Any], limits: SimulationLimits, tell: Tell) -> News:
    """Give the last line."""
    try:
        return {"results": _results(job, limits, tell)}
    except _Refused as refused:
        return _failure(refused.failure)
    except ScenarioInvalid as invalid:
        detail = "The scenario cannot be simulated; each field at fault says what to do."
        faults = tuple(Fault(f"/scenario{fault.pointer}", fault.detail) for fault in invalid.faults)
        return _failure(Failure(code="scenario-invalid", detail=detail, faults=faults))
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
    scenario = read_scenario(job["scenario"])
    failure = too_large(scenario, job["replications"], limits, "/scenario")
    if failure is not None:
        raise _Refused(failure)
    return simulate(scenario, seed=job["seed"], replications=job["replications"], progress=_progress(tell))


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
