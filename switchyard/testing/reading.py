"""Reading a topic in a test, without a group."""

import asyncio
from collections.abc import Sequence

from aiokafka import AIOKafkaConsumer, ConsumerRecord

from switchyard.eventing.envelope import Message, Place
from switchyard.eventing.records import RawRecord
from switchyard.kafka.metadata import layout_of
from switchyard.kafka.settings import KafkaSettings


async def read_topic(
    settings: KafkaSettings, topic: str, least: int | None = None, *, seconds: float = 30.0
) -> Sequence[ConsumerRecord]:
    """Read a topic from its beginning until it has given so many records, or to its present end.

    Raises TimeoutError.
    """
    consumer = AIOKafkaConsumer(**settings.consumer())
    await consumer.start()
    try:
        partitions = (await layout_of(settings, [topic])).partitions
        consumer.assign(partitions)
        await consumer.seek_to_beginning(*partitions)
        if least is None:
            starts, ends = await consumer.beginning_offsets(partitions), await consumer.end_offsets(partitions)
            least = sum(ends[partition] - starts[partition] for partition in partitions)
        found: list[ConsumerRecord] = []
        async with asyncio.timeout(seconds):
            while len(found) < least:
                for records in (await consumer.getmany(timeout_ms=100)).values():
                    found.extend(records)
        return found
    finally:
        await consumer.stop()


def message_of(record: ConsumerRecord) -> Message:
    """Read a record that is one of ours. Raises MalformedEnvelope."""
    place = Place(cluster="", topic=record.topic, partition=record.partition, offset=record.offset)
    return RawRecord(place, record.key, record.value, record.headers).read().message
