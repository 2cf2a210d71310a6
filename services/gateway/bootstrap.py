"""Where the gateway's parts are joined, in production and in tests alike."""

from dataclasses import dataclass

from fastapi import FastAPI

from services.gateway.adapters.inside import Inside
from services.gateway.adapters.known_queues import KnownQueues
from services.gateway.adapters.notify_contents import NotifyContents
from services.gateway.adapters.routing_calling_hours import RoutingCallingHours
from services.gateway.adapters.routing_requests import PublishedRequests
from services.gateway.adapters.routing_rooms import RoutingRooms
from services.gateway.adapters.telemetry import GatewayMetrics
from services.gateway.application.ask_again import AskAgain
from services.gateway.application.configure_entry_point import ConfigureEntryPoint
from services.gateway.application.feed_items import FeedItem
from services.gateway.application.live_feed import LiveFeed
from services.gateway.entrypoints.ask_routing import AskRouting
from services.gateway.entrypoints.chat_websocket import ChatDoor
from services.gateway.entrypoints.consumer import (
    DeliveriesConsumer,
    OutcomesConsumer,
    RoutingEventsConsumer,
    subscription,
)
from services.gateway.entrypoints.contact_views import StoredContactViews
from services.gateway.entrypoints.customers_http import CustomerDesk
from services.gateway.entrypoints.entry_points_http import EntryPointDesk
from services.gateway.entrypoints.internal_http import internal_router
from services.gateway.entrypoints.tail import LiveTail
from services.gateway.entrypoints.web import web_router
from services.gateway.settings import Settings
from services.gateway.wiring.callbacks import Callbacks, open_callbacks
from services.gateway.wiring.channels import Channels, ContactCommands, open_channels
from services.gateway.wiring.chat import Chat, SendAway, chat_rules, open_chat
from services.gateway.wiring.clock import Milliseconds
from services.gateway.wiring.contact_desks import contact_routers
from services.gateway.wiring.contacts import Contacts, begin_contacts, open_contacts
from services.gateway.wiring.door import Door, open_door
from services.gateway.wiring.leaving import Leaving
from services.gateway.wiring.paces import turn_away, watch_routing
from services.gateway.wiring.stores import Stores, open_stores
from services.gateway.wiring.tails import merged
from switchyard.eventing.clock import Clock
from switchyard.service.http import make_app
from switchyard.service.running import Resources, Service

#: Attachments of a mail come as one body.
_ATTACHMENT_BYTES = 26_214_400


