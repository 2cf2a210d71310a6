"""How far a group's member has come in each partition: handled, committed, and how much is left."""

import asyncio

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError

log = structlog.get_logger(__name__)

_ANSWER_SECONDS = 10.0


class Offsets:
    """Of one assignment; `clear` when another begins."""

    def __init__(self, group: str) -> None:
        self._group = group
        self._handled: dict[TopicPartition, int] = {}
        self._committed: dict[TopicPartition, int] = {}

    def clear(self) -> None:
        self._handled.clear()
        self._committed.clear()

    def handled(self, partition: TopicPartition, through: int) -> None:
        """Note that everything of the partition up to and with this offset is dealt with."""
        self._handled[partition] = through + 1

    def went_backwards(self, partition: TopicPartition, offset: int) -> bool:
        """Tell whether the offset was given out and handled before in this assignment."""
        return offset < self._handled.get(partition, 0)

    async def commit(self, consumer: AIOKafkaConsumer) -> None:
        """Commit what is new; what cannot be committed is handled again by whoever reads it, as a duplicate."""
        ours = consumer.assignment()
        new = {
            partition: offset
            for partition, offset in self._handled.items()
            if partition in ours and self._committed.get(partition) != offset
        }
        if not new:
            return
        try:
            await consumer.commit(new)
        except (CommitFailedError, IllegalStateError):
            log.info("commit-left-to-the-next-owner", group=self._group)
        except KafkaError as error:
            log.warning("commit-failed", group=self._group, error=str(error))
        else:
            self._committed.update(new)

    async def lag(self, consumer: AIOKafkaConsumer) -> int:
        """Count what the broker holds of our partitions beyond what was handled. Raises KafkaError, TimeoutError."""
        ours = list(consumer.assignment())
        if not ours:
            return 0
        ends = await asyncio.wait_for(consumer.end_offsets(ours), _ANSWER_SECONDS)
        behind = 0
        for partition, end in ends.items():
            handled = self._handled.get(partition)
            if handled is None:
                handled = await asyncio.wait_for(consumer.position(partition), _ANSWER_SECONDS)
            # The embedded broker counts a batch at the end as one message; what it was fetched with tells the truth.
            fetched: int = consumer.highwater(partition) or 0 if partition in consumer.assignment() else 0
            behind += max(0, max(end, fetched) - handled)
        return behind
