"""Jobs that are tried until they are done: in order per key, bounded in number, with growing pauses."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog

log = structlog.get_logger(__name__)


class TryAgain(Exception):
    """The job could not be done now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """`number` counts from 1; after the `last` the job must settle for failure."""

    number: int
    last: bool


Job = Callable[[Attempt], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Seconds between attempts double from the first to the longest pause: 1, 2, 4 ... 60 is some five minutes."""

    attempts: int = 10
    first_pause: float = 1.0
    longest_pause: float = 60.0
    at_once: int = 32
    most_waiting: int = 10_000


class Retrying:
    """What is lost here with the process is found again in the store by whoever submits."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._jobs: dict[str, deque[tuple[str, Job]]] = {}
        self._names: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._places = asyncio.Semaphore(patience.at_once)

    @property
    def waiting(self) -> int:
        """How many jobs are not done."""
        return len(self._names)

    def submit(self, key: str, name: str, job: Job) -> bool:
        """Take a job in behind those of the same key, once by its name; False where there are too many already."""
        if name in self._names:
            return True
        if len(self._names) >= self._patience.most_waiting:
            return False
        self._names.add(name)
        jobs = self._jobs.get(key)
        if jobs is not None:
            jobs.append((name, job))
            return True
        self._jobs[key] = deque([(name, job)])
        task = asyncio.create_task(self._work(key))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return True

    async def finish(self, *, within_seconds: float) -> None:
        """Let what is under way end, and drop the rest."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=within_seconds)
        for task in list(self._tasks):
            task.cancel()

    async def _work(self, key: str) -> None:
        jobs = self._jobs[key]
        try:
            while jobs:
                name, job = jobs[0]
                await self._until_done(key, job)
                jobs.popleft()
                self._names.discard(name)
        finally:
            self._names.difference_update(name for name, _ in jobs)
            self._jobs.pop(key, None)

    async def _until_done(self, key: str, job: Job) -> None:
        pause = self._patience.first_pause
        for number in range(1, self._patience.attempts + 1):
            attempt = Attempt(number=number, last=number == self._patience.attempts)
            if await self._tried(key, job, attempt):
                return
            await asyncio.sleep(pause)
            pause = min(2 * pause, self._patience.longest_pause)

    async def _tried(self, key: str, job: Job, attempt: Attempt) -> bool:
        async with self._places:
            try:
                await job(attempt)
            except TryAgain as again:
                log.warning("try-again", key=key, attempt=attempt.number, reason=str(again))
                return False
            except Exception:
                log.exception("attempt-failed", key=key, attempt=attempt.number)
                return False
        return True
