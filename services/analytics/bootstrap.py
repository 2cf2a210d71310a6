"""Where analytics' parts are joined, in production and in tests alike."""

import asyncio
from dataclasses import dataclass

from services.analytics.adapters.mongo_archive import MongoArchive
from services.analytics.adapters.mongo_generations import MongoGenerations, MongoWatermarks
from services.analytics.adapters.telemetry import AnalyticsMetrics
from services.analytics.application.count import Counting
from services.analytics.application.gaps import GapWatch
from services.analytics.application.live import Live
from services.analytics.application.statistics import Statistics
from services.analytics.entrypoints.consumer import COMPACTED, TOPICS, EventBatches
from services.analytics.entrypoints.facts import read_fact
from services.analytics.entrypoints.http import live_router, statistics_router, timeline_router
from services.analytics.settings import Settings
from switchyard.eventing.consumer_metrics import GroupCounts, consumer_metrics
from switchyard.eventing.dead_letters import DeadLetters
from switchyard.kafka.batches import BatchConsumer
from switchyard.kafka.dead_letters import KafkaDeadLetters
from switchyard.kafka.publisher import KafkaPublisher
from switchyard.mongo.client import Database
from switchyard.service.http import make_app
from switchyard.service.running import Resources, Service
from switchyard.service.telemetry import message_spans


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    """What analytics keeps in its database."""

    archive: MongoArchive
    generations: MongoGenerations
    watermarks: MongoWatermarks

    async def prepare(self) -> None:
        await self.archive.prepare()
        await self.watermarks.prepare()
        await self.generations.current()


def stores_of(database: Database, settings: Settings, resources: Resources) -> Stores:
    return Stores(
        archive=MongoArchive(database),
        generations=MongoGenerations(database),
        watermarks=MongoWatermarks(database, settings.instance, resources.clock),
    )


def build(settings: Settings, resources: Resources, dead_letters: DeadLetters | None = None) -> Service:
    """Join analytics over what the process gives; dead letters go to Kafka unless another way is given."""
    stores = stores_of(resources.database, settings, resources)
    gate = asyncio.Lock()
    counting = Counting(
        stores.archive, stores.generations, GapWatch(stores.archive, ignored=COMPACTED), read_fact, gate
    )
    consumer = _consumer(settings, resources, stores, counting, dead_letters or _on_kafka(resources))
    resources.health.watch("events", lambda: consumer.seconds_since_poll)
    app = make_app(
        "analytics",
        settings=settings,
        registry=resources.registry,
        health=resources.health,
        tracer_provider=resources.telemetry.provider,
    )
    app.include_router(live_router(Live(stores.generations, stores.watermarks, gate), resources.clock))
    app.include_router(statistics_router(Statistics(stores.generations, stores.watermarks, gate), resources.clock))
    app.include_router(timeline_router(stores.archive))
    return Service(
        name="analytics",
        app=app,
        reads=TOPICS,
        background=(consumer.run,),
        on_start=(stores.prepare, counting.settle),
    )


def _consumer(
    settings: Settings, resources: Resources, stores: Stores, counting: Counting, dead_letters: DeadLetters
) -> BatchConsumer:
    batches = EventBatches(
        counting,
        stores.watermarks,
        dead_letters,
        group=settings.analytics_group,
        metrics=AnalyticsMetrics(resources.registry),
        counts=GroupCounts(consumer_metrics(resources.registry), settings.analytics_group),
        around=message_spans(resources.tracer, settings.analytics_group),
        clock=resources.clock,
    )
    return BatchConsumer(
        settings=resources.kafka,
        group=settings.analytics_group,
        topics=TOPICS,
        handle=batches.handle,
        progress=batches.progress,
        clock=lambda: resources.clock().timestamp(),
    )


def _on_kafka(resources: Resources) -> DeadLetters:
    if not isinstance(resources.publisher, KafkaPublisher):
        raise TypeError("only the Kafka publisher takes dead letters; give others their own way")
    return KafkaDeadLetters(resources.publisher)
