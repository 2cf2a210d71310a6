"""The command log on a real broker."""

import asyncio
from functools import partial

from services.routing.adapters.command_log import KafkaCommandLog
from switchyard.kafka.publisher import KafkaPublisher
from switchyard.testing.kafka_fixtures import make_topic
from switchyard.testing.polling import until
from switchyard.testing.processes import Broker, kafka_settings


async def test_the_log_tells_how_many_commands_wait(broker: Broker, unique: str) -> None:
    settings = kafka_settings(broker)
    topic = await make_topic(settings, f"commands-{unique}", partitions=1)
    publisher = KafkaPublisher(settings)
    told: list[float] = []
    commands = KafkaCommandLog(settings, f"group-{unique}", topic, tell_lag=told.append)
    stop = asyncio.Event()
    assert await commands.start(stop)
    measuring = asyncio.create_task(commands.measures_lag(stop))
    try:
        await publisher.publish_raw([(topic, b"acme/front", b"command", []) for _ in range(3)])
        read = 0
        while read < 3:
            records = await commands.poll(0.5)
            read += len(records)
        commands.done(0, 0)
        await until(lambda: bool(told) and told[-1] == 2, what="two wait")
        commands.done(0, 2)
        await until(lambda: told[-1] == 0, what="none waits")
    finally:
        stop.set()
        await measuring
        await commands.stop()
        await publisher.stop()


async def test_partitions_that_are_given_out_again_are_a_new_assignment_though_they_are_the_same(
    broker: Broker, unique: str
) -> None:
    settings = kafka_settings(broker)
    topic = await make_topic(settings, f"commands-{unique}", partitions=1)
    one, other = (KafkaCommandLog(settings, f"group-{unique}", topic) for _ in range(2))
    stop = asyncio.Event()
    assert await one.start(stop)
    try:
        await until(partial(_has, one, {0}), what="the only member has the partition")
        before = one.assignment
        assert await other.start(stop)
        await until(other.joined, what="the other is in")
        await other.stop()
        await until(partial(_has, one, {0}), what="the first has the partition again", seconds=60)
        assert one.assignment > before
    finally:
        await one.stop()


async def _has(log: KafkaCommandLog, partitions: set[int]) -> bool:
    await log.poll(0.1)
    return await log.joined() and log.assigned == partitions
