"""The suite of consumers runs on the broker in memory, on the embedded one, and on Apache Kafka."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from switchyard.kafka.publisher import KafkaPublisher
from switchyard.mongo.client import Database
from switchyard.mongo.parked import MongoParkedSubjects
from switchyard.testing.boards import KafkaBoards, MemoryBoards
from switchyard.testing.kafka_fixtures import make_topic
from switchyard.testing.memory_bus import InMemoryBus
from switchyard.testing.memory_parked import InMemoryParkedSubjects
from switchyard.testing.processes import Broker, kafka_settings
from switchyard.testing.stage import Stage


@pytest.fixture(params=["memory", "embedded_broker", "apache_kafka"])
def broker_below(request: pytest.FixtureRequest) -> Broker | None:
    """None stands for the broker in memory."""
    return None if request.param == "memory" else request.getfixturevalue(request.param)


@pytest_asyncio.fixture
async def stage(broker_below: Broker | None, mongo: Database, unique: str) -> AsyncIterator[Stage]:
    topic, group = f"events-{unique}", f"group-{unique}"
    if broker_below is None:
        bus, waiting = InMemoryBus(), InMemoryParkedSubjects()
        yield Stage(topic=topic, group=group, boards=MemoryBoards(bus, waiting), parked=waiting, publisher=bus)
        return
    settings = kafka_settings(broker_below)
    await make_topic(settings, topic)
    publisher, parked = KafkaPublisher(settings), MongoParkedSubjects(mongo)
    await parked.prepare()
    boards = KafkaBoards(settings, publisher, parked)
    yield Stage(topic=topic, group=group, boards=boards, parked=parked, publisher=publisher)
    await publisher.stop()