def build(settings: Settings, resources: Resources) -> Service:
    """Join the gateway over what the process gives."""
    clock = Milliseconds(resources.clock)
    metrics = GatewayMetrics(resources.registry)
    paces, resources = watch_routing(settings, resources, metrics)
    feed: LiveFeed[FeedItem] = LiveFeed()
    stores = open_stores(resources.database, resources.publisher, clock)
    channels = open_channels(
        settings, resources.database, resources.clock, customers=stores.customers, registry=resources.registry
    )
    begun = begin_contacts(stores, feed, channels.senders, clock)
    applying = RoutingEventsConsumer(begun.apply, None, metrics.stranger)
    door = open_door(settings, resources, feed=feed, apply=applying.apply_now, paces=paces)
    queues = KnownQueues(door.routing_settings)
    rules = chat_rules(settings)
    contacts = open_contacts(
        stores=stores,
        begun=begun,
        queues=queues,
        paces=paces,
        senders=channels.senders,
        contents=NotifyContents(Inside(door.forwarder, settings.notify_url)),
        metrics=metrics,
        clock=clock,
        replica=settings.instance,
        rules=rules,
    )
    routing = Inside(door.forwarder, settings.routing_url)
    rooms = RoutingRooms(routing)
    chat = open_chat(
        settings=settings,
        stores=stores,
        contacts=contacts,
        agents=door.presence,
        feed=feed,
        queues=queues,
        rooms=rooms,
        publisher=resources.publisher,
        metrics=metrics,
        clock=clock,
        rules=rules,
    )
    ask = AskRouting(stores.contacts, door.commands)
    callbacks = open_callbacks(
        stores=stores,
        contacts=contacts,
        queues=queues,
        ask=ask,
        rooms=rooms,
        hours=RoutingCallingHours(routing),
        ring=channels.ring,
        clock=clock,
    )
    parts = _Parts(
        clock=clock,
        feed=feed,
        metrics=metrics,
        stores=stores,
        door=door,
        channels=channels,
        queues=queues,
        contacts=contacts,
        chat=chat,
        callbacks=callbacks,
        ask=ask,
    )
    app = _app(settings, resources)
    _add_routes(app, settings, parts)
    return _service(app, resources, parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    clock: Clock
    feed: LiveFeed[FeedItem]
    metrics: GatewayMetrics
    stores: Stores
    door: Door
    channels: Channels
    queues: KnownQueues
    contacts: Contacts
    chat: Chat
    callbacks: Callbacks
    ask: AskRouting


def _app(settings: Settings, resources: Resources) -> FastAPI:
    return make_app(
        "gateway",
        settings=settings,
        registry=resources.registry,
        health=resources.health,
        tracer_provider=resources.telemetry.provider,
        body_limits={"/v1/attachments": _ATTACHMENT_BYTES},
    )


def _add_routes(app: FastAPI, settings: Settings, parts: _Parts) -> None:
    stores, contacts = parts.stores, parts.contacts
    turn_away(app)
    app.include_router(ChatDoor(parts.chat.parts).router())
    app.include_router(web_router(settings.demo_site_key))
    for router in contact_routers(
        stores=stores,
        contacts=contacts,
        channels=parts.channels,
        queues=parts.queues,
        door=parts.door,
        ask=parts.ask,
        clock=parts.clock,
    ):
        app.include_router(router)
    app.include_router(parts.callbacks.desk.router())
    app.include_router(CustomerDesk(customers=stores.customers, contacts=stores.contacts, clock=parts.clock).router())
    app.include_router(_entry_point_desk(parts).router())
    app.include_router(internal_router(stores.contacts, stores.lines))
    commands = ContactCommands(
        entry_points=contacts.entry_points,
        receive=contacts.receive,
        open_contact=contacts.open,
        end_contact=contacts.end,
        change_consent=contacts.change_consent,
        report_delivery=contacts.report_delivery,
        answer_delivery=contacts.answer,
        finish_voicemail=contacts.finish_voicemail,
        callback_offers=parts.callbacks.offers,
        reaching=parts.callbacks.reaching,
    )
    parts.channels.install(app, commands)
    parts.door.install(
        app,
        congested=stores.congested,
        contact_views=StoredContactViews(stores.contacts),
        lines=stores.lines,
        typing=parts.chat.signals.typing,
    )


def _entry_point_desk(parts: _Parts) -> EntryPointDesk:
    configure = ConfigureEntryPoint(
        store=parts.stores.entry_points,
        entry_points=parts.contacts.entry_points,
        queues=parts.queues,
        clock=parts.clock,
    )
    return EntryPointDesk(store=parts.stores.entry_points, configure=configure)


def _service(app: FastAPI, resources: Resources, parts: _Parts) -> Service:
    stores, contacts, chat, channels, door = parts.stores, parts.contacts, parts.chat, parts.channels, parts.door
    requests = PublishedRequests(resources.publisher)
    forgets = resources.kafka.embedded
    leaving = Leaving(contacts, AskAgain(stores.contacts, requests, parts.clock) if forgets else None)
    deliveries = DeliveriesConsumer(contacts.deliver)
    live = LiveTail(parts.feed, contacts.presence, deliveries, contacts.last_agents)
    routing_events = RoutingEventsConsumer(
        contacts.apply,
        channels.voice,
        parts.metrics.stranger,
        contacts.finish_voicemail,
        parts.callbacks.call_back,
    )
    parts.metrics.watch(
        connected=lambda: contacts.presence.connected,
        leaving=leaving.waiting,
        oldest_unsent=stores.oldest_unsent_seconds,
    )
    going = SendAway(contacts.presence, resources.health.draining)
    return Service(
        name="gateway",
        app=app,
        subscriptions=(subscription(routing_events, OutcomesConsumer(contacts.refused), deliveries),),
        tails=merged([*door.tails, live.tail()]),
        background=(
            *stores.sweepers,
            *door.background,
            *channels.background,
            leaving.run,
            chat.replicas.run,
            going.run,
        ),
        on_start=(stores.prepare, *door.on_start, *channels.on_start),
        on_stop=(stores.lines.inserts.finish, *channels.on_stop, *door.on_stop),
    )
