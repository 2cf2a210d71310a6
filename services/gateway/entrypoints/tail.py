"""What every replica reads for itself: other replicas' lines and signals, and messages for chats it holds."""

from services.gateway.application.chat.presence import ChatPresence
from services.gateway.application.feed_items import FeedItem, LinesMissing, LinesRead, TypingChanged
from services.gateway.application.last_agents import LastAgents
from services.gateway.application.live_feed import LiveFeed
from services.gateway.entrypoints.consumer import DeliveriesConsumer
from switchyard.eventing.envelope import Received
from switchyard.eventing.outcomes import Done, Duplicate, Outcome
from switchyard.eventing.ports import Tail
from switchyard.events.gateway.v1.contact_events_pb2 import ContactClosed as WireContactClosed
from switchyard.events.gateway.v1.contact_events_pb2 import LineAdded as WireLineAdded
from switchyard.internal.delivery.v1.commands_pb2 import DeliverMessage as WireDeliverMessage
from switchyard.internal.signals.v1.signals_pb2 import LinesRead as WireLinesRead
from switchyard.internal.signals.v1.signals_pb2 import TypingChanged as WireTypingChanged

TOPICS = ("contact-events-v1", "gateway-signals-v1", "delivery-commands-v1")


class LiveTail:
    def __init__(
        self,
        feed: LiveFeed[FeedItem],
        presence: ChatPresence,
        deliveries: DeliveriesConsumer,
        last_agents: LastAgents,
    ) -> None:
        self._feed = feed
        self._presence = presence
        self._deliveries = deliveries
        self._last_agents = last_agents

    async def line_added(self, received: Received, message: WireLineAdded) -> Outcome:
        item = LinesMissing(contact_id=message.contact_id, through_line=message.line)
        return self._pass_on(received, message.contact_id, item)

    async def contact_closed(self, received: Received, message: WireContactClosed) -> Outcome:
        if message.agent_id and message.customer_id:
            self._last_agents.note(received.message.envelope.tenant, message.customer_id, message.agent_id)
        return Done()

    async def typing_changed(self, received: Received, message: WireTypingChanged) -> Outcome:
        item = TypingChanged(contact_id=message.contact_id, author=message.author, typing=message.typing)
        return self._pass_on(received, message.contact_id, item)

    async def lines_read(self, received: Received, message: WireLinesRead) -> Outcome:
        item = LinesRead(contact_id=message.contact_id, author=message.author, through_line=message.through_line)
        return self._pass_on(received, message.contact_id, item)

    async def deliver(self, received: Received, message: WireDeliverMessage) -> Outcome:
        """Deliver to a chat held here at once; the consumer group, wherever it runs, cares for all the rest."""
        tenant = received.message.envelope.tenant
        if not self._presence.holds(tenant, message.contact_id):
            return Duplicate()
        return await self._deliveries.handle(received, message)

    def tail(self) -> Tail:
        return Tail(
            topics=TOPICS,
            handlers={
                WireLineAdded: self.line_added,
                WireContactClosed: self.contact_closed,
                WireTypingChanged: self.typing_changed,
                WireLinesRead: self.lines_read,
                WireDeliverMessage: self.deliver,
            },
        )

    def _pass_on(self, received: Received, contact_id: str, item: FeedItem) -> Outcome:
        self._feed.publish(received.message.envelope.tenant, f"contact:{contact_id}", item)
        return Done()
