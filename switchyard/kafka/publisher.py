"""Publishing to Kafka: acknowledged by all in-sync replicas, in order per key, in batches built here.

One batch is under way per partition. Where a batch fails, everything that waits behind it in that partition fails with
it, so that no later event of a source overtakes an earlier one; the outbox sends the whole prefix again.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from functools import lru_cache

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from aiokafka.partitioner import murmur2

from switchyard.eventing.cloudevents import to_headers
from switchyard.eventing.envelope import Message
from switchyard.eventing.ports import BrokerUnavailable
from switchyard.kafka.settings import KafkaSettings

log = structlog.get_logger(__name__)

#: Messages taken in but not yet acknowledged; past this the broker counts as away. At 1 KB each this is 50 MB.
_MOST_WAITING = 50_000

Headers = Sequence[tuple[str, bytes]]


class _Share:
    """The records of one call that go to one partition: one future for all of them, because each would cost."""

    __slots__ = ("acknowledged", "left")

    def __init__(self, acknowledged: "asyncio.Future[None]") -> None:
        self.acknowledged = acknowledged
        self.left = 0

    def done(self) -> None:
        self.left -= 1
        if self.left == 0 and not self.acknowledged.done():
            self.acknowledged.set_result(None)

    def fail(self, error: Exception) -> None:
        if not self.acknowledged.done():
            self.acknowledged.set_exception(BrokerUnavailable(str(error) or type(error).__name__))


_Lane = tuple[str, int]
_Record = tuple[bytes | None, bytes | None, Headers, _Share]


class KafkaPublisher:
    """Start it before use, stop it after; `start` returns also where the broker is away."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self._producer: AIOKafkaProducer | None = None
        self._starting = asyncio.Lock()
        # Asked for once: a topic's partitions never change in number.
        self._partitions: dict[str, int] = {}
        self._lanes: dict[_Lane, deque[_Record]] = {}
        self._active: set[_Lane] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._waiting = 0

    async def start(self) -> None:
        """Connect. Raises BrokerUnavailable; publishing later tries again."""
        await self._connected()

    async def stop(self) -> None:
        """Send what was taken in, at most for the request timeout, and close."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=self._settings.request_timeout_ms / 1000)
        await self._discard(self._producer)

    async def publish(self, messages: Sequence[Message]) -> None:
        records = [(item.topic, item.key.encode(), item.data, to_headers(item.envelope)) for item in messages]
        await self.publish_raw(records)

    async def publish_raw(self, records: Sequence[tuple[str, bytes | None, bytes | None, Headers]]) -> None:
        """Publish (topic, key, value, headers) as they are; for dead letters, whose bytes may be anything.

        Raises BrokerUnavailable.
        """
        if not records:
            return
        if self._waiting + len(records) > _MOST_WAITING:
            raise BrokerUnavailable(f"{self._waiting} messages wait for the broker already")
        producer = await self._connected()
        for topic in {record[0] for record in records} - self._partitions.keys():
            self._partitions[topic] = await self._partition_count(producer, topic)
        shares = self._queue(records)
        self._waiting += len(records)
        for lane in shares:
            self._wake(lane)
        await _all([share.acknowledged for share in shares.values()])

    def _queue(self, records: Sequence[tuple[str, bytes | None, bytes | None, Headers]]) -> dict[_Lane, _Share]:
        loop = asyncio.get_running_loop()
        shares: dict[_Lane, _Share] = {}
        for topic, key, value, headers in records:
            lane = (topic, partition_of(key, self._partitions[topic]))
            share = shares.get(lane)
            if share is None:
                share = shares[lane] = _Share(loop.create_future())
                self._lanes.setdefault(lane, deque())
            share.left += 1
            self._lanes[lane].append((key, value, headers, share))
        return shares

    async def _connected(self) -> AIOKafkaProducer:
        if self._producer is not None:
            return self._producer
        async with self._starting:
            if self._producer is None:
                producer = AIOKafkaProducer(**self._settings.producer())
                try:
                    await asyncio.wait_for(producer.start(), self._settings.request_timeout_ms / 1000)
                except (KafkaError, TimeoutError, OSError) as error:
                    await self._discard(producer)
                    raise BrokerUnavailable(f"no broker at {self._settings.bootstrap}: {error}") from error
                self._producer = producer
        return self._producer

    async def _partition_count(self, producer: AIOKafkaProducer, topic: str) -> int:
        try:
            partitions = await asyncio.wait_for(
                producer.partitions_for(topic), self._settings.request_timeout_ms / 1000
            )
        except (KafkaError, TimeoutError) as error:
            raise BrokerUnavailable(f"topic {topic}: {error}") from error
        return len(partitions)

    def _wake(self, lane: _Lane) -> None:
        """Have the lane's records sent; a lane at work finds them by itself."""
        if lane not in self._active:
            self._active.add(lane)
            task = asyncio.create_task(self._drain(lane))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _drain(self, lane: _Lane) -> None:
        pending = self._lanes[lane]
        while pending:
            producer = self._producer
            taken: list[_Record] = []
            try:
                producer = await self._connected()
                await self._send_batch(producer, lane, pending, taken)
            except Exception as error:  # noqa: BLE001 - whatever it is, the writers that wait must hear of it
                taken.extend(pending)
                pending.clear()
                self._fail(taken, error)
                await self._renew(producer)
            else:
                self._acknowledge(taken)
        # Not in a callback of the task: what is queued between the loop's end and the callback would stay behind.
        self._active.discard(lane)

    async def _send_batch(
        self, producer: AIOKafkaProducer, lane: _Lane, pending: deque[_Record], taken: list[_Record]
    ) -> None:
        batch = producer.create_batch()
        while pending:
            key, value, headers, _ = pending[0]
            added = batch.append(timestamp=None, key=key, value=value, headers=headers)
            if added is None:
                break
            taken.append(pending.popleft())
        batch.close()
        acknowledged = await producer.send_batch(batch, lane[0], partition=lane[1])
        await acknowledged

    def _acknowledge(self, records: Sequence[_Record]) -> None:
        self._waiting -= len(records)
        for _, _, _, share in records:
            share.done()

    def _fail(self, records: Sequence[_Record], error: Exception) -> None:
        self._waiting -= len(records)
        for _, _, _, share in records:
            share.fail(error)

    async def _renew(self, producer: AIOKafkaProducer | None) -> None:
        """A failed batch leaves a hole in an idempotent producer's numbers, after which the broker refuses the rest."""
        if producer is not None and producer is self._producer:
            self._producer = None
            log.warning("kafka-producer-renewed")
            await self._discard(producer)

    async def _discard(self, producer: AIOKafkaProducer | None) -> None:
        """Close, but never hang on a broker that is gone."""
        if producer is None:
            return
        try:
            await asyncio.wait_for(producer.stop(), 2)
        except (KafkaError, TimeoutError, OSError) as error:
            log.warning("kafka-producer-left", error=str(error))


@lru_cache(maxsize=65_536)
def partition_of(key: bytes | None, partitions: int) -> int:
    """Choose the partition as every Kafka client does by default; a message without a key goes to the first.

    Remembered, because the hash is plain Python and an aggregate sends more than once.
    """
    if key is None:
        return 0
    chosen: int = (murmur2(key) & 0x7FFFFFFF) % partitions
    return chosen


async def _all(futures: Sequence["asyncio.Future[None]"]) -> None:
    """Wait for every one, then raise the first failure: nothing is left behind unobserved."""
    failure: BaseException | None = None
    for future in futures:
        try:
            await future
        except BrokerUnavailable as error:
            failure = failure or error
    if failure is not None:
        raise failure
