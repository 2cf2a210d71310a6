"""What a session of the stream may follow, and how the live feed becomes its frames.

`me` is told at once: an offer goes from routing's topic to the socket without a database write. Queues and the whole
floor are told as they stand, at most every `_PULSE_SECONDS`: a wallboard reads no faster.
A frame may repeat what the snapshot before it told; each says how things are, so repeating one does no harm.
"""

import asyncio
from collections.abc import Sequence
from typing import Final

import structlog

from services.gateway.application.door.pool_view import AgentStanding
from services.gateway.application.door.pool_views import PoolViews
from services.gateway.application.door.ports import ContactViews, Json, JsonObject
from services.gateway.application.door.queue_outlooks import QueueOutlook, QueueOutlooks
from services.gateway.application.door.routing_settings import RoutingSettings
from services.gateway.application.door.stream_contacts import ContactFollower
from services.gateway.application.door.stream_frames import (
    floor_frame,
    frames_of,
    offer_json,
    outlook_frame,
    queue_json,
    standing_json,
)
from services.gateway.application.door.stream_session import StreamSession
from services.gateway.application.feed_items import FeedItem, RoutingHappened
from services.gateway.application.live_feed import FeedSubscription, LiveFeed
from switchyard.eventing.aggregates import StoreUnavailable

log = structlog.get_logger(__name__)

_PULSE_SECONDS: Final = 0.25
_AGAIN_SECONDS: Final = 1.0
_MOST_FLOOR_ITEMS: Final = 4096
_BEGINS: Final = frozenset({"OfferAccepted"})
_ENDS: Final = frozenset({"ContactTransferred", "WrapUpCompleted", "CallbackNotReached"})


