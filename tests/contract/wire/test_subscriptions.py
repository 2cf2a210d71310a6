"""What services really read is what the topic files say they read, and what they handle is what those carry."""

import importlib
from collections.abc import Iterator

import pytest

from switchyard.eventing.ports import Subscription, Tail
from switchyard.kafka.publisher import KafkaPublisher
from switchyard.kafka.topic_files import load_topics
from switchyard.mongo.client import connect
from switchyard.service import telemetry
from switchyard.service.health import Health
from switchyard.service.running import Resources, Service

SERVICES = ("gateway", "routing", "ticketing", "quality", "notify", "analytics")
TOPICS = {topic.name: topic for topic in load_topics()}


def build(name: str) -> Service:
    """Put a service together as production does; nothing of it connects before it runs."""
    settings = importlib.import_module(f"services.{name}.settings").Settings()
    client = connect(settings.mongo)
    resources = Resources(
        publisher=KafkaPublisher(settings.kafka),
        database=client[settings.database],
        kafka=settings.kafka,
        telemetry=telemetry.setup(name, settings),
        health=Health(),
    )
    service: Service = importlib.import_module(f"services.{name}.bootstrap").build(settings, resources)
    return service


def read_by(service: Service) -> set[str]:
    groups = {topic for each in service.subscriptions for topic in each.topics}
    return groups.union(service.reads, *(tail.topics for tail in service.tails))


def handled_by(service: Service) -> Iterator[tuple[tuple[str, ...], str]]:
    readers: list[Subscription | Tail] = [*service.subscriptions, *service.tails]
    for reader in readers:
        for kind in reader.handlers:
            yield tuple(reader.topics), kind.DESCRIPTOR.full_name


@pytest.mark.parametrize("name", SERVICES)
async def test_a_service_reads_what_the_topic_files_say(name: str) -> None:
    service = build(name)
    said = {topic.name for topic in TOPICS.values() if name in topic.consumers}
    assert read_by(service) == said


@pytest.mark.parametrize("name", SERVICES)
async def test_a_service_handles_only_what_its_topics_carry(name: str) -> None:
    strangers = [
        kind for topics, kind in handled_by(build(name)) if not any(kind in TOPICS[topic].messages for topic in topics)
    ]
    assert not strangers


@pytest.mark.parametrize("name", SERVICES)
async def test_a_service_gives_its_name(name: str) -> None:
    assert build(name).name == name
