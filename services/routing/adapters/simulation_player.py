"""Plays simulations in child processes, so that the routing loop never waits for one."""

import asyncio
import json
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

import structlog

from services.routing.adapters.child_processes import child
from services.routing.adapters.simulation_limits import OUT_OF_MEMORY, SimulationLimits
from services.routing.application.simulations.ports import Failure, Plain, PlayFailed, SimulationJob
from services.routing.simulation.reader import Fault

log = structlog.get_logger(__name__)

#: Results are one line.
_LONGEST_LINE = 256 * 1024 * 1024
#: Out of processor time, or killed by whoever guards the machine's memory.
_LIMIT_SIGNALS = frozenset({signal.SIGXCPU, signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT})


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalPlace:
    """Where the child finds the journal of a day to be replayed."""

    uri: str
    database: str


class ChildPlayer:
    """One child for each job, ended with it or with whoever waits for it."""

    def __init__(self, limits: SimulationLimits, journal: JournalPlace | None = None) -> None:
        self._limits = limits
        self._journal = journal

    async def play(self, job: SimulationJob, progress: Callable[[float], None]) -> Plain:
        async with child("services.routing.adapters.simulation_child", longest_line=_LONGEST_LINE) as process:
            return await self._listen(process, job, progress)

    async def _listen(
        self, process: asyncio.subprocess.Process, job: SimulationJob, progress: Callable[[float], None]
    ) -> Plain:
        assert process.stdin is not None  # noqa: S101 both are pipes, made so in child()
        assert process.stdout is not None  # noqa: S101
        with suppress(ConnectionError):
            process.stdin.write(json.dumps(self._told(job)).encode() + b"\n")
            await process.stdin.drain()
        while line := await process.stdout.readline():
            # Large results are read beside the loop, too.
            news = json.loads(line) if len(line) < 10_000 else await asyncio.to_thread(json.loads, line)
            if "results" in news:
                results: Plain = news["results"]
                return results
            if "failure" in news:
                raise PlayFailed(_failure(news["failure"]))
            progress(news["progress"])
        raise PlayFailed(_death(await process.wait()))

    def _told(self, job: SimulationJob) -> dict[str, Any]:
        return {**asdict(job), "limits": asdict(self._limits), "journal": self._journal and asdict(self._journal)}


def _failure(told: dict[str, Any]) -> Failure:
    faults = tuple(Fault(each["pointer"], each["detail"]) for each in told["faults"])
    return Failure(code=told["code"], detail=told["detail"], faults=faults)


def _death(code: int) -> Failure:
    log.warning("simulation-died", exit_code=code)
    if -code in _LIMIT_SIGNALS or code == OUT_OF_MEMORY:
        return Failure(code="simulation-too-costly", detail="The simulation takes too much time or memory.")
    return Failure(code="simulation-failed", detail="The simulation met a fault of the service; its log says which.")
