"""Waiting in tests: for what is to become true, never for a time to pass."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Protocol


async def until(condition: Callable[[], bool | Awaitable[bool]], *, what: str, seconds: float = 20.0) -> None:
    """Poll until the condition holds. Raises AssertionError that names what was waited for."""
    end = time.monotonic() + seconds
    while True:
        holds = condition()
        if not isinstance(holds, bool):
            holds = await holds
        if holds:
            return
        assert time.monotonic() < end, f"not within {seconds:.0f} s: {what}"
        await asyncio.sleep(0.02)


class Runnable(Protocol):
    async def run(self, stop: asyncio.Event) -> None: ...


@asynccontextmanager
async def running(*parts: Runnable) -> AsyncIterator[None]:
    """Run consumers, tails or sweepers while the block lasts; an error of theirs is raised when it ends."""
    stop = asyncio.Event()
    tasks = [asyncio.create_task(part.run(stop)) for part in parts]
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(asyncio.gather(*tasks), 30)
