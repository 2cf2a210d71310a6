"""Where routing's parts are joined, in production and in tests alike."""

import asyncio
import uuid

import httpx

from services.routing.adapters.cel_expressions import CelExpressions
from services.routing.adapters.child_explainer import ChildExplainer, ExplainerLimits
from services.routing.adapters.command_log import TOPIC, KafkaCommandLog
from services.routing.adapters.crash_points import crash_points
from services.routing.adapters.live_queues import ReplicasQueues
from services.routing.adapters.mongo_archive import MongoArchive
from services.routing.adapters.mongo_journal import MongoJournal
from services.routing.adapters.simulation_player import JournalPlace
from services.routing.adapters.telemetry import RoutingMetrics, command_spans
from services.routing.adapters.wire_commands import decode
from services.routing.adapters.wire_events import encode
from services.routing.application.archiving import Ages, archiving
from services.routing.application.live_queries import LiveQueries
from services.routing.application.loop import GROUP, RoutingLoop
from services.routing.application.ports import Clock
from services.routing.entrypoints.candidates_http import candidates_router
from services.routing.entrypoints.decisions_http import decisions_router
from services.routing.entrypoints.live_http import live_router
from services.routing.entrypoints.queue_contacts_http import queue_contacts_router
from services.routing.entrypoints.settings_http import problems
from services.routing.entrypoints.snapshot_http import snapshot_router
from services.routing.settings import Settings
from services.routing.wiring_settings import wire_settings
from services.routing.wiring_simulations import MOST_BODY_BYTES, wire_simulations
from switchyard.eventing.consumer_metrics import consumer_metrics
from switchyard.eventing.dead_letters import DeadLetters
from switchyard.kafka.dead_letters import KafkaDeadLetters
from switchyard.kafka.publisher import KafkaPublisher
from switchyard.service.http import make_app
from switchyard.service.running import Resources, Service

#: The loop turns twice a second when nothing happens; a retry beats too.
STUCK_SECONDS = 30.0


def build(settings: Settings, resources: Resources, dead_letters: DeadLetters | None = None) -> Service:
    """Join routing over what the process gives; dead letters go to Kafka unless another place is given."""
    journal = MongoJournal(resources.database, instance=settings.instance, address=settings.own_address)
    lag = consumer_metrics(resources.registry).lag.labels(GROUP)
    commands = KafkaCommandLog(resources.kafka, GROUP, tell_lag=lag.set)
    metrics = RoutingMetrics(resources.registry)
    loop = RoutingLoop(
        commands=commands,
        journal=journal,
        publisher=resources.publisher,
        dead_letters=dead_letters or _dead_letters(resources),
        decode=decode,
        encode=encode,
        clock=_milliseconds(resources),
        new_id=lambda: uuid.uuid4().hex,
        measures=metrics,
        spans=command_spans(resources.tracer, GROUP),
        expressions=CelExpressions(),
        reached=crash_points(settings.crash_at),
        beat=resources.health.heartbeat("routing-loop", STUCK_SECONDS).beat,
    )
    metrics.serve(loop.pools.values)
    return _service(settings, resources, journal, commands, loop)


def _explainer(settings: Settings) -> ChildExplainer:
    place = JournalPlace(uri=settings.mongodb_uri, database=settings.database)
    return ChildExplainer(place, ExplainerLimits())


def _live_queues(
    settings: Settings,
    resources: Resources,
    journal: MongoJournal,
    queries: LiveQueries,
    client: httpx.AsyncClient,
) -> ReplicasQueues:
    return ReplicasQueues(
        queries,
        journal.owners,
        address=settings.own_address,
        client=client,
        secret=settings.internal_secret.get_secret_value(),
        clock=resources.clock,
    )


def _milliseconds(resources: Resources) -> Clock:
    return lambda: round(resources.clock().timestamp() * 1000)


def _dead_letters(resources: Resources) -> DeadLetters:
    if not isinstance(resources.publisher, KafkaPublisher):
        raise TypeError("dead letters need a place where the publisher is not Kafka's")
    return KafkaDeadLetters(resources.publisher)


def _service(
    settings: Settings, resources: Resources, journal: MongoJournal, commands: KafkaCommandLog, loop: RoutingLoop
) -> Service:
    client, clock, pools = httpx.AsyncClient(), _milliseconds(resources), loop.pools.values
    ages = Ages(packed_days=settings.journal_days, emptied_days=settings.archive_days)
    queries = LiveQueries(loop.pools, clock)
    parts = wire_settings(resources, _live_queues(settings, resources, journal, queries, client))
    simulations = wire_simulations(settings, resources)
    app = make_app(
        "routing",
        settings=settings,
        registry=resources.registry,
        health=resources.health,
        tracer_provider=resources.telemetry.provider,
        body_limits={"/v1/simulations": MOST_BODY_BYTES},
    )
    app.include_router(
        live_router(queries, journal.owners, parts.has_queue, address=settings.own_address, client=client)
    )
    app.include_router(snapshot_router(loop.pools, journal.owners, address=settings.own_address, client=client))
    app.include_router(queue_contacts_router(queries))
    app.include_router(candidates_router(loop.pools, journal.owners, address=settings.own_address, client=client))
    app.include_router(decisions_router(_explainer(settings).answer_about, journal.of_contact))
    app.include_router(simulations.router)
    for router in parts.routers:
        app.include_router(router)
    problems.add_handlers(app)
    resources.health.require("command-log", commands.joined)

    async def decide(stop: asyncio.Event) -> None:
        if await commands.start(stop):
            await loop.run(stop)

    return Service(
        name="routing",
        app=app,
        subscriptions=parts.subscriptions,
        reads=(TOPIC,),
        background=(
            decide,
            commands.commits,
            commands.measures_lag,
            archiving(MongoArchive(resources.database), pools, clock, ages),
            *parts.background,
        ),
        on_start=(journal.prepare, *parts.on_start, *simulations.on_start),
        on_stop=(*simulations.on_stop, commands.stop, client.aclose),
    )
