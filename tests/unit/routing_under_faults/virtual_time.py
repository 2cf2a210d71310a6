"""An event loop whose clock jumps to the next timer: hours pass in milliseconds, and every run is the same."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class NothingMoreHappens(RuntimeError):
    """Everybody waits, and no timer will wake anyone."""


class VirtualLoop(asyncio.BaseEventLoop):
    """Runs callbacks in the order of their times, then of their scheduling; it knows no file, socket or thread.

    The base class asks a selector how long it slept; this one is its own selector and only turns the clock.
    """

    def __init__(self) -> None:
        super().__init__()
        self._now = 0.0
        self._selector = self

    def time(self) -> float:
        return self._now

    def select(self, timeout: float | None) -> tuple[()]:
        if timeout is None:
            raise NothingMoreHappens
        self._now += timeout
        return ()

    def _process_events(self, event_list: tuple[()]) -> None:
        """Nothing comes from outside."""

    def _write_to_self(self) -> None:
        """Nobody has to be woken."""


def run(main: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run to the end in virtual time; what is left over then is cancelled."""
    loop = VirtualLoop()
    loop.set_exception_handler(lambda _loop, _context: None)
    try:
        return loop.run_until_complete(main())
    finally:
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        if left:
            loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


def immediately(coroutine: Coroutine[Any, Any, T]) -> T:
    """Give what a coroutine that never waits returns; the fakes in memory are such."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    coroutine.close()
    raise RuntimeError("the coroutine waits")
