"""Telling the stream's followers of a queue how long a newcomer would wait, as it changes."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Protocol

from services.gateway.application.feed_items import FeedItem
from services.gateway.application.live_feed import LiveFeed

#: A moving queue is asked about at most this often; a quiet one this rarely, for the estimate changes with time.
SHORTEST_SECONDS: Final = 2.0
LONGEST_SECONDS: Final = 10.0

Tell = Callable[["QueueOutlook"], None]
Place = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueOutlook:
    """What somebody would be told who came now, and how good such estimates have been; None for not known."""

    waiting: int
    estimated_wait_seconds: float | None
    low_seconds: float | None
    high_seconds: float | None
    mean_absolute_error_seconds: float | None
    inside_band_share: float | None


class Outlooks(Protocol):
    async def of_queue(self, tenant: str, queue_id: str) -> QueueOutlook | None:
        """Ask routing; None where it cannot be asked."""


class QueueOutlooks:
    """One question per queue, however many follow it."""

    def __init__(
        self,
        outlooks: Outlooks,
        feed: LiveFeed[FeedItem],
        *,
        shortest: float = SHORTEST_SECONDS,
        longest: float = LONGEST_SECONDS,
    ) -> None:
        self._outlooks = outlooks
        self._feed = feed
        self._shortest, self._longest = shortest, longest
        self._tells: dict[Place, list[Tell]] = {}
        self._last: dict[Place, QueueOutlook] = {}
        self._tasks: dict[Place, asyncio.Task[None]] = {}

    def watch(self, tenant: str, queue_id: str, tell: Tell) -> None:
        """Tell the outlook now, if it is known, and whenever it has changed."""
        place = (tenant, queue_id)
        self._tells.setdefault(place, []).append(tell)
        if place in self._last:
            tell(self._last[place])
        if place not in self._tasks:
            self._tasks[place] = asyncio.create_task(self._follow(place), name=f"outlook {queue_id}")

    def forget(self, tenant: str, queue_id: str, tell: Tell) -> None:
        place = (tenant, queue_id)
        self._tells[place].remove(tell)
        if not self._tells[place]:
            del self._tells[place]
            self._last.pop(place, None)
            self._tasks.pop(place).cancel()

    async def _follow(self, place: Place) -> None:
        tenant, queue_id = place
        with self._feed.subscribe(tenant, f"queue:{queue_id}", most_waiting=1) as moves:
            while True:
                outlook = await self._outlooks.of_queue(tenant, queue_id)
                if outlook is not None and outlook != self._last.get(place):
                    self._last[place] = outlook
                    for tell in tuple(self._tells[place]):
                        tell(outlook)
                await asyncio.sleep(self._shortest)
                await _moved(moves.next(), self._longest)


async def _moved(move: Awaitable[object], within: float) -> None:
    try:
        async with asyncio.timeout(within):
            await move
    except TimeoutError:
        return
