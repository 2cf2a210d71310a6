"""Watching the tasks of a process: one that ends before it was told to takes the process with it."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import structlog

_log = structlog.get_logger(__name__)


class PartDied(Exception):
    """A background task or consumer ended by itself."""


class Supervisor:
    """Tasks that run until `stop` is set."""

    def __init__(self) -> None:
        self.stop = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, name: str, work: Callable[[asyncio.Event], Awaitable[None]]) -> None:
        async def run() -> None:
            await work(self.stop)

        self.watch(name, run())

    def watch(self, name: str, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        return task

    async def wait(self, asked: asyncio.Event) -> None:
        """Return when `asked` is set. Raises PartDied when a task ends before."""
        never: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        await self.until(never, asked)

    async def until(self, reached: "asyncio.Future[Any]", asked: asyncio.Event) -> None:
        """Return when `reached` is done or `asked` is set. Raises PartDied when a task ends before."""
        asking = asyncio.create_task(asked.wait(), name="asked to end")
        try:
            done, _ = await asyncio.wait({reached, asking, *self._tasks}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            asking.cancel()
            reached.cancel()
        dead = [task for task in self._tasks if task in done]
        if dead:
            raise PartDied(dead[0].get_name()) from dead[0].exception()

    async def finish(self, within_seconds: float) -> None:
        """Let every task finish what it has begun; cancel what has not in time."""
        self.stop.set()
        if not self._tasks:
            return
        _, late = await asyncio.wait(self._tasks, timeout=within_seconds)
        for task in late:
            _log.warning("cancelled at the end", part=task.get_name())
            task.cancel()
        for ended in await asyncio.gather(*self._tasks, return_exceptions=True):
            if isinstance(ended, Exception):
                _log.error("failed at the end", error=repr(ended))
