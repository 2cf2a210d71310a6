"""What every replica does with every event of routing: answer who waits, keep the views, tell the live feed."""

from typing import Any

from services.gateway.adapters.routing_commands import KafkaRoutingCommands
from services.gateway.adapters.routing_wire import (
    AGENT_EVENTS,
    AGENTS_TOPIC,
    CONTACT_EVENTS,
    EVENTS_TOPIC,
    OUTCOMES_TOPIC,
    NotRoutings,
    routing_event,
)
from services.gateway.application.door.pool_views import PoolViews
from services.gateway.application.door.routing_events import RoutingEvent
from services.gateway.application.feed_items import FeedItem, RoutingHappened
from services.gateway.application.live_feed import LiveFeed
from services.gateway.application.pool_paces import PoolPaces
from switchyard.eventing.envelope import Received
from switchyard.eventing.outcomes import Done, Duplicate, Outcome, Poison
from switchyard.eventing.ports import Handler, Tail
from switchyard.internal.routing.v1 import outcomes_pb2 as outcomes


class RoutingReader:
    """The handlers of the tail; none of them waits for anything, so one slow store holds up nobody's offer."""

    def __init__(
        self, commands: KafkaRoutingCommands, views: PoolViews, feed: LiveFeed[FeedItem], paces: PoolPaces
    ) -> None:
        self._paces = paces
        self._commands = commands
        self._views = views
        self._feed = feed

    def tail(self) -> Tail:
        handlers: dict[type[Any], Handler] = dict.fromkeys((*CONTACT_EVENTS, *AGENT_EVENTS), self.happened)
        handlers[outcomes.CommandRefused] = self._answered
        handlers[outcomes.CommandSucceeded] = self._answered
        return Tail(topics=(EVENTS_TOPIC, AGENTS_TOPIC, OUTCOMES_TOPIC), handlers=handlers)

    async def happened(self, received: Received, message: Any) -> Outcome:
        try:
            event = routing_event(received, message)
        except NotRoutings as error:
            return Poison(reason=f"not an event of a pool: {error}")
        new = self._views.take(event)
        if new:
            self._tell(event)
        await self._answered(received, message)
        return Done() if new else Duplicate()

    async def _answered(self, received: Received, message: Any) -> Outcome:
        self._paces.answered(received.message.key, received.message.envelope.causation_id)
        return await self._commands.hear(received, message)

    def _tell(self, event: RoutingEvent) -> None:
        item = RoutingHappened(event=event)
        for channel in _channels(event):
            self._feed.publish(event.tenant, channel, item)


def _channels(event: RoutingEvent) -> list[str]:
    named = (("contact", event.contact_id), ("queue", event.queue_id), ("agent", event.agent_id))
    return [f"{kind}:{name}" for kind, name in named if name] + ["live"]
