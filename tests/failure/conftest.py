"""Failure tests run on Apache Kafka: the promises are made for a broker that keeps what it acknowledged."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from switchyard.kafka.publisher import KafkaPublisher
from switchyard.kafka.settings import KafkaSettings
from switchyard.mongo.client import Database
from switchyard.mongo.parked import MongoParkedSubjects
from switchyard.stack.apache_kafka import ApacheKafka
from switchyard.testing.boards import KafkaBoards
from switchyard.testing.kafka_fixtures import make_topic
from switchyard.testing.processes import kafka_settings
from switchyard.testing.stage import Stage


@pytest.fixture
def kafka(apache_kafka: ApacheKafka) -> KafkaSettings:
    return kafka_settings(apache_kafka)


@pytest_asyncio.fixture
async def stage(kafka: KafkaSettings, mongo: Database, unique: str) -> AsyncIterator[Stage]:
    """A topic of three partitions, a group, and a handler that notes what it was given."""
    topic = await make_topic(kafka, f"events-{unique}")
    publisher, parked = KafkaPublisher(kafka), MongoParkedSubjects(mongo)
    await parked.prepare()
    boards = KafkaBoards(kafka, publisher, parked)
    yield Stage(topic=topic, group=f"group-{unique}", boards=boards, parked=parked, publisher=publisher)
    await publisher.stop()
