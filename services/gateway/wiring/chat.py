"""The chat, joined."""

import asyncio
from dataclasses import dataclass

from services.gateway.adapters.known_queues import KnownQueues
from services.gateway.adapters.signals_wire import KafkaSignals
from services.gateway.adapters.telemetry import GatewayMetrics
from services.gateway.application.chat.leases import Agents, WatchReplicas
from services.gateway.application.chat.parts import ChatParts
from services.gateway.application.chat.presence import ChatPresence
from services.gateway.application.chat.queue_places import QueuePlaces
from services.gateway.application.chat.rules import ChatRules
from services.gateway.application.chat.start_chat import StartChat
from services.gateway.application.chat.tokens import ResumeTokens
from services.gateway.application.feed_items import FeedItem
from services.gateway.application.live_feed import LiveFeed
from services.gateway.application.ports import WaitingRooms
from services.gateway.application.signals import Signals
from services.gateway.settings import Settings
from services.gateway.wiring.contacts import Contacts
from services.gateway.wiring.stores import Stores
from switchyard.eventing.clock import Clock
from switchyard.eventing.ports import Publisher


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    parts: ChatParts
    replicas: WatchReplicas
    signals: Signals


def chat_rules(settings: Settings) -> ChatRules:
    return ChatRules(
        grace=settings.chat_grace_seconds,
        linger=settings.chat_linger_seconds,
        rate=settings.chat_frames_per_second,
        burst=settings.chat_frames_burst,
        most_connections=settings.chat_connections,
    )


def open_chat(
    *,
    settings: Settings,
    stores: Stores,
    contacts: Contacts,
    agents: Agents,
    feed: LiveFeed[FeedItem],
    queues: KnownQueues,
    rooms: WaitingRooms,
    publisher: Publisher,
    metrics: GatewayMetrics,
    clock: Clock,
    rules: ChatRules,
) -> Chat:
    """Join the parts of the chat."""
    signals = Signals(KafkaSignals(publisher, clock))
    start = StartChat(
        open_contact=contacts.open,
        entry_points=contacts.entry_points,
        queues=queues,
        replica=contacts.presence.replica,
        clock=clock,
    )
    parts = ChatParts(
        contacts=stores.contacts,
        lines=stores.lines,
        deliveries=stores.deliveries,
        entry_points=contacts.entry_points,
        start=start,
        append=contacts.append,
        end=contacts.end,
        answer=contacts.answer,
        deliver=contacts.deliver,
        signals=signals,
        presence=contacts.presence,
        places=QueuePlaces(rooms, feed),
        tokens=ResumeTokens(settings.internal_secret.get_secret_value()),
        feed=feed,
        rules=rules,
        clock=clock,
        name_of_agent=queues.name_of_agent,
        count=metrics.chat,
    )
    replicas = WatchReplicas(
        leases=stores.leases, contacts=stores.contacts, presence=contacts.presence, agents=agents, clock=clock
    )
    return Chat(parts=parts, replicas=replicas, signals=signals)


class SendAway:
    """Sends the customers away with their resume tokens when the process begins to end, while sockets still write."""

    def __init__(self, presence: ChatPresence, draining: asyncio.Event) -> None:
        self._presence = presence
        self._draining = draining

    async def run(self, stop: asyncio.Event) -> None:
        """Wait for the end; a background of the service."""
        waits = [asyncio.create_task(event.wait()) for event in (self._draining, stop)]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        await self._presence.close()
        await stop.wait()
        for each in waits:
            each.cancel()
