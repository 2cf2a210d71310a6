"""The door put together: who may enter, what routing is asked, what is handed on, what streams.

Two steps, because contacts and door need each other: `open_door` makes what others call, `install` puts the door in
front of the application when all routes are known.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import httpx
from fastapi import FastAPI
from starlette.middleware import Middleware

from services.gateway.adapters.credentials_mongo import MongoApiKeys
from services.gateway.adapters.door_telemetry import DoorMetrics
from services.gateway.adapters.first_answers_mongo import MongoFirstAnswers
from services.gateway.adapters.forwarding import Forwarder
from services.gateway.adapters.inside import Inside
from services.gateway.adapters.jwks import TokenVerifier
from services.gateway.adapters.pool_snapshots import HttpPoolSnapshots
from services.gateway.adapters.presence_mongo import MongoPresenceRecords
from services.gateway.adapters.public_topics import public_topics
from services.gateway.adapters.queue_outlooks import HttpQueueOutlooks
from services.gateway.adapters.routing_commands import ApplyEvent, KafkaRoutingCommands
from services.gateway.adapters.routing_live import RoutingReader
from services.gateway.adapters.routing_wire import SETTINGS_TOPIC
from services.gateway.adapters.settings_wire import SettingsReader
from services.gateway.application.door.agent_presence import AgentPresence, PresenceRecords
from services.gateway.application.door.api_keys import ApiKeys, ApiKeyVerifier, Pepper
from services.gateway.application.door.credentials import Remembering
from services.gateway.application.door.first_answers import FirstAnswers
from services.gateway.application.door.pool_views import PoolViews
from services.gateway.application.door.ports import ContactViews, SendTyping, Transcripts
from services.gateway.application.door.queue_outlooks import QueueOutlooks
from services.gateway.application.door.rate_limits import Allowance, RateLimits
from services.gateway.application.door.routing_settings import RoutingSettings
from services.gateway.application.door.stream_contacts import ContactFollower
from services.gateway.application.door.stream_desk import StreamDesk
from services.gateway.application.door.stream_session import StreamSessions
from services.gateway.application.feed_items import FeedItem
from services.gateway.application.live_feed import LiveFeed
from services.gateway.application.pool_paces import PoolPaces
from services.gateway.entrypoints.agent_state_http import agent_state_router
from services.gateway.entrypoints.api_keys_http import api_keys_router
from services.gateway.entrypoints.asyncapi import add_asyncapi
from services.gateway.entrypoints.authentication import Authentication, Authenticator
from services.gateway.entrypoints.break_request_http import break_request_router
from services.gateway.entrypoints.commands_http import commands_router
from services.gateway.entrypoints.events_sse import EventStream
from services.gateway.entrypoints.forward import Upstream, forward_to
from services.gateway.entrypoints.idempotency import Idempotency
from services.gateway.entrypoints.offers_http import offers_router
from services.gateway.entrypoints.openapi import DoorDocument
from services.gateway.entrypoints.rate_limits import Turnstile
from services.gateway.entrypoints.stream_websocket import StreamDoor
from services.gateway.wiring.door_settings import DoorSettings
from switchyard.eventing.ports import Tail
from switchyard.service.running import Background, Resources, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorStores:
    """What the door keeps; `prepare` runs once before it is used."""

    api_keys: ApiKeys
    first_answers: FirstAnswers
    presence: PresenceRecords
    prepare: Step


def mongo_stores(settings: DoorSettings, resources: Resources) -> DoorStores:
    answers = MongoFirstAnswers(resources.database, settings.internal_secret.get_secret_value())
    presence = MongoPresenceRecords(resources.database["agent_presence"])

    async def prepare() -> None:
        await answers.prepare()
        await presence.prepare()

    return DoorStores(
        api_keys=MongoApiKeys(resources.database), first_answers=answers, presence=presence, prepare=prepare
    )


@dataclass(slots=True, kw_only=True)
class Door:
    """What the door gives to the rest of the gateway, and what its process has to run for it."""

    settings: DoorSettings
    resources: Resources
    feed: LiveFeed[FeedItem]
    http: httpx.AsyncClient
    routing_settings: RoutingSettings
    commands: KafkaRoutingCommands
    views: PoolViews
    forwarder: Forwarder
    authenticator: Authenticator
    stores: DoorStores
    pepper: Pepper
    sessions: StreamSessions
    presence: AgentPresence
    metrics: DoorMetrics
    tails: Sequence[Tail]
    background: Sequence[Background]
    on_start: Sequence[Step] = field(default=())
    on_stop: Sequence[Step] = field(default=())

    def install(
        self,
        app: FastAPI,
        *,
        congested: Callable[[], bool],
        contact_views: ContactViews,
        lines: Transcripts,
        typing: SendTyping,
    ) -> None:
        """Add the door's routes and put its layers in front of all; the last thing done to the application.

        `congested` tells that events wait in outboxes for too long, so that new work is turned away.
        """
        health, topics = self.resources.health, public_topics()
        events = EventStream(
            kafka=self.resources.kafka,
            topics=topics,
            draining=health.draining,
            most_readers=self.settings.event_readers,
        )
        app.include_router(events.router())
        self.metrics.watch(sessions=lambda: len(self.sessions), readers=lambda: events.readers)
        add_asyncapi(app, topics, self.settings.kafka_bootstrap)
        DoorDocument(app, self.http, _upstreams(self.settings)).install()
        app.include_router(self._stream(contact_views, lines, typing).router())
        app.include_router(offers_router(self.commands, self.views, self.routing_settings))
        app.include_router(agent_state_router(self.commands, self.views, self.routing_settings))
        app.include_router(break_request_router(self.commands, self.routing_settings))
        app.include_router(commands_router(self.commands.outcome))
        app.include_router(api_keys_router(self.stores.api_keys, self.pepper, self.resources.clock))
        forward_to(app, self.forwarder, _upstreams(self.settings))
        allowance = Allowance(per_second=self.settings.rate_limit_per_second, burst=self.settings.rate_limit_burst)
        # Appended, so inside the kit's own layers: request ids, metrics and problems are theirs.
        app.user_middleware += [
            Middleware(Authentication, authenticator=self.authenticator),
            Middleware(Turnstile, limits=RateLimits(allowance), congested=congested, metrics=self.metrics),
            Middleware(
                Idempotency, answers=self.stores.first_answers, clock=self.resources.clock, metrics=self.metrics
            ),
        ]

    def _stream(self, contact_views: ContactViews, lines: Transcripts, typing: SendTyping) -> StreamDoor:
        desk = StreamDesk(
            feed=self.feed,
            views=self.views,
            settings=self.routing_settings,
            contact_views=contact_views,
            follower=ContactFollower(feed=self.feed, lines=lines),
            outlooks=QueueOutlooks(HttpQueueOutlooks(Inside(self.forwarder, self.settings.routing_url)), self.feed),
        )
        return StreamDoor(
            authenticator=self.authenticator,
            desk=desk,
            sessions=self.sessions,
            presence=self.presence,
            typing=typing,
            draining=self.resources.health.draining,
        )


def open_door(
    settings: DoorSettings,
    resources: Resources,
    *,
    feed: LiveFeed[FeedItem],
    apply: ApplyEvent,
    paces: PoolPaces,
    stores: DoorStores | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
) -> Door:
    """Make the door's parts; `apply` stores at once what an awaited event means for its contact, `paces` hear answers.

    `stores` and `transport` are the database's and the network's where none are given.
    """
    stores = stores or mongo_stores(settings, resources)
    http = httpx.AsyncClient(
        transport=transport,
        timeout=httpx.Timeout(settings.forward_timeout_seconds, connect=2.0, pool=5.0),
        limits=httpx.Limits(max_connections=200, max_keepalive_connections=50),
        follow_redirects=False,
        trust_env=False,
    )
    routing_settings = RoutingSettings()
    secret = settings.internal_secret.get_secret_value()
    forwarder = Forwarder(http, secret, resources.clock)
    views = PoolViews(routing_settings, HttpPoolSnapshots(forwarder, settings.routing_url))
    metrics = DoorMetrics(resources.registry)
    commands = KafkaRoutingCommands(resources.publisher, resources.clock, apply, metrics)
    sessions = StreamSessions()
    presence = AgentPresence(
        replica=settings.instance,
        records=stores.presence,
        commands=commands,
        settings=routing_settings,
        clock=resources.clock,
        grace_seconds=settings.agent_grace_seconds,
    )
    pepper = Pepper(settings.api_key_pepper.get_secret_value().encode())
    authenticator = Authenticator(
        tokens=Remembering(TokenVerifier(settings.issuers(), http), resources.clock),
        api_keys=Remembering(ApiKeyVerifier(stores.api_keys, pepper), resources.clock),
        metrics=metrics,
    )
    settings_tail = Tail(
        topics=(SETTINGS_TOPIC,), handlers=SettingsReader(routing_settings).handlers(), from_beginning=True
    )
    return Door(
        settings=settings,
        resources=resources,
        feed=feed,
        http=http,
        routing_settings=routing_settings,
        commands=commands,
        views=views,
        forwarder=forwarder,
        authenticator=authenticator,
        stores=stores,
        pepper=pepper,
        sessions=sessions,
        presence=presence,
        metrics=metrics,
        tails=(settings_tail, RoutingReader(commands, views, feed, paces).tail()),
        background=(views.run, sessions.run, presence.run),
        on_start=(stores.prepare,),
        on_stop=(http.aclose,),
    )


def _upstreams(settings: DoorSettings) -> tuple[Upstream, ...]:
    return (
        Upstream(name="routing", url=settings.routing_url),
        Upstream(name="ticketing", url=settings.ticketing_url),
        Upstream(name="quality", url=settings.quality_url),
        Upstream(name="notify", url=settings.notify_url),
        Upstream(name="analytics", url=settings.analytics_url),
    )
