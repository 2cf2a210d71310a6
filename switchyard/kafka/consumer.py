"""A consumer group on Kafka: polls, dispatches, commits beside the loop, and ends rather than stand still.

An offset is committed after everything before it has been handled, parked or buried, never sooner. A rebalance waits
for the batch in hand, commits it, and learns what is blocked in the partitions that came.
"""

import asyncio
from collections.abc import Mapping, Sequence
from time import monotonic

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.errors import IllegalStateError, KafkaError
from prometheus_client import CollectorRegistry

from switchyard.eventing.aggregates import StoreUnavailable
from switchyard.eventing.attempts import Around, RetryPolicy, no_context
from switchyard.eventing.clock import Clock, utc_now
from switchyard.eventing.dead_letters import DeadLetters
from switchyard.eventing.dispatch import Dispatcher, DispatchLimits
from switchyard.eventing.envelope import Place
from switchyard.eventing.parking import ParkedSubjects
from switchyard.eventing.patience import Interrupted
from switchyard.eventing.ports import BrokerUnavailable, Subscription
from switchyard.eventing.records import RawRecord
from switchyard.kafka.cluster import cluster_id
from switchyard.kafka.ending import pause, stopped
from switchyard.kafka.in_flight import InFlight
from switchyard.kafka.offsets import Offsets
from switchyard.kafka.settings import KafkaSettings
from switchyard.kafka.watchdog import Watchdog

log = structlog.get_logger(__name__)

_POLL_MS = 200
_COMMIT_SECONDS = 0.5
_REPLAY_SECONDS = 0.25
_RELEASED_SECONDS = 5.0
_LOOK_SECONDS = 2.0
_STOP_SECONDS = 10.0
#: A rebalance does not wait longer for the batch in hand: the group would throw this member out.
_HAND_OVER_SECONDS = 5.0
_LONGEST_PAUSE_SECONDS = 5.0


