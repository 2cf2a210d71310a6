"""A tenant on the broker that the run was asked for, its topics made."""

from collections.abc import AsyncIterator

import pytest_asyncio

from switchyard.kafka.publisher import KafkaPublisher
from switchyard.kafka.topics import create_topics, load_topics
from switchyard.mongo.client import Database
from switchyard.testing.processes import Broker, kafka_settings
from tests.integration.gateway_door.world import World, new_tenant


@pytest_asyncio.fixture
async def world(broker: Broker, mongo: Database) -> AsyncIterator[World]:
    kafka = kafka_settings(broker)
    await create_topics(kafka.bootstrap, load_topics())
    publisher = KafkaPublisher(kafka)
    await publisher.start()
    world = World(kafka=kafka, mongo=mongo, tenant=new_tenant(), publisher=publisher)
    await world.configure()
    async with world.router():
        yield world
    await publisher.stop()
