"""The suite of publishers, on the bus in memory and on real brokers."""

from collections.abc import AsyncIterator, Callable, Sequence

import pytest
import pytest_asyncio

from switchyard.eventing.envelope import Message
from switchyard.eventing.ports import BrokerUnavailable, Publisher
from switchyard.eventing.records import RawRecord
from switchyard.internal.signals.v1.signals_pb2 import LinesRead
from switchyard.kafka.publisher import KafkaPublisher
from switchyard.kafka.settings import KafkaSettings
from switchyard.stack.apache_kafka import ApacheKafka
from switchyard.stack.ports import free_port
from switchyard.testing.boards import KafkaBoards
from switchyard.testing.kafka_fixtures import make_topic
from switchyard.testing.memory_bus import InMemoryBus
from switchyard.testing.memory_parked import InMemoryParkedSubjects
from switchyard.testing.messages import make_event
from switchyard.testing.processes import kafka_settings


class Published:
    """A publisher, and what arrived of what it published."""

    def __init__(self, publisher: Publisher, read: Callable[[str, int], object], topic: str) -> None:
        self.publisher = publisher
        self.topic = topic
        self._read = read

    async def records(self, least: int) -> Sequence[RawRecord]:
        found: Sequence[RawRecord] = await self._read(self.topic, least)  # type: ignore[misc]
        return found

    def event(self, subject: str, number: int) -> Message:
        message = LinesRead(contact_id=subject, through_line=number)
        return make_event(message, subject=subject, sequence=number, topic=self.topic)


@pytest_asyncio.fixture(params=["memory", "embedded_broker", "apache_kafka"])
async def published(request: pytest.FixtureRequest, unique: str) -> AsyncIterator[Published]:
    topic = f"events-{unique}"
    if request.param == "memory":
        bus = InMemoryBus()

        async def read(name: str, _least: int) -> Sequence[RawRecord]:
            return bus.records(name)

        yield Published(bus, read, topic)
        return
    settings = kafka_settings(request.getfixturevalue(request.param))
    await make_topic(settings, topic)
    publisher = KafkaPublisher(settings)
    yield Published(publisher, KafkaBoards(settings, publisher, InMemoryParkedSubjects()).read, topic)
    await publisher.stop()


async def test_what_was_published_arrives_unchanged(published: Published) -> None:
    event = published.event("主题", 1)
    await published.publisher.publish([event])
    (record,) = await published.records(1)
    assert record.read().message == event


async def test_messages_of_a_key_arrive_in_the_order_given(published: Published) -> None:
    events = [published.event(subject, number) for number in range(1, 201) for subject in ("a", "b", "c")]
    await published.publisher.publish(events)
    records = await published.records(600)
    for subject in ("a", "b", "c"):
        sequences = [
            i.read().message.envelope.sequence for i in records if i.read().message.envelope.subject == subject
        ]
        assert sequences == list(range(1, 201))


async def test_publishing_nothing_is_no_error(published: Published) -> None:
    await published.publisher.publish([])


async def test_a_broker_that_is_away_is_said_to_be(unique: str) -> None:
    nobody = KafkaSettings(bootstrap=f"127.0.0.1:{free_port()}", embedded=True, request_timeout_ms=500)
    bus = InMemoryBus()
    bus.available = False
    event = make_event(LinesRead(), subject="s", sequence=1)
    for publisher in (bus, KafkaPublisher(nobody)):
        with pytest.raises(BrokerUnavailable):
            await publisher.publish([event])


async def test_a_topic_that_does_not_exist_is_said_to_be_away(apache_kafka: ApacheKafka) -> None:
    """On Kafka only: the embedded broker creates what it is sent."""
    publisher = KafkaPublisher(kafka_settings(apache_kafka, request_timeout_ms=1_000))
    with pytest.raises(BrokerUnavailable):
        await publisher.publish([make_event(LinesRead(), subject="s", sequence=1, topic="no-such-topic")])
    await publisher.stop()
