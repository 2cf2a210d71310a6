"""A member of a consumer group, in a process of its own, whose effects are lines of one file."""

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path

from prometheus_client import CollectorRegistry

from switchyard.eventing.envelope import Received
from switchyard.eventing.outcomes import Done, Outcome
from switchyard.eventing.ports import Subscription
from switchyard.internal.signals.v1.signals_pb2 import LinesRead
from switchyard.kafka.consumer import GroupConsumer
from switchyard.kafka.dead_letters import KafkaDeadLetters
from switchyard.kafka.publisher import KafkaPublisher
from switchyard.kafka.settings import KafkaSettings
from switchyard.mongo.client import MongoSettings, connect
from switchyard.mongo.parked import MongoParkedSubjects


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    kafka: KafkaSettings
    mongo_uri: str
    database: str
    topic: str
    group: str
    effects: Path


def run_member(member: Member) -> None:
    """Consume until killed."""
    asyncio.run(_run(member))


async def _run(member: Member) -> None:
    effects = os.open(member.effects, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    async def note(_received: Received, message: LinesRead) -> Outcome:
        # One write of one line: appended whole, and after what other processes wrote before.
        os.write(effects, f"{message.contact_id} {message.through_line}\n".encode())
        return Done()

    client = connect(MongoSettings(uri=member.mongo_uri, database=member.database))
    publisher = KafkaPublisher(member.kafka)
    consumer = GroupConsumer(
        member.kafka,
        Subscription(group=member.group, topics=(member.topic,), handlers={LinesRead: note}),
        parked=MongoParkedSubjects(client[member.database]),
        dead_letters=KafkaDeadLetters(publisher),
        registry=CollectorRegistry(),
    )
    await consumer.run(asyncio.Event())
