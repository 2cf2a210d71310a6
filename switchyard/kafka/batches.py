"""Whole batches for one handler: for consumers whose effect is cheaper in bulk than message by message.

The handler is given everything a poll brought, in order per partition, and makes repeats harmless by itself. An
offset is committed, from a task beside the loop, once the handler has returned; a batch whose handler raised is given
to it again and again, and nothing overtakes it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError

from switchyard.eventing.envelope import Place
from switchyard.eventing.ports import BrokerUnavailable
from switchyard.eventing.records import RawRecord
from switchyard.kafka.cluster import cluster_id
from switchyard.kafka.settings import KafkaSettings
from switchyard.kafka.watchdog import ConsumerStuck, Watchdog

log = structlog.get_logger(__name__)

_COMMIT_SECONDS = 1.0
_STOP_SECONDS = 10.0
_LONGEST_PAUSE_SECONDS = 10.0


#: Given what one poll brought; returns once every effect of it is durable.
BatchHandler = Callable[[Sequence[RawRecord]], Awaitable[None]]

#: Given, at every look at the log's ends: the cluster, how many partitions there are in all, and the offset up to
#: which each assigned one has been handled, and its end at the time of `asked_at` (the clock that `Ends` was made by).
Progress = Callable[["Ends"], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """Partitions assigned here, (topic, partition): what was handled of each, and where it ended when asked."""

    cluster: str
    partitions: int
    asked_at: float
    ends: Mapping[tuple[str, int], int]
    handled: Mapping[tuple[str, int], int]


class ClusterChanged(Exception):
    """The broker at this address belongs to another cluster than a moment ago, so offsets begin again."""

    def __init__(self, *, was: str, now: str) -> None:
        super().__init__(f"{was} -> {now}")
        self.was = was
        self.now = now


@dataclass(slots=True, kw_only=True)
class BatchConsumer:
    """`clock` gives epoch seconds; `progress` is called every `progress_seconds` while the broker answers."""

    settings: KafkaSettings
    group: str
    topics: Sequence[str]
    handle: BatchHandler
    progress: Progress
    clock: Callable[[], float]
    most_records: int = 1_000
    progress_seconds: float = 0.5
    assigned: bool = False
    _cluster: str = ""
    _backwards: bool = False
    _stuck: ConsumerStuck | None = None
    _last_poll: float = field(default_factory=monotonic)
    _handled: dict[TopicPartition, int] = field(default_factory=dict)
    _watchdog: Watchdog = field(default_factory=lambda: Watchdog(""))

    @property
    def seconds_since_poll(self) -> float:
        return monotonic() - self._last_poll

    async def run(self, stop: asyncio.Event) -> None:
        """Consume until told to stop; then what was begun is finished and committed. Raises ConsumerStuck."""
        while not stop.is_set():
            try:
                await self._consume(stop)
            except ClusterChanged as change:
                log.warning("cluster-changed", was=change.was, now=change.now, group=self.group)

    async def _consume(self, stop: asyncio.Event) -> None:
        consumer = await self._started(stop)
        if consumer is None:
            return
        self._handled.clear()
        self._watchdog = Watchdog(self.group)
        aside = [asyncio.create_task(self._commits(consumer)), asyncio.create_task(self._looks(consumer))]
        try:
            while not stop.is_set():
                await self._turn(consumer, stop)
                if self._backwards:
                    await self._recheck(stop)
        finally:
            for task in aside:
                task.cancel()
            await asyncio.gather(*aside, return_exceptions=True)
            await self._leave(consumer)

    def _new_consumer(self) -> AIOKafkaConsumer:
        instance = self.settings.instance
        arguments = {
            **self.settings.consumer(),
            "group_id": self.group,
            "group_instance_id": f"{self.group}-{instance}" if instance else None,
            "session_timeout_ms": self.settings.session_timeout_ms,
            "max_poll_records": self.most_records,
        }
        return AIOKafkaConsumer(*self.topics, **arguments)

    async def _started(self, stop: asyncio.Event) -> AIOKafkaConsumer | None:
        """Connect, however long the broker is away; None when told to stop first."""
        pause = 0.2
        while not stop.is_set():
            consumer = self._new_consumer()
            try:
                self._cluster = await cluster_id(self.settings)
                await consumer.start()
            except (KafkaError, OSError, BrokerUnavailable) as error:
                log.warning("batch-consumer-waits-for-broker", error=str(error))
                await self._leave(consumer)
                await _sleep(pause, stop)
                pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
                self._last_poll = monotonic()
            else:
                return consumer
        return None

    async def _turn(self, consumer: AIOKafkaConsumer, stop: asyncio.Event) -> None:
        if self._stuck is not None:
            raise self._stuck
        try:
            records = await consumer.getmany(timeout_ms=200, max_records=self.most_records)
        except KafkaError as error:
            log.warning("batch-consumer-poll-failed", error=str(error))
            await _sleep(0.5, stop)
            return
        self._last_poll = monotonic()
        self.assigned = bool(consumer.assignment())
        if not records:
            return
        for partition, several in records.items():
            self._backwards |= several[0].offset < self._handled.setdefault(partition, several[0].offset)
        if self._backwards:
            await self._recheck(stop)
        if await self._handle(self._batch(records), stop):
            self._advance(records)

    async def _recheck(self, stop: asyncio.Event) -> None:
        """Offsets went backwards: committed ones were reset, or this is another cluster. Raises ClusterChanged."""
        while not stop.is_set():
            try:
                now = await cluster_id(self.settings)
            except BrokerUnavailable:
                await _sleep(0.5, stop)
                continue
            self._backwards = False
            if now != self._cluster:
                raise ClusterChanged(was=self._cluster, now=now)
            return

    async def _handle(self, batch: Sequence[RawRecord], stop: asyncio.Event) -> bool:
        pause = 0.2
        while not stop.is_set():
            try:
                await self.handle(batch)
            except Exception:
                log.exception("batch-failed", group=self.group, messages=len(batch), again_in=pause)
                await _sleep(pause, stop)
                pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
                self._last_poll = monotonic()
                self._watchdog.progressed()
            else:
                self._watchdog.progressed()
                return True
        return False

    def _batch(self, records: Mapping[TopicPartition, Sequence[ConsumerRecord]]) -> list[RawRecord]:
        return [
            RawRecord(
                Place(cluster=self._cluster, topic=record.topic, partition=record.partition, offset=record.offset),
                record.key,
                record.value,
                record.headers,
            )
            for several in records.values()
            for record in several
        ]

    def _advance(self, records: Mapping[TopicPartition, Sequence[ConsumerRecord]]) -> None:
        for partition, several in records.items():
            self._handled[partition] = several[-1].offset + 1

    async def _commits(self, consumer: AIOKafkaConsumer) -> None:
        while True:
            await asyncio.sleep(_COMMIT_SECONDS)
            await self._commit(consumer)

    async def _commit(self, consumer: AIOKafkaConsumer) -> None:
        ours = consumer.assignment()
        self._handled = {partition: offset for partition, offset in self._handled.items() if partition in ours}
        if not self._handled:
            return
        try:
            await consumer.commit(dict(self._handled))
        except (CommitFailedError, IllegalStateError):
            log.info("batch-commit-left-to-the-next-owner", group=self.group)
        except KafkaError as error:
            log.warning("batch-commit-failed", error=str(error))

    async def _looks(self, consumer: AIOKafkaConsumer) -> None:
        while True:
            await asyncio.sleep(self.progress_seconds)
            try:
                await self._look(consumer)
            except ConsumerStuck as error:
                self._stuck = error
            except Exception as error:  # noqa: BLE001 - figures only grow older until a look succeeds again
                # A broker that is away is not a consumer that stands still: its patience begins when it is back.
                self._watchdog.progressed()
                log.warning("batch-look-failed", error=repr(error))

    async def _look(self, consumer: AIOKafkaConsumer) -> None:
        ours = list(consumer.assignment())
        asked_at = self.clock()
        ends = await consumer.end_offsets(ours) if ours else {}
        handled = {each: self._handled.get(each) or await _position(consumer, each) for each in ours}
        self._backwards |= any(handled[each] > ends[each] for each in ours)
        self._watchdog.look(sum(max(0, ends[each] - handled[each]) for each in ours))
        await self.progress(
            Ends(
                cluster=self._cluster,
                partitions=sum(len(consumer.partitions_for_topic(topic) or ()) for topic in self.topics),
                asked_at=asked_at,
                ends={(each.topic, each.partition): offset for each, offset in ends.items()},
                handled={(each.topic, each.partition): offset for each, offset in handled.items()},
            )
        )

    async def _leave(self, consumer: AIOKafkaConsumer) -> None:
        try:
            await asyncio.wait_for(self._commit(consumer), 2)
            # aiokafka's stop can hang on a broker that is gone.
            await asyncio.wait_for(consumer.stop(), _STOP_SECONDS)
        except (TimeoutError, KafkaError) as error:
            log.warning("batch-consumer-left", error=repr(error))


async def _position(consumer: AIOKafkaConsumer, partition: TopicPartition) -> int:
    """Where reading stands; nothing given out by a poll is counted as handled before its batch is."""
    return int(await consumer.position(partition))


async def _sleep(seconds: float, stop: asyncio.Event) -> None:
    """Sleep, but wake at once when told to stop."""
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
