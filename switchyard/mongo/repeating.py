"""Repeating a write whose fate is unknown: its reply was lost, or the server was away."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from switchyard.eventing.aggregates import StoreUnavailable
from switchyard.mongo.failures import translated

#: No attempt starts later than this after the first; each is bounded by the client's own timeout.
_REPEAT_SECONDS = 8.0
_FIRST_PAUSE_SECONDS = 0.05

T = TypeVar("T")


async def repeated(attempt: Callable[[], Awaitable[T]]) -> T:
    """Attempt a write that is safe to repeat until its fate is known. Raises StoreUnavailable."""
    until = time.monotonic() + _REPEAT_SECONDS
    pause = _FIRST_PAUSE_SECONDS
    while True:
        try:
            with translated():
                return await attempt()
        except StoreUnavailable:
            if time.monotonic() + pause > until:
                raise
            await asyncio.sleep(pause)
            pause *= 2
