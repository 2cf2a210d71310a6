"""Repeating what is harmless to repeat, for as long as the database or the broker is away."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog

from switchyard.eventing.aggregates import StoreUnavailable
from switchyard.eventing.ports import BrokerUnavailable

log = structlog.get_logger(__name__)
ResultT = TypeVar("ResultT")

_FIRST_PAUSE_SECONDS = 0.05
_LONGEST_PAUSE_SECONDS = 1.0


class Stopping(Exception):
    """The process ends while the database or the broker is away; nothing unjournalled was announced."""


class Insisting:
    """`beat` tells at each attempt that the loop is alive; `stop` ends it at the next failure."""

    def __init__(self, beat: Callable[[], None]) -> None:
        self._beat = beat
        self.stop = asyncio.Event()

    async def on(self, attempt: Callable[[], Awaitable[ResultT]]) -> ResultT:
        """Attempt until it is done. Raises Stopping where the process ends first."""
        pause = _FIRST_PAUSE_SECONDS
        while True:
            try:
                return await attempt()
            except (StoreUnavailable, BrokerUnavailable) as error:
                log.warning("routing-waits", error=str(error))
                if self.stop.is_set():
                    raise Stopping from error
            self._beat()
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
