"""Waiting while the store or the broker is away, which is no fault of the message in hand."""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import TypeVar

import structlog

from switchyard.eventing.aggregates import StoreUnavailable
from switchyard.eventing.ports import BrokerUnavailable

T = TypeVar("T")

log = structlog.get_logger(__name__)

_FIRST_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 5.0


class Interrupted(Exception):
    """Told to stop while waiting; what was insisted on has not been done."""


class Patience:
    """One per consumer. Set `stopping` to end every wait."""

    def __init__(self) -> None:
        self.stopping = asyncio.Event()
        self._last_wait = float("-inf")

    @property
    def seconds_since_wait(self) -> float:
        """Small while an outage is being waited out: restarting the process would not end it."""
        return monotonic() - self._last_wait

    async def insist(self, action: Callable[[], Awaitable[T]]) -> T:
        """Repeat an action on the store or the broker until it is taken. Raises Interrupted."""
        pause = _FIRST_PAUSE_SECONDS
        while True:
            try:
                return await action()
            except (StoreUnavailable, BrokerUnavailable) as error:
                log.warning("consumer-waits", error=str(error), again_in=pause)
                await self._wait(pause)
                pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)

    async def _wait(self, seconds: float) -> None:
        self._last_wait = monotonic()
        try:
            await asyncio.wait_for(self.stopping.wait(), seconds)
        except TimeoutError:
            self._last_wait = monotonic()
            return
        raise Interrupted