class StreamRefused(Exception):
    """The session may not do this; `code` is stable and kebab-case."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


class StreamDesk:
    def __init__(
        self,
        *,
        feed: LiveFeed[FeedItem],
        views: PoolViews,
        settings: RoutingSettings,
        contact_views: ContactViews,
        follower: ContactFollower,
        outlooks: QueueOutlooks,
    ) -> None:
        self._feed = feed
        self._views = views
        self._settings = settings
        self._contact_views = contact_views
        self._follower = follower
        self._outlooks = outlooks

    async def subscribe(self, session: StreamSession, to: str) -> None:
        """Begin to tell the session of `me`, `queue:<id>` or `live`, with a snapshot first. Raises StreamRefused."""
        if to == "me":
            session.follow("me", lambda: self._read_me(session))
        elif to == "live":
            if not session.oversees:
                raise StreamRefused("role-missing", "Only overseers may follow the whole floor.")
            session.follow("live", lambda: self._read_floor(session, "live", None))
        elif to.startswith("queue:"):
            queue_id = to.removeprefix("queue:")
            await self._check_queue(session, queue_id)
            session.follow(to, lambda: self._read_queue(session, to, queue_id))
        else:
            raise StreamRefused("subscription-unknown", "Subscribe to me, queue:<id> or live.")

    def unsubscribe(self, session: StreamSession, to: str) -> None:
        session.unfollow(to)
        if to == "me":
            for channel in session.channels:
                if channel.startswith("contact:"):
                    session.unfollow(channel)

    async def snapshot_again(self, session: StreamSession) -> None:
        """Tell everything the session follows as it is now: frames it missed are gone."""
        for channel in session.channels:
            if channel == "me":
                await self._snapshot_me(session)
            elif not channel.startswith("contact:"):
                self._snapshot_floor(session, channel, channel.removeprefix("queue:") if channel != "live" else None)

    def holds(self, session: StreamSession, contact_id: str) -> bool:
        return session.follows(f"contact:{contact_id}")

    async def _check_queue(self, session: StreamSession, queue_id: str) -> None:
        if await self._settings.find_queue(session.tenant, queue_id) is None:
            raise StreamRefused("queue-unknown", f"There is no queue {queue_id}.")
        agent = self._settings.agent(session.tenant, session.subject)
        if not session.oversees and (agent is None or queue_id not in agent.queue_ids):
            raise StreamRefused("role-missing", "An agent may follow the queues they serve only.")

    async def _read_me(self, session: StreamSession) -> None:
        with self._feed.subscribe(session.tenant, f"agent:{session.subject}") as reader:
            await self._views.completed(session.tenant)
            await self._snapshot_me(session)
            while True:
                item = await reader.next()
                if reader.lost:
                    reader.lost = 0
                    await self._snapshot_me(session)
                elif isinstance(item, RoutingHappened):
                    self._tell_me(session, item)

    def _tell_me(self, session: StreamSession, item: RoutingHappened) -> None:
        event = item.event
        for frame in frames_of(event):
            session.add(frame)
        if event.name == "AgentStateChanged":
            session.add({"type": "state", **standing_json(self._standing(session))})
        elif event.name in _BEGINS:
            self._follower.follow(session, event.contact_id)
        elif event.name in _ENDS:
            session.unfollow(f"contact:{event.contact_id}")

    async def _snapshot_me(self, session: StreamSession) -> None:
        contacts = await self._held_by(session)
        offers = self._views.offers(session.tenant, session.subject)
        frame: dict[str, Json] = {
            "type": "snapshot",
            "to": "me",
            "state": standing_json(self._standing(session)),
            "offers": [offer_json(offer) for offer in offers],
            "contacts": list(contacts),
        }
        session.add(frame)
        for contact in contacts:
            self._follower.follow(session, str(contact["id"]))

    async def _held_by(self, session: StreamSession) -> Sequence[JsonObject]:
        """Ask until the store answers: a desktop without its contacts is of no use."""
        while True:
            try:
                return await self._contact_views.held_by(session.tenant, session.subject)
            except StoreUnavailable as error:
                log.warning("contacts not read for the stream", error=str(error))
                await asyncio.sleep(_AGAIN_SECONDS)

    def _standing(self, session: StreamSession) -> AgentStanding:
        return self._views.agent(session.tenant, session.subject) or AgentStanding(agent_id=session.subject)

    async def _read_queue(self, session: StreamSession, to: str, queue_id: str) -> None:
        """Follow one queue, and how long a newcomer would wait in it."""

        def tell(outlook: QueueOutlook) -> None:
            session.add(outlook_frame(queue_id, outlook))

        self._outlooks.watch(session.tenant, queue_id, tell)
        try:
            await self._read_floor(session, to, queue_id)
        finally:
            self._outlooks.forget(session.tenant, queue_id, tell)

    async def _read_floor(self, session: StreamSession, to: str, queue_id: str | None) -> None:
        """Follow one queue, or with None the tenant's whole floor."""
        with self._feed.subscribe(session.tenant, to, most_waiting=_MOST_FLOOR_ITEMS) as reader:
            await self._views.completed(session.tenant)
            self._snapshot_floor(session, to, queue_id)
            while True:
                items = await _pulse(reader)
                if reader.lost:
                    reader.lost = 0
                    self._snapshot_floor(session, to, queue_id)
                else:
                    self._tell_floor(session, items, with_agents=queue_id is None)

    def _snapshot_floor(self, session: StreamSession, to: str, queue_id: str | None) -> None:
        frame: dict[str, Json] = {
            "type": "snapshot",
            "to": to,
            "queues": self._queues(session.tenant, None if queue_id is None else [queue_id]),
        }
        if queue_id is None:
            pools = self._views.pools(session.tenant)
            frame["agents"] = [standing_json(agent) for pool in pools for agent in pool.agents.values()]
        session.add(frame)

    def _tell_floor(self, session: StreamSession, items: Sequence[FeedItem], *, with_agents: bool) -> None:
        events = [item.event for item in items if isinstance(item, RoutingHappened)]
        for queue in self._queues(session.tenant, sorted({event.queue_id for event in events if event.queue_id})):
            session.add({"type": "queue", **queue})
        changed = sorted({event.agent_id for event in events if event.name == "AgentStateChanged"})
        for agent_id in changed if with_agents else ():
            standing = self._views.agent(session.tenant, agent_id)
            if standing is not None:
                session.add({"type": "state", **standing_json(standing)})
        for frame in filter(None, map(floor_frame, events)) if with_agents else ():
            session.add(frame)

    def _queues(self, tenant: str, queue_ids: Sequence[str] | None) -> list[dict[str, Json]]:
        wanted = self._settings.queue_ids(tenant) if queue_ids is None else queue_ids
        by_pool: dict[str, list[str]] = {}
        for queue_id in wanted:
            queue = self._settings.queue(tenant, queue_id)
            if queue is not None:
                by_pool.setdefault(queue.pool_id, []).append(queue_id)
        found: list[dict[str, Json]] = []
        for pool_id, ids in by_pool.items():
            view = self._views.pool(tenant, pool_id)
            lengths = view.queue_lengths(ids) if view else dict.fromkeys(ids, (0, None))
            found += [queue_json(queue_id, count, oldest) for queue_id, (count, oldest) in lengths.items()]
        return found


async def _pulse(reader: FeedSubscription[FeedItem]) -> list[FeedItem]:
    """Collect what comes within one pulse, which begins with the first item."""
    items = [await reader.next()]
    try:
        async with asyncio.timeout(_PULSE_SECONDS):
            while True:
                items.append(await reader.next())
    except TimeoutError:
        return items
