"""The gateway's commands over stores in memory."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from services.gateway.application.answer_delivery import AnswerDelivery
from services.gateway.application.append_line import AppendLine
from services.gateway.application.apply_routing_event import Applied, ApplyRoutingEvent
from services.gateway.application.customers import IdentifyCustomer
from services.gateway.application.deliver_message import DeliverMessage, DeliverMessages, DeliveryRules
from services.gateway.application.door.routing_events import RoutingEvent
from services.gateway.application.end_contact import EndContact
from services.gateway.application.enqueue_refused import EnqueueRefused
from services.gateway.application.entry_points import EntryPoints
from services.gateway.application.feed_items import FeedItem
from services.gateway.application.last_agents import LastAgents
from services.gateway.application.live_feed import LiveFeed
from services.gateway.application.messages import InboundMessage, OutgoingMessage, ReceivedMessage, Sent
from services.gateway.application.open_contact import OpenContact
from services.gateway.application.ports import Cause, Content
from services.gateway.application.receive_message import ReceiveMessage
from services.gateway.application.reply import Reply, SendReply
from services.gateway.application.retrying import Patience, Retrying
from services.gateway.application.send_lines import SendLines
from services.gateway.application.tell_customer import TellCustomer
from services.gateway.domain.contact import Contact
from services.gateway.domain.delivery import Delivery, Expected
from services.gateway.domain.entry_point import EntryPoint, Flow, place_of
from services.gateway.wiring.stores import Stores
from switchyard.testing.clock import FixedClock
from switchyard.testing.memory_bus import InMemoryBus
from tests.contract.gateway_stores.memory import InMemoryStores

TENANT = "demo"
PHONE, LINE = "+8613800000000", "+15550100"


class Queues:
    """Every queue but `nowhere` is in the pool its name begins with, or in the default one."""

    def pool_of(self, tenant: str, queue_id: str) -> str | None:
        if queue_id == "nowhere":
            return None
        return queue_id.partition("-")[0] if "-" in queue_id else "default"

    async def find_pool_of(self, tenant: str, queue_id: str) -> str | None:
        return self.pool_of(tenant, queue_id)


class Provider:
    """A channel's provider; `trouble` is raised by the next sends, in order, None lets one through."""

    def __init__(self) -> None:
        self.sent: list[OutgoingMessage] = []
        self.trouble: list[Exception | None] = []
        self.swallow = False

    async def send(self, message: OutgoingMessage) -> Sent:
        trouble = self.trouble.pop(0) if self.trouble else None
        if trouble is None or self.swallow:
            self.sent.append(message)
        if trouble is not None:
            raise trouble
        return Sent(provider_message_id=f"out-{len(self.sent)}")

    async def find_sent(self, message: OutgoingMessage) -> Sent | None:
        for number, sent in enumerate(self.sent, start=1):
            if (sent.line, sent.delivery_id) == (message.line, message.delivery_id):
                return Sent(provider_message_id=f"out-{number}")
        return None


class Words:
    """Stands for notify."""

    async def fetch(self, tenant: str, path: str) -> Content:
        return Content(text="How was it? 1-5")


class NoSockets:
    def holds(self, tenant: str, contact_id: str) -> bool:
        return False

    async def deliver(self, delivery: Delivery, content: Content) -> bool:
        return False


