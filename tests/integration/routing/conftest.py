"""One broker, one database, and a routing process for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from switchyard.kafka.topic_files import load_topics
from switchyard.kafka.topics import create_topics
from switchyard.stack.ports import free_port
from switchyard.testing.processes import Broker, RunningDatabase, kafka_settings
from tests.integration.routing.desk import Desk, RoutingProcess


@pytest_asyncio.fixture
async def desk(broker: Broker, unique: str) -> AsyncIterator[Desk]:
    await create_topics(broker.bootstrap, load_topics())
    async with Desk(kafka_settings(broker), f"t{unique}").open() as opened:
        yield opened


@pytest_asyncio.fixture
async def routing(
    broker: Broker, database: RunningDatabase, unique: str, desk: Desk, tmp_path: Path
) -> AsyncIterator[RoutingProcess]:
    process = RoutingProcess(
        kafka_settings(broker), database.uri, f"routing_{unique}", free_port(), tmp_path / "routing.log"
    )
    process.start()
    try:
        await process.ready()
        yield process
    finally:
        process.end()
