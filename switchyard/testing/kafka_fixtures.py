"""Fixtures of tests that run on every real broker: topics and publishers of a test's own."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from switchyard.kafka.publisher import KafkaPublisher
from switchyard.kafka.settings import KafkaSettings
from switchyard.kafka.topic_files import TopicSpec
from switchyard.kafka.topics import create_topics_of
from switchyard.mongo.client import Database
from switchyard.mongo.parked import MongoParkedSubjects
from switchyard.testing.boards import KafkaBoards
from switchyard.testing.processes import Broker, kafka_settings
from switchyard.testing.stage import Stage


@pytest.fixture(params=["embedded_broker", "apache_kafka"])
def kafka(request: pytest.FixtureRequest) -> KafkaSettings:
    """Settings of each broker in turn."""
    broker: Broker = request.getfixturevalue(request.param)
    return kafka_settings(broker)


@pytest_asyncio.fixture
async def topic(kafka: KafkaSettings, unique: str) -> str:
    """A topic of three partitions, and the topic of its dead letters."""
    return await make_topic(kafka, f"events-{unique}")


async def make_topic(kafka: KafkaSettings, name: str, *, partitions: int = 3) -> str:
    """Create a topic that takes long messages, and the topic of its dead letters."""
    wanted = [
        TopicSpec(name=name, partitions=partitions, settings={"max.message.bytes": "8388608"}),
        TopicSpec(name=f"{name}-dlq", partitions=1, settings={"max.message.bytes": "8454144"}),
    ]
    await create_topics_of(kafka.bootstrap, wanted)
    return name


@pytest_asyncio.fixture
async def publisher(kafka: KafkaSettings) -> AsyncIterator[KafkaPublisher]:
    publisher = KafkaPublisher(kafka)
    await publisher.start()
    yield publisher
    await publisher.stop()


@pytest_asyncio.fixture
async def kafka_stage(kafka: KafkaSettings, topic: str, mongo: Database, publisher: KafkaPublisher) -> Stage:
    parked = MongoParkedSubjects(mongo)
    await parked.prepare()
    boards = KafkaBoards(kafka, publisher, parked)
    return Stage(topic=topic, group=f"group-of-{topic}", boards=boards, parked=parked, publisher=publisher)
