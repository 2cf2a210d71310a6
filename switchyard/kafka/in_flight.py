"""What is being worked on, so that a rebalance can wait for it."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


class InFlight:
    """Enter `working` around a piece of work; `idle` returns when none is under way."""

    def __init__(self) -> None:
        self._count = 0
        self._idle = asyncio.Event()
        self._idle.set()

    @contextmanager
    def working(self) -> Iterator[None]:
        self._count += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._count -= 1
            if self._count == 0:
                self._idle.set()

    async def idle(self, *, within: float) -> bool:
        """Wait for that long at most; returns whether nothing is under way."""
        try:
            await asyncio.wait_for(self._idle.wait(), within)
        except TimeoutError:
            return False
        return True
