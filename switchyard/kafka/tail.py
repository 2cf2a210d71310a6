"""Reading topics whole, without a group: every replica sees everything, and keeps nothing of where it stood.

A handler that fails is logged and passed over: what a tail feeds is a replica's own picture, which the group's
consumer or the next start sets right.
"""

import asyncio
from collections.abc import Sequence
from time import monotonic

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError
from google.protobuf.message import DecodeError
from prometheus_client import CollectorRegistry

from switchyard.eventing.attempts import Around, no_context
from switchyard.eventing.cloudevents import MalformedEnvelope
from switchyard.eventing.consumer_metrics import GroupCounts, consumer_metrics
from switchyard.eventing.envelope import Place
from switchyard.eventing.ports import BrokerUnavailable, Tail
from switchyard.eventing.records import RawRecord
from switchyard.kafka.cluster import cluster_id
from switchyard.kafka.ending import pause, stopped
from switchyard.kafka.metadata import layout_of
from switchyard.kafka.settings import KafkaSettings

log = structlog.get_logger(__name__)

_POLL_MS = 200
_LONGEST_PAUSE_SECONDS = 5.0


class TailReader:
    """One per tail and process; `run` is all there is to call.

    `caught_up` is set once everything is read that the topics held at the start; a live tail is caught up as soon as
    it stands at the ends, after which it misses nothing.
    """

    def __init__(
        self, settings: KafkaSettings, tail: Tail, *, registry: CollectorRegistry, around: Around = no_context
    ) -> None:
        self._settings = settings
        self._tail = tail
        self._around = around
        self._handlers = {
            kind.DESCRIPTOR.full_name: (kind.FromString, handler) for kind, handler in tail.handlers.items()
        }
        self._counts = GroupCounts(consumer_metrics(registry), "tail")
        self._cluster = ""
        self._ends: dict[TopicPartition, int] = {}
        self._next: dict[TopicPartition, int] = {}
        self._last_poll = monotonic()
        self.caught_up = asyncio.Event()

    @property
    def seconds_since_poll(self) -> float:
        return monotonic() - self._last_poll

    @property
    def assigned(self) -> bool:
        """True once caught up: before that, what it feeds is not complete."""
        return self.caught_up.is_set()

    async def run(self, stop: asyncio.Event) -> None:
        """Read until told to stop, however often the broker goes and comes back."""
        consumer = await self._started(stop)
        if consumer is None:
            return
        try:
            while not stop.is_set():
                await self._turn(consumer, stop)
        finally:
            await stopped(consumer)

    async def _started(self, stop: asyncio.Event) -> AIOKafkaConsumer | None:
        delay = 0.1
        while not stop.is_set():
            consumer = AIOKafkaConsumer(**self._settings.consumer())
            try:
                await asyncio.wait_for(consumer.start(), self._settings.request_timeout_ms / 1000)
                await asyncio.wait_for(self._position(consumer), self._settings.request_timeout_ms / 1000)
            except (KafkaError, OSError, TimeoutError, BrokerUnavailable) as error:
                log.warning("tail-waits-for-broker", topics=self._tail.topics, error=str(error))
                await stopped(consumer)
                await pause(delay, stop)
                delay = min(2 * delay, _LONGEST_PAUSE_SECONDS)
                self._last_poll = monotonic()
            else:
                return consumer
        return None

    async def _position(self, consumer: AIOKafkaConsumer) -> None:
        """Stand at the beginnings or the ends, by number: "the end" must be that of now, not of the first fetch."""
        layout = await layout_of(self._settings, self._tail.topics)
        self._cluster, partitions = layout.cluster, layout.partitions
        consumer.assign(partitions)
        self._ends = await consumer.end_offsets(partitions)
        starts = await consumer.beginning_offsets(partitions) if self._tail.from_beginning else self._ends
        self._next = dict(starts)
        for partition, offset in starts.items():
            consumer.seek(partition, offset)
        self._look_whether_caught_up()

    async def _turn(self, consumer: AIOKafkaConsumer, stop: asyncio.Event) -> None:
        try:
            polled = await consumer.getmany(timeout_ms=_POLL_MS)
        except KafkaError as error:
            log.warning("tail-poll-failed", error=str(error))
            await pause(0.5, stop)
            return
        self._last_poll = monotonic()
        for partition, records in polled.items():
            await self._read(partition, records)
        if not self.caught_up.is_set():
            await self._follow(consumer)

    async def _follow(self, consumer: AIOKafkaConsumer) -> None:
        """A compacted topic may have nothing at its last offsets: the position tells, not the last record."""
        for partition in self._ends:
            self._next[partition] = max(self._next[partition], await consumer.position(partition))
        self._look_whether_caught_up()

    def _look_whether_caught_up(self) -> None:
        if all(self._next[partition] >= end for partition, end in self._ends.items()):
            self.caught_up.set()

    async def _read(self, partition: TopicPartition, records: Sequence[ConsumerRecord]) -> None:
        if records[0].offset < self._next.get(partition, 0):
            self._cluster = await self._new_cluster()
        for record in records:
            place = Place(
                cluster=self._cluster, topic=partition.topic, partition=partition.partition, offset=record.offset
            )
            await self._handle(RawRecord(place, record.key, record.value, record.headers))
        self._next[partition] = records[-1].offset + 1

    async def _new_cluster(self) -> str:
        """Offsets went backwards: a memory-only broker was started again, under a new id."""
        try:
            return await cluster_id(self._settings)
        except BrokerUnavailable:
            return self._cluster

    async def _handle(self, record: RawRecord) -> None:
        try:
            received = record.read()
        except MalformedEnvelope:
            # Whoever reads these topics as a group buries it.
            self._counts.malformed.inc()
            return
        known = self._handlers.get(received.message.envelope.type)
        if known is None:
            self._counts.unknown.inc()
            return
        decode, handler = known
        try:
            decoded = decode(received.message.data)
            with self._around(received):
                await handler(received, decoded)
        except DecodeError:
            self._counts.malformed.inc()
        except Exception:
            self._counts.poisoned.inc()
            log.exception("tail-handler-failed", message=received.message.envelope.id)
        else:
            self._counts.done.inc()
