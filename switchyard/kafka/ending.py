"""Ending clients and waits in time, whatever the broker does."""

import asyncio

import structlog
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

log = structlog.get_logger(__name__)

_STOP_SECONDS = 10.0


async def stopped(consumer: AIOKafkaConsumer) -> None:
    """Stop a consumer; aiokafka's own stop can hang on a broker that is gone."""
    try:
        await asyncio.wait_for(consumer.stop(), _STOP_SECONDS)
    except (KafkaError, TimeoutError, OSError) as error:
        log.warning("consumer-left", error=repr(error))


async def pause(seconds: float, stop: asyncio.Event) -> None:
    """Sleep, but wake at once when told to stop."""
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
