"""The command log on Kafka: this replica's partitions of routing-commands-v1, read in order, committed beside the loop.

A consumer of its own, because the routing loop decides by itself what a batch is and when an offset is done; the kit's
consumer runs handlers. The session is short: a pool without its owner must be back in ten seconds.
"""

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.errors import IllegalStateError, KafkaError

from switchyard.eventing.envelope import Place
from switchyard.eventing.ports import BrokerUnavailable
from switchyard.eventing.records import RawRecord
from switchyard.kafka.cluster import cluster_id
from switchyard.kafka.ending import pause, stopped
from switchyard.kafka.offsets import Offsets
from switchyard.kafka.settings import KafkaSettings

log = structlog.get_logger(__name__)

TOPIC = "routing-commands-v1"
SESSION_TIMEOUT_MS = 6_000
COMMIT_SECONDS = 0.2
LAG_SECONDS = 2.0
_ANSWER_SECONDS = 2.0
_RETRY_SECONDS = 0.5


class KafkaCommandLog(ConsumerRebalanceListener):  # type: ignore[misc]
    """`start` before use, `stop` after; `commits` and `measures_lag` run beside the loop."""

    def __init__(
        self,
        settings: KafkaSettings,
        group: str,
        topic: str = TOPIC,
        *,
        tell_lag: Callable[[float], None] = lambda lag: None,  # noqa: ARG005
    ) -> None:
        self._settings = settings
        self._tell_lag = tell_lag
        self._group = group
        self._topic = topic
        self._offsets = Offsets(group)
        self._consumer: AIOKafkaConsumer | None = None
        self._assigned: frozenset[int] = frozenset()
        self._assignment = 0
        self._cluster = ""
        self._has_joined = False

    @property
    def assigned(self) -> frozenset[int]:
        return self._assigned

    @property
    def assignment(self) -> int:
        return self._assignment

    @property
    def cluster(self) -> str:
        return self._cluster

    async def start(self, stop: asyncio.Event) -> bool:
        """Join the group, however long the broker is away; False when told to stop first."""
        while not stop.is_set():
            consumer = self._new_consumer()
            try:
                self._cluster = await cluster_id(self._settings)
                await asyncio.wait_for(consumer.start(), self._settings.request_timeout_ms / 1000)
            except (KafkaError, OSError, TimeoutError, BrokerUnavailable) as error:
                log.warning("command-log-waits-for-broker", error=str(error))
                await stopped(consumer)
                await pause(_RETRY_SECONDS, stop)
            else:
                consumer.subscribe([self._topic], listener=self)
                self._consumer = consumer
                return True
        return False

    async def stop(self) -> None:
        """Commit what is done and leave."""
        consumer, self._consumer = self._consumer, None
        if consumer is None:
            return
        try:
            await asyncio.wait_for(self._offsets.commit(consumer), _ANSWER_SECONDS)
        except TimeoutError:
            log.warning("last-commit-left")
        await stopped(consumer)

    async def joined(self) -> bool:
        """Say whether the group has told this replica what is its to run, be it nothing."""
        return self._has_joined

    async def poll(self, timeout_seconds: float) -> Sequence[RawRecord]:
        consumer = self._joined()
        try:
            polled = await consumer.getmany(timeout_ms=max(1, round(timeout_seconds * 1000)))
        except KafkaError as error:
            log.warning("command-log-poll-failed", error=str(error))
            await asyncio.sleep(_RETRY_SECONDS)
            return ()
        records = [record for several in polled.values() for record in several]
        if any(self._offsets.went_backwards(_partition(record), record.offset) for record in records):
            await self._ask_cluster()
        return [self._raw(record) for record in records]

    async def ends(self, partitions: Collection[int]) -> Mapping[int, int] | None:
        if not set(partitions) <= self._assigned:
            return None
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                ends = await self._joined().end_offsets(self._topic_partitions(partitions))
        except (KafkaError, IllegalStateError, TimeoutError) as error:
            log.warning("timers-wait-for-broker", error=str(error))
            return None
        return {partition.partition: end for partition, end in ends.items()}

    async def passed(self, ends: Mapping[int, int]) -> bool:
        if not set(ends) <= self._assigned:
            return False
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                for partition in self._topic_partitions(ends):
                    if await self._joined().position(partition) < ends[partition.partition]:
                        return False
        except (KafkaError, IllegalStateError, TimeoutError) as error:
            log.warning("timers-wait-for-broker", error=str(error))
            return False
        return True

    def done(self, partition: int, offset: int) -> None:
        self._offsets.handled(TopicPartition(self._topic, partition), offset)

    async def commits(self, stop: asyncio.Event) -> None:
        """Commit what is done, again and again; a batch never waits for it."""
        while not stop.is_set():
            await pause(COMMIT_SECONDS, stop)
            if self._consumer is not None:
                await self._offsets.commit(self._consumer)

    async def measures_lag(self, stop: asyncio.Event) -> None:
        """Tell how many commands wait in the log, again and again."""
        while not stop.is_set():
            await pause(LAG_SECONDS, stop)
            if self._consumer is not None:
                try:
                    self._tell_lag(await self._offsets.lag(self._consumer))
                except (KafkaError, IllegalStateError, TimeoutError) as error:
                    log.warning("lag-unknown", group=self._group, error=str(error))

    async def on_partitions_revoked(self, revoked: list[TopicPartition]) -> None:
        """Commit what is done; the batch in hand is covered by the journal, wherever it goes on."""
        if self._consumer is not None:
            await self._offsets.commit(self._consumer)
        log.info("partitions-revoked", count=len(revoked))

    async def on_partitions_assigned(self, assigned: list[TopicPartition]) -> None:
        self._offsets.clear()
        self._assigned = frozenset(partition.partition for partition in assigned)
        self._assignment += 1
        self._has_joined = True
        log.info("partitions-assigned", partitions=sorted(self._assigned))

    async def _ask_cluster(self) -> None:
        """Offsets that start again belong to another cluster: a memory-only broker that was restarted."""
        try:
            self._cluster = await cluster_id(self._settings)
        except BrokerUnavailable as error:
            log.warning("cluster-unknown", error=str(error))

    def _new_consumer(self) -> AIOKafkaConsumer:
        settings = self._settings
        return AIOKafkaConsumer(
            **settings.consumer(),
            group_id=self._group,
            group_instance_id=f"{self._group}-{settings.instance}" if settings.instance else None,
            session_timeout_ms=SESSION_TIMEOUT_MS,
            heartbeat_interval_ms=SESSION_TIMEOUT_MS // 4,
            rebalance_timeout_ms=SESSION_TIMEOUT_MS,
        )

    def _topic_partitions(self, partitions: Iterable[int]) -> list[TopicPartition]:
        return [TopicPartition(self._topic, partition) for partition in partitions]

    def _joined(self) -> AIOKafkaConsumer:
        if self._consumer is None:
            raise RuntimeError("the command log is not started")
        return self._consumer

    def _raw(self, record: ConsumerRecord) -> RawRecord:
        place = Place(cluster=self._cluster, topic=record.topic, partition=record.partition, offset=record.offset)
        return RawRecord(place, record.key, record.value, record.headers)


def _partition(record: ConsumerRecord) -> TopicPartition:
    return TopicPartition(record.topic, record.partition)
