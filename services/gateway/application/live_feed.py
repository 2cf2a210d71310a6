"""What happens now, passed on inside one replica: to chat sockets, agents' streams and boards.

Nothing here is durable. A reader that falls behind loses its oldest items and learns it by `Subscription.lost`, to
fetch what it missed from the store.
"""

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

ItemT = TypeVar("ItemT")

#: Items one reader may fall behind: a busy queue makes some 50 events a second, so this is seconds of stall.
MOST_WAITING = 256


class FeedSubscription(Generic[ItemT]):
    """One reader's place in the feed; `lost` counts items dropped since it was last reset."""

    def __init__(self, most_waiting: int) -> None:
        self._items: deque[ItemT] = deque(maxlen=most_waiting)
        self._arrived = asyncio.Event()
        self.lost = 0

    def offer(self, item: ItemT) -> None:
        if len(self._items) == self._items.maxlen:
            self.lost += 1
        self._items.append(item)
        self._arrived.set()

    async def next(self) -> ItemT:
        """Return the oldest item, once there is one; one reader at a time."""
        while not self._items:
            self._arrived.clear()
            await self._arrived.wait()
        return self._items.popleft()


class LiveFeed(Generic[ItemT]):
    """Publish and subscribe by tenant and channel name: `contact:<id>`, `agent:<id>`, `queue:<id>`, `live`."""

    def __init__(self) -> None:
        self._readers: dict[tuple[str, str], set[FeedSubscription[ItemT]]] = {}

    def publish(self, tenant: str, channel: str, item: ItemT) -> None:
        for reader in self._readers.get((tenant, channel), ()):
            reader.offer(item)

    def has_readers(self, tenant: str, channel: str) -> bool:
        return (tenant, channel) in self._readers

    @contextmanager
    def subscribe(
        self, tenant: str, *channels: str, most_waiting: int = MOST_WAITING
    ) -> Iterator[FeedSubscription[ItemT]]:
        """Receive what is published on any of the channels from now on, until the block ends."""
        reader: FeedSubscription[ItemT] = FeedSubscription(most_waiting)
        for channel in channels:
            self._readers.setdefault((tenant, channel), set()).add(reader)
        try:
            yield reader
        finally:
            for channel in channels:
                self._leave((tenant, channel), reader)

    def _leave(self, place: tuple[str, str], reader: FeedSubscription[ItemT]) -> None:
        readers = self._readers[place]
        readers.discard(reader)
        if not readers:
            del self._readers[place]
