"""Waiting for what must come true, without sleeping longer than needed."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


async def eventually(look: Callable[[], Awaitable[T | None]], what: str, *, seconds: float = 20.0) -> T:
    """Look until there is something truthy. Raises AssertionError naming what was waited for."""
    until = asyncio.get_running_loop().time() + seconds
    while True:
        seen = await look()
        if seen:
            return seen
        assert asyncio.get_running_loop().time() < until, f"waited {seconds:g} s in vain for {what}"
        await asyncio.sleep(0.05)