class GroupConsumer(ConsumerRebalanceListener):  # type: ignore[misc]
    """One per subscription and process; `run` is all there is to call."""

    def __init__(
        self,
        settings: KafkaSettings,
        subscription: Subscription,
        *,
        parked: ParkedSubjects,
        dead_letters: DeadLetters,
        registry: CollectorRegistry,
        around: Around = no_context,
        clock: Clock = utc_now,
        policy: RetryPolicy | None = None,
        limits: DispatchLimits | None = None,
    ) -> None:
        self._settings = settings
        self._subscription = subscription
        self._dispatcher = Dispatcher(
            subscription,
            parked=parked,
            dead_letters=dead_letters,
            registry=registry,
            around=around,
            clock=clock,
            policy=policy,
            limits=limits,
            progressed=self._progressed,
        )
        self._watchdog = Watchdog(subscription.group)
        self._cluster = ""
        self._consumer: AIOKafkaConsumer | None = None
        self._offsets = Offsets(subscription.group)
        self._last_poll = monotonic()
        self._in_flight = InFlight()
        self._changing_hands = False
        self._assigned = False

    @property
    def seconds_since_poll(self) -> float:
        """Grows while nothing is polled or handled, an outage that is waited out aside: what liveness asks."""
        return min(monotonic() - self._last_poll, self._dispatcher.patience.seconds_since_wait)

    @property
    def assigned(self) -> bool:
        """True once the group has told this member what is its to read, be it nothing."""
        return self._assigned

    async def run(self, stop: asyncio.Event) -> None:
        """Consume until told to stop; then the batch in hand is finished and committed.

        Raises PoisonLimitReached, ConsumerStuck: the process should end, and be started again.
        """
        consumer = await self._started(stop)
        if consumer is None:
            return
        stopping = self._dispatcher.patience.stopping
        work = [
            self._loop(stop),
            self._commits(consumer),
            self._replays(),
            self._looks(consumer),
            _copy(stop, stopping),
        ]
        tasks = [asyncio.create_task(each) for each in work]
        try:
            await asyncio.wait(tasks[:-1], return_when=asyncio.FIRST_COMPLETED)
            stopping.set()
            await self._in_flight.idle(within=_STOP_SECONDS)
            _raise_first(tasks)
        finally:
            stopping.set()
            await _cancelled(tasks)
            await self._leave(consumer)

    async def _started(self, stop: asyncio.Event) -> AIOKafkaConsumer | None:
        """Connect, however long the broker is away; None when told to stop first."""
        delay = 0.1
        while not stop.is_set():
            consumer = self._new_consumer()
            try:
                self._cluster = await cluster_id(self._settings)
                await asyncio.wait_for(consumer.start(), self._settings.request_timeout_ms / 1000)
            except (KafkaError, OSError, TimeoutError, BrokerUnavailable) as error:
                log.warning("consumer-waits-for-broker", group=self._subscription.group, error=str(error))
                await stopped(consumer)
                await pause(delay, stop)
                delay = min(2 * delay, _LONGEST_PAUSE_SECONDS)
                self._last_poll = monotonic()
            else:
                consumer.subscribe(list(self._subscription.topics), listener=self)
                self._consumer = consumer
                return consumer
        return None

    def _new_consumer(self) -> AIOKafkaConsumer:
        settings, group = self._settings, self._subscription.group
        return AIOKafkaConsumer(
            **settings.consumer(),
            group_id=group,
            group_instance_id=f"{group}-{settings.instance}" if settings.instance else None,
            session_timeout_ms=settings.session_timeout_ms,
            heartbeat_interval_ms=min(3_000, settings.session_timeout_ms // 3),
            rebalance_timeout_ms=settings.session_timeout_ms,
        )

    async def _loop(self, stop: asyncio.Event) -> None:
        consumer = self._consumer
        assert consumer is not None  # noqa: S101 - set by _started, before any task runs
        while not stop.is_set():
            try:
                records = await consumer.getmany(timeout_ms=_POLL_MS)
            except KafkaError as error:
                log.warning("poll-failed", group=self._subscription.group, error=str(error))
                await pause(0.5, stop)
                continue
            self._last_poll = monotonic()
            if records:
                await self._dispatch(records)

    async def _dispatch(self, records: Mapping[TopicPartition, Sequence[ConsumerRecord]]) -> None:
        if self._changing_hands:
            # Fetched before the rebalance; whoever has the partitions next starts from what was committed.
            return
        with self._in_flight.working():
            await self._notice_new_cluster(records)
            raw = [self._raw(partition, record) for partition, several in records.items() for record in several]
            try:
                await self._dispatcher.dispatch(raw)
            except Interrupted:
                return
            for partition, several in records.items():
                self._offsets.handled(partition, several[-1].offset)
            self._progressed()

    def _progressed(self) -> None:
        """Many messages that each wait for a slow provider are a long batch, and no standing still."""
        self._last_poll = monotonic()
        self._watchdog.progressed()

    async def _notice_new_cluster(self, records: Mapping[TopicPartition, Sequence[ConsumerRecord]]) -> None:
        """Offsets that went backwards are those of another cluster, unless somebody has reset the group's."""
        if any(self._offsets.went_backwards(partition, several[0].offset) for partition, several in records.items()):
            self._cluster = await self._dispatcher.patience.insist(lambda: cluster_id(self._settings))

    def _raw(self, partition: TopicPartition, record: ConsumerRecord) -> RawRecord:
        place = Place(cluster=self._cluster, topic=partition.topic, partition=partition.partition, offset=record.offset)
        return RawRecord(place, record.key, record.value, record.headers)

    async def on_partitions_revoked(self, revoked: list[TopicPartition]) -> None:
        """Hand over: nothing more is begun, the batch in hand is finished where it is quick, and committed."""
        log.info("partitions-revoked", group=self._subscription.group, count=len(revoked))
        self._changing_hands = True
        if not await self._in_flight.idle(within=_HAND_OVER_SECONDS):
            log.warning("handed-over-unfinished", group=self._subscription.group)
        if self._consumer is not None:
            await self._offsets.commit(self._consumer)

    async def on_partitions_assigned(self, assigned: list[TopicPartition]) -> None:
        """Take over: know what is blocked before the first message is read."""
        assert self._consumer is not None  # noqa: S101 - the group is joined after _started
        self._offsets.clear()
        self._consumer.pause(*assigned)
        try:
            await self._dispatcher.reload({(each.topic, each.partition) for each in assigned})
        except Interrupted:
            return
        log.info("partitions-assigned", group=self._subscription.group, count=len(assigned))
        self._watchdog.progressed()
        self._changing_hands = False
        self._assigned = True
        self._consumer.resume(*assigned)

    async def _commits(self, consumer: AIOKafkaConsumer) -> None:
        while True:
            await asyncio.sleep(_COMMIT_SECONDS)
            await self._offsets.commit(consumer)

    async def _replays(self) -> None:
        looked = monotonic()
        while True:
            await asyncio.sleep(_REPLAY_SECONDS)
            if self._changing_hands:
                continue
            with self._in_flight.working():
                try:
                    await self._dispatcher.replay_due()
                    if monotonic() - looked > _RELEASED_SECONDS:
                        looked = monotonic()
                        await self._dispatcher.free_released()
                except StoreUnavailable as error:
                    log.warning("replay-put-off", group=self._subscription.group, error=str(error))
                except Interrupted:
                    return

    async def _looks(self, consumer: AIOKafkaConsumer) -> None:
        """Measure the lag, and notice a consumer that has silently stopped. Raises ConsumerStuck."""
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            try:
                lag = await self._offsets.lag(consumer)
            except (KafkaError, IllegalStateError, TimeoutError) as error:
                log.warning("lag-unknown", group=self._subscription.group, error=str(error))
                # Patience starts anew when the broker is back: the time it was away was nobody's standing still.
                self._watchdog.progressed()
                continue
            self._dispatcher.counts.lag.set(lag)
            if self._dispatcher.patience.seconds_since_wait < _LOOK_SECONDS:
                self._watchdog.progressed()
            self._watchdog.look(lag)

    async def _leave(self, consumer: AIOKafkaConsumer) -> None:
        try:
            await asyncio.wait_for(self._offsets.commit(consumer), 2)
        except TimeoutError:
            log.warning("last-commit-left", group=self._subscription.group)
        await stopped(consumer)
        self._assigned = False


async def _copy(stop: asyncio.Event, to: asyncio.Event) -> None:
    await stop.wait()
    to.set()


def _raise_first(tasks: Sequence["asyncio.Task[None]"]) -> None:
    for task in tasks:
        if task.done() and not task.cancelled():
            task.result()


async def _cancelled(tasks: Sequence["asyncio.Task[None]"]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
