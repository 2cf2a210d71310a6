"""The brokers that a stage stands on."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry

from switchyard.eventing.attempts import RetryPolicy
from switchyard.eventing.dispatch import DispatchLimits
from switchyard.eventing.envelope import Place
from switchyard.eventing.parking import ParkedSubjects
from switchyard.eventing.ports import Subscription
from switchyard.eventing.records import RawRecord
from switchyard.kafka.consumer import GroupConsumer
from switchyard.kafka.dead_letters import KafkaDeadLetters
from switchyard.kafka.publisher import KafkaPublisher
from switchyard.kafka.settings import KafkaSettings
from switchyard.testing.memory_bus import InMemoryBus
from switchyard.testing.memory_consumer import InMemoryConsumer
from switchyard.testing.polling import Runnable
from switchyard.testing.reading import read_topic


@dataclass(frozen=True, slots=True)
class MemoryBoards:
    bus: InMemoryBus
    parked: ParkedSubjects
    offsets: dict[str, int] = field(default_factory=dict)

    def consumer(self, subscription: Subscription, limits: DispatchLimits | None, policy: RetryPolicy) -> Runnable:
        return InMemoryConsumer(
            self.bus, subscription, parked=self.parked, offsets=self.offsets, limits=limits, policy=policy
        )

    async def read(self, topic: str, least: int) -> Sequence[RawRecord]:
        records = self.bus.records(topic)
        assert len(records) >= least
        return records


@dataclass(frozen=True, slots=True)
class KafkaBoards:
    settings: KafkaSettings
    publisher: KafkaPublisher
    parked: ParkedSubjects

    def consumer(self, subscription: Subscription, limits: DispatchLimits | None, policy: RetryPolicy) -> Runnable:
        return GroupConsumer(
            self.settings,
            subscription,
            parked=self.parked,
            dead_letters=KafkaDeadLetters(self.publisher),
            registry=CollectorRegistry(),
            limits=limits,
            policy=policy,
        )

    async def read(self, topic: str, least: int) -> Sequence[RawRecord]:
        found = await read_topic(self.settings, topic, least)
        return [
            RawRecord(
                Place(cluster="", topic=topic, partition=record.partition, offset=record.offset),
                record.key,
                record.value,
                record.headers,
            )
            for record in found
        ]