class Desk:
    def __init__(self, given: Stores | None = None, bus: InMemoryBus | None = None) -> None:
        self.clock = FixedClock()
        in_memory = InMemoryStores(TENANT)
        self.stores: Stores | InMemoryStores = given or in_memory
        self.bus = bus or in_memory.bus
        self.feed: LiveFeed[FeedItem] = LiveFeed()
        self.provider = Provider()
        self.counted: list[tuple[str, str]] = []
        stores, queues = self.stores, Queues()
        self.append = AppendLine(stores.lines, self.feed)
        self.last_agents = LastAgents(stores.contacts)
        self.identify = IdentifyCustomer(stores.customers, self.last_agents)
        self.entry_points = EntryPoints(stores.entry_points, queues)
        self.open = OpenContact(
            contacts=stores.contacts,
            identify=self.identify,
            entry_points=self.entry_points,
            queues=queues,
            append=self.append,
            last_agents=self.last_agents,
        )
        self.end = EndContact(stores.contacts)
        self.answer = AnswerDelivery(stores.deliveries)
        self.receive_message = ReceiveMessage(
            contacts=stores.contacts,
            lines=stores.lines,
            entry_points=self.entry_points,
            open_contact=self.open,
            append=self.append,
            answer=self.answer,
            count=lambda channel, result: self.counted.append((channel, result)),
        )
        senders = {"sms": self.provider, "email": self.provider}
        at_once = Patience(attempts=3, first_pause=0, longest_pause=0)
        self.sending = Retrying(at_once)
        self.send_lines = SendLines(
            contacts=stores.contacts, lines=stores.lines, senders=senders, retrying=self.sending
        )
        self.tell = TellCustomer(
            contacts=stores.contacts,
            append=self.append,
            lines=stores.lines,
            customers=stores.customers,
            send=self.send_lines,
            clock=self.clock,
        )
        self.apply = ApplyRoutingEvent(stores.contacts, self.append, self.feed, self.tell)
        self.refused = EnqueueRefused(stores.contacts, self.apply)
        self.reply_to = SendReply(
            contacts=stores.contacts, customers=stores.customers, append=self.append, send=self.send_lines
        )
        self.deliver_messages = DeliverMessages(
            contacts=stores.contacts,
            customers=stores.customers,
            deliveries=stores.deliveries,
            contents=Words(),
            senders=senders,
            sockets=NoSockets(),
            retrying=self.sending,
            clock=self.clock,
            rules=DeliveryRules(chat_patience=timedelta(seconds=30)),
        )
        self._sequence = 0

    async def with_line(self, queue: str = "support", channel: str = "sms", address: str = LINE) -> "Desk":
        """Have an entry point."""
        flow = Flow(version=1, greeting="", queue_id=queue, made_at=self.clock())
        point = EntryPoint(
            tenant=TENANT,
            id=f"{channel}-line",
            channel=channel,
            address=address,
            name="line",
            flow=flow,
            place=place_of(channel, address),
        )
        await self.stores.entry_points.add(point, (), Cause(id="made", at=self.clock()))
        return self

    def sms(self, identity: str, text: str = "Hello", **more: Any) -> InboundMessage:
        message = InboundMessage(
            tenant=TENANT,
            channel="sms",
            provider_message_id=identity,
            customer_address=PHONE,
            entry_address=LINE,
            text=text,
            received_at=self.clock(),
        )
        return replace(message, **more)

    async def receive(self, identity: str, text: str = "Hello", **more: Any) -> ReceivedMessage:
        return await self.receive_message(self.sms(identity, text, **more))

    async def contact(self, contact_id: str | None) -> Contact:
        assert contact_id is not None
        stored = await self.stores.contacts.find(TENANT, contact_id, fresh=True)
        assert stored is not None
        return stored.thing

    def event(self, name: str, contact: Contact, **more: Any) -> RoutingEvent:
        """The next decision of the contact's pool about it."""
        self._sequence += 1
        fields = {
            "name": name,
            "id": f"event-{self._sequence}",
            "tenant": TENANT,
            "pool": contact.entry.pool_id,
            "stream": "contacts",
            "sequence": self._sequence,
            "time": self.clock.advance(seconds=1),
            "contact_id": contact.id,
            "entry": contact.entry.number,
            "queue_id": contact.entry.queue_id,
            "channel": contact.channel,
            "queued_at": contact.entry.queued_at,
            "agent_id": "ann",
            "offer_id": "off_default.1",
        }
        return RoutingEvent(**{**fields, **more})

    async def happens(self, name: str, contact_id: str | None, **more: Any) -> Applied:
        return await self.apply(self.event(name, await self.contact(contact_id), **more))

    async def reply(self, contact_id: str | None, text: str, **more: Any) -> int:
        assert contact_id is not None
        reply = Reply(tenant=TENANT, contact_id=contact_id, agent_id="ann", client_id=text, text=text, at=self.clock())
        return (await self.reply_to(replace(reply, **more))).line.number

    async def deliver(self, contact_id: str | None, identity: str = "ntc_1", *, seconds: int = 600) -> bool:
        assert contact_id is not None
        until = self.clock() + timedelta(seconds=seconds)
        command = DeliverMessage(
            tenant=TENANT,
            delivery_id=identity,
            contact_id=contact_id,
            content_path="/words",
            expects=Expected(survey_id="sur_1", scale_max=5, until=until),
            at=self.clock(),
        )
        new = await self.deliver_messages(command)
        await self.sending.finish(within_seconds=5)
        return new

    async def delivery(self, identity: str = "ntc_1") -> Delivery:
        stored = await self.stores.deliveries.find(TENANT, identity, fresh=True)
        assert stored is not None
        return stored.thing

    async def handled(self, identity: str = "SM1") -> str:
        """A contact that was answered and ended, its wrap-up done."""
        contact_id = (await self.receive(identity)).contact_id
        for name in ("OfferAccepted", "ContactEnded", "WrapUpCompleted"):
            await self.happens(name, contact_id, ended_by="agent")
        assert contact_id is not None
        return contact_id
