"""Telling waiting customers where they stand: one question per queue, asked again when the queue moves."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine

from services.gateway.application.feed_items import FeedItem
from services.gateway.application.live_feed import LiveFeed
from services.gateway.application.ports import Waiting, WaitingRooms

#: A moving queue is asked about at most this often; a quiet one this rarely, for the estimate changes with time.
SHORTEST_SECONDS = 1.0
LONGEST_SECONDS = 10.0

Tell = Callable[[Waiting], Awaitable[None]]
Place = tuple[str, str]


class QueuePlaces:
    """Asks only about queues in which a customer of this replica waits."""

    def __init__(
        self,
        rooms: WaitingRooms,
        feed: LiveFeed[FeedItem],
        *,
        shortest: float = SHORTEST_SECONDS,
        longest: float = LONGEST_SECONDS,
    ) -> None:
        self._rooms = rooms
        self._feed = feed
        self._shortest, self._longest = shortest, longest
        self._watchers: dict[Place, dict[str, Tell]] = {}
        self._tasks: dict[Place, asyncio.Task[None]] = {}
        self._told: dict[str, Waiting] = {}
        self._newcomers: dict[Place, asyncio.Event] = {}

    def watch(self, tenant: str, queue_id: str, contact_id: str, tell: Tell) -> None:
        """Tell the customer their place now and whenever it changes."""
        place = (tenant, queue_id)
        self._watchers.setdefault(place, {})[contact_id] = tell
        self._told.pop(contact_id, None)
        self._newcomers.setdefault(place, asyncio.Event()).set()
        if place not in self._tasks:
            self._tasks[place] = asyncio.create_task(self._follow(place))

    def forget(self, contact_id: str) -> None:
        """The customer waits no more, or is gone."""
        self._told.pop(contact_id, None)
        for place, watchers in list(self._watchers.items()):
            if watchers.pop(contact_id, None) is not None and not watchers:
                del self._watchers[place]
                del self._newcomers[place]
                self._tasks.pop(place).cancel()

    async def _follow(self, place: Place) -> None:
        tenant, queue_id = place
        with self._feed.subscribe(tenant, f"queue:{queue_id}", most_waiting=1) as moves:
            while True:
                self._newcomers[place].clear()
                everybody_told = await self._tell_all(place)
                await asyncio.sleep(self._shortest)
                if everybody_told:
                    await _first_of(moves.next(), self._newcomers[place].wait(), within=self._longest)

    async def _tell_all(self, place: Place) -> bool:
        """Return whether everybody was found: who was enqueued a moment ago may not be in the answer yet."""
        places = await self._rooms.positions(*place)
        watchers = dict(self._watchers.get(place, {}))
        for contact_id, tell in watchers.items():
            waiting = places.get(contact_id)
            if waiting is not None and self._told.get(contact_id) != waiting:
                self._told[contact_id] = waiting
                await tell(waiting)
        return all(contact_id in places for contact_id in watchers)


async def _first_of(*awaitables: Coroutine[object, object, object], within: float) -> None:
    tasks = [asyncio.create_task(each) for each in awaitables]
    try:
        await asyncio.wait(tasks, timeout=within, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
