"""G8: the consumer framework against bare `getmany`, on the same topic of the same broker, in the same run.

Prints JSON; `ratio` is the framework's time per message over the bare one's, of which the aim is at most 3.
"""

import asyncio
import json
import tempfile
import time
import uuid
from pathlib import Path
from statistics import median

from aiokafka import AIOKafkaConsumer
from prometheus_client import CollectorRegistry

from switchyard.eventing.envelope import Received
from switchyard.eventing.outcomes import Done, Outcome
from switchyard.eventing.ports import Subscription
from switchyard.internal.signals.v1.signals_pb2 import LinesRead
from switchyard.kafka.consumer import GroupConsumer
from switchyard.kafka.publisher import KafkaPublisher
from switchyard.kafka.settings import KafkaSettings
from switchyard.testing.kafka_fixtures import make_topic
from switchyard.testing.memory_bus import InMemoryBus
from switchyard.testing.memory_parked import InMemoryParkedSubjects
from switchyard.testing.messages import make_event
from switchyard.testing.processes import kafka_settings, running_apache_kafka

MESSAGES = 60_000
SUBJECTS = 500
ROUNDS = 5


async def fill(settings: KafkaSettings, topic: str) -> None:
    publisher = KafkaPublisher(settings)
    await publisher.start()
    for start in range(1, MESSAGES // SUBJECTS + 1):
        message = LinesRead(contact_id="c", author="agent", through_line=start)
        await publisher.publish(
            [make_event(message, subject=f"s{n}", sequence=start, topic=topic) for n in range(SUBJECTS)]
        )
    await publisher.stop()


async def bare(settings: KafkaSettings, topic: str) -> float:
    """Seconds of CPU-bound reading of everything, from the first message that arrives."""
    consumer = AIOKafkaConsumer(topic, group_id=f"bare-{uuid.uuid4().hex}", **settings.consumer())
    await consumer.start()
    seen = 0
    began = 0.0
    while seen < MESSAGES:
        batches = await consumer.getmany(timeout_ms=1_000)
        began = began or time.process_time()
        seen += sum(len(records) for records in batches.values())
    took = time.process_time() - began
    await consumer.stop()
    return took


async def framework(settings: KafkaSettings, topic: str) -> float:
    """The same by the framework: envelope, protobuf, deduplication by sequence, dispatch, offsets, commits."""
    stop = asyncio.Event()
    applied: dict[str, int] = {}
    seen = 0
    began = 0.0

    async def note(received: Received, _message: LinesRead) -> Outcome:
        nonlocal seen, began
        began = began or time.process_time()
        envelope = received.message.envelope
        assert envelope.sequence is not None
        assert applied.get(envelope.source, 0) == envelope.sequence - 1
        applied[envelope.source] = envelope.sequence
        seen += 1
        if seen == MESSAGES:
            stop.set()
        return Done()

    consumer = GroupConsumer(
        settings,
        Subscription(group=f"framework-{uuid.uuid4().hex}", topics=(topic,), handlers={LinesRead: note}),
        parked=InMemoryParkedSubjects(),
        dead_letters=InMemoryBus(),
        registry=CollectorRegistry(),
    )
    running = asyncio.create_task(consumer.run(stop))
    await stop.wait()
    took = time.process_time() - began
    await running
    return took


async def measure(settings: KafkaSettings) -> dict[str, float]:
    """Take the two in turn, so that a busy machine is as busy for both."""
    topic = await make_topic(settings, f"bench-{uuid.uuid4().hex}", partitions=12)
    await fill(settings, topic)
    pairs = [(await bare(settings, topic), await framework(settings, topic)) for _ in range(ROUNDS)]
    return {
        "messages": MESSAGES,
        "bare_us": median(pair[0] for pair in pairs) / MESSAGES * 1e6,
        "framework_us": median(pair[1] for pair in pairs) / MESSAGES * 1e6,
        "ratio": median(pair[1] / pair[0] for pair in pairs),
        "aim": 3.0,
    }


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, running_apache_kafka(Path(folder)) as broker:
        figures = asyncio.run(measure(kafka_settings(broker)))
    print(json.dumps({"G8": {name: round(value, 2) for name, value in figures.items()}}))  # noqa: T201


if __name__ == "__main__":
    main()
