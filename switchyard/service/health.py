"""Whether a process still does its work: liveness is "the loops turned", readiness "the parts answer"."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

#: A loop that has not turned for this long is stuck: three of the broker's session timeouts.
DEFAULT_LIMIT_SECONDS = 90.0
_CHECK_SECONDS = 2.0

Check = Callable[[], Awaitable[bool]]


@dataclass(slots=True)
class Heartbeat:
    """One loop's sign of life."""

    limit_seconds: float = DEFAULT_LIMIT_SECONDS
    last: float = field(default_factory=time.monotonic)

    def beat(self) -> None:
        self.last = time.monotonic()

    @property
    def age_seconds(self) -> float:
        return time.monotonic() - self.last


@dataclass(slots=True)
class Health:
    """The signs of one process. `draining` is set first when it is told to end: long answers end themselves then."""

    draining: asyncio.Event = field(default_factory=asyncio.Event)
    started: bool = False
    _loops: dict[str, Callable[[], float]] = field(default_factory=dict)
    _limits: dict[str, float] = field(default_factory=dict)
    _checks: dict[str, Check] = field(default_factory=dict)

    def heartbeat(self, name: str, limit_seconds: float = DEFAULT_LIMIT_SECONDS) -> Heartbeat:
        """Return the heartbeat that a background loop calls at every turn."""
        beat = Heartbeat(limit_seconds)
        self.watch(name, lambda: beat.age_seconds, limit_seconds)
        return beat

    def watch(self, name: str, age_seconds: Callable[[], float], limit_seconds: float = DEFAULT_LIMIT_SECONDS) -> None:
        """Watch a loop that tells by itself how many seconds ago it turned."""
        self._loops[name] = age_seconds
        self._limits[name] = limit_seconds

    def require(self, name: str, check: Check) -> None:
        """Add a condition of readiness."""
        self._checks[name] = check

    def loops(self) -> dict[str, float]:
        return {name: round(age(), 3) for name, age in self._loops.items()}

    def stuck(self) -> list[str]:
        return [name for name, age in self._loops.items() if age() > self._limits[name]]

    async def unready(self) -> list[str]:
        """Name what keeps the process from serving; empty when it is ready."""
        if self.draining.is_set():
            return ["draining"]
        if not self.started:
            return ["starting"]
        answers = await asyncio.gather(*(_answer(check) for check in self._checks.values()))
        return [name for name, good in zip(self._checks, answers, strict=True) if not good]


async def _answer(check: Check) -> bool:
    try:
        return await asyncio.wait_for(check(), _CHECK_SECONDS)
    except Exception:  # noqa: BLE001 -- whatever fails, the part is not ready
        return False
