"""Working on many lanes at once, a bounded number of them, and each lane alone and in order."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

LaneT = TypeVar("LaneT")


async def run_lanes(lanes: Iterable[LaneT], work: Callable[[LaneT], Awaitable[None]], *, most: int) -> None:
    """Do the work of every lane, at most so many at a time; the first error ends all and is raised."""
    waiting = deque(lanes)

    async def worker() -> None:
        while waiting:
            await work(waiting.popleft())

    workers = min(most, len(waiting))
    if workers <= 1:
        await worker()
        return
    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(workers):
                group.create_task(worker())
    except BaseExceptionGroup as several:
        raise several.exceptions[0] from None
