"""The command log on a real broker."""

import asyncio

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
