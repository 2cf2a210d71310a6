"""Reading topics from given places on, without a group: for a client that keeps its own place."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from switchyard.eventing.envelope import Place
from switchyard.eventing.ports import BrokerUnavailable
from switchyard.eventing.records import RawRecord
from switchyard.kafka.ending import stopped
from switchyard.kafka.metadata import layout_of
from switchyard.kafka.settings import KafkaSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPosition:
    """The offset to be read next, by topic and partition, in the cluster of that id."""

    cluster: str
    offsets: Mapping[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Offsets that were asked for and are gone: retention passed, or a memory-only broker was started again."""

    topic: str
    partition: int
    asked: int
    begins: int


class LogReader:
    """One reader; `open` it, `read` until done, `close` it."""

    def __init__(self, consumer: AIOKafkaConsumer, cluster: str, next_offsets: dict[TopicPartition, int]) -> None:
        self._consumer = consumer
        self._cluster = cluster
        self._next = next_offsets
        self.gaps: tuple[Gap, ...] = ()

    @classmethod
    async def open(
        cls, settings: KafkaSettings, topics: Sequence[str], *, at: LogPosition | None, from_beginning: bool = False
    ) -> Self:
        """Stand at a position; without one at the ends, or at the beginnings. Raises BrokerUnavailable."""
        layout = await layout_of(settings, topics)
        consumer = AIOKafkaConsumer(**settings.consumer())
        try:
            async with asyncio.timeout(settings.request_timeout_ms / 1000):
                await consumer.start()
                consumer.assign(layout.partitions)
                begins = await consumer.beginning_offsets(layout.partitions)
                ends = await consumer.end_offsets(layout.partitions)
        except (KafkaError, OSError, TimeoutError) as error:
            await stopped(consumer)
            raise BrokerUnavailable(f"no answer from {settings.bootstrap}: {error}") from error
        reader = cls(consumer, layout.cluster, dict(begins if from_beginning or at is not None else ends))
        if at is not None:
            reader._go_to(at, begins, ends)
        for partition, offset in reader._next.items():
            consumer.seek(partition, offset)
        return reader

    @property
    def position(self) -> LogPosition:
        """Where the next read goes on."""
        offsets: dict[str, list[int]] = {}
        for partition in sorted(self._next):
            offsets.setdefault(partition.topic, []).append(self._next[partition])
        return LogPosition(cluster=self._cluster, offsets={topic: tuple(each) for topic, each in offsets.items()})

    async def read(self, wait_seconds: float) -> list[RawRecord]:
        """Return what comes within the wait, at least one record where there is one. Raises BrokerUnavailable."""
        try:
            polled = await self._consumer.getmany(timeout_ms=int(wait_seconds * 1000))
        except KafkaError as error:
            raise BrokerUnavailable(str(error)) from error
        return [
            RawRecord(
                Place(cluster=self._cluster, topic=each.topic, partition=each.partition, offset=each.offset),
                each.key,
                each.value,
                each.headers,
            )
            for records in polled.values()
            for each in records
        ]

    def passed(self, place: Place) -> None:
        """Move the position past a record that was dealt with."""
        self._next[TopicPartition(place.topic, place.partition)] = place.offset + 1

    async def close(self) -> None:
        await stopped(self._consumer)

    def _go_to(self, at: LogPosition, begins: Mapping[TopicPartition, int], ends: Mapping[TopicPartition, int]) -> None:
        gaps = []
        for partition in self._next:
            asked = at.offsets.get(partition.topic, ())
            if at.cluster != self._cluster or partition.partition >= len(asked):
                continue
            wanted = asked[partition.partition]
            self._next[partition] = min(max(wanted, begins[partition]), ends[partition])
            if wanted < begins[partition]:
                gap = Gap(topic=partition.topic, partition=partition.partition, asked=wanted, begins=begins[partition])
                gaps.append(gap)
        self.gaps = tuple(gaps)
