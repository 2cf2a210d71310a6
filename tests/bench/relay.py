"""G6: what relays outboxes, against plain awaited `send()` and against confluent-kafka with callbacks, in one run.

Each gets the same messages, as the outbox hands them over: in prefixes of some few per aggregate, many at a time.
Prints JSON; the aims are 4 times plain `send()`, and 0.7 of confluent-kafka. `awaited` awaits every acknowledgement
before the next send, as a relay without batches has to for the sake of order; `send` awaits only that the message is
taken, and keeps no order where one fails. CPU time is this process's alone: on a busy machine the rates are the
broker's, not the client's.
"""

import asyncio
import json
import tempfile
import time
import uuid
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from statistics import median

from aiokafka import AIOKafkaProducer
from confluent_kafka import Producer

from switchyard.eventing.cloudevents import to_headers
from switchyard.eventing.envelope import Message
from switchyard.eventing.lanes import run_lanes
from switchyard.internal.signals.v1.signals_pb2 import LinesRead
from switchyard.kafka.publisher import KafkaPublisher
from switchyard.kafka.settings import KafkaSettings
from switchyard.testing.kafka_fixtures import make_topic
from switchyard.testing.messages import make_event
from switchyard.testing.processes import kafka_settings, running_apache_kafka

MESSAGES = 20_000
#: What a sweep hands over at once.
SWEEP = 500
#: Collections whose sweepers run side by side.
SWEEPS = 6
ROUNDS = 5


def make_messages(topic: str) -> list[Message]:
    return [
        make_event(
            LinesRead(contact_id=f"s{n % 1000}", author="agent", through_line=n),
            subject=f"s{n % 1000}",
            sequence=n // 1000 + 1,
            topic=topic,
        )
        for n in range(MESSAGES)
    ]


async def plain_sends(settings: KafkaSettings, messages: Sequence[Message]) -> float:
    """Seconds for `await send()` of each message, then their acknowledgements."""
    producer = AIOKafkaProducer(**settings.producer())
    await producer.start()
    began = time.perf_counter()
    acknowledged = [
        await producer.send(i.topic, i.data, key=i.key.encode(), headers=to_headers(i.envelope)) for i in messages
    ]
    await asyncio.gather(*acknowledged)
    took = time.perf_counter() - began
    await producer.stop()
    return took


async def awaited_sends(settings: KafkaSettings, messages: Sequence[Message]) -> float:
    """Seconds for a relay that awaits each message's acknowledgement before it sends the next."""
    producer = AIOKafkaProducer(**settings.producer())
    await producer.start()
    began = time.perf_counter()
    for i in messages:
        await producer.send_and_wait(i.topic, i.data, key=i.key.encode(), headers=to_headers(i.envelope))
    took = time.perf_counter() - began
    await producer.stop()
    return took


async def relay(settings: KafkaSettings, messages: Sequence[Message]) -> float:
    publisher = KafkaPublisher(settings)
    await publisher.start()
    began = time.perf_counter()
    await run_lanes(
        range(0, len(messages), SWEEP), lambda at: publisher.publish(messages[at : at + SWEEP]), most=SWEEPS
    )
    took = time.perf_counter() - began
    await publisher.stop()
    return took


async def confluent(settings: KafkaSettings, messages: Sequence[Message]) -> float:
    return await asyncio.to_thread(_confluent, settings, messages)


def _confluent(settings: KafkaSettings, messages: Sequence[Message]) -> float:
    producer = Producer({"bootstrap.servers": settings.bootstrap, "enable.idempotence": True, "linger.ms": 0})
    done = 0

    def acknowledged(error: object, _message: object) -> None:
        nonlocal done
        assert error is None
        done += 1

    producer.list_topics(messages[0].topic)
    began = time.perf_counter()
    for i in messages:
        while True:
            try:
                producer.produce(
                    i.topic, i.data, key=i.key.encode(), headers=dict(to_headers(i.envelope)), on_delivery=acknowledged
                )
                break
            except BufferError:
                producer.poll(0.01)
        producer.poll(0)
    producer.flush()
    took = time.perf_counter() - began
    assert done == len(messages)
    return took


Runner = Callable[[KafkaSettings, Sequence[Message]], Awaitable[float]]


async def measure(settings: KafkaSettings) -> dict[str, float]:
    """Take all in turn, so that a busy machine is as busy for each."""
    topic = await make_topic(settings, f"bench-{uuid.uuid4().hex}", partitions=12)
    messages = make_messages(topic)
    runners: dict[str, Runner] = {"send": plain_sends, "relay": relay, "confluent": confluent}
    took: dict[str, list[float]] = {name: [] for name in runners}
    cpu: dict[str, list[float]] = {name: [] for name in runners}
    for _ in range(ROUNDS):
        for name, runner in runners.items():
            began = time.process_time()
            took[name].append(await runner(settings, messages))
            cpu[name].append((time.process_time() - began) / MESSAGES * 1e6)
    one_by_one = await awaited_sends(settings, messages[: MESSAGES // 10])
    rates = {f"{name}_per_s": MESSAGES / median(times) for name, times in took.items()}
    return {
        **rates,
        **{f"{name}_cpu_us": median(times) for name, times in cpu.items()},
        "cpu_times_send": median(a / b for a, b in zip(cpu["send"], cpu["relay"], strict=True)),
        "awaited_per_s": MESSAGES / 10 / one_by_one,
        "times_send": median(a / b for a, b in zip(took["send"], took["relay"], strict=True)),
        "times_awaited": rates["relay_per_s"] / (MESSAGES / 10 / one_by_one),
        "times_confluent": median(a / b for a, b in zip(took["confluent"], took["relay"], strict=True)),
        "aim_times_send": 4.0,
        "aim_times_confluent": 0.7,
    }


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, running_apache_kafka(Path(folder)) as broker:
        figures = asyncio.run(measure(kafka_settings(broker)))
    print(json.dumps({"G6": {name: round(value, 2) for name, value in figures.items()}}))  # noqa: T201


if __name__ == "__main__":
    main()
