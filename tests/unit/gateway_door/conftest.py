"""The door's bench as a fixture, its background at work."""

import asyncio
from collections.abc import AsyncIterator

import pytest_asyncio

from tests.unit.gateway_door.bench import Bench


@pytest_asyncio.fixture
async def bench() -> AsyncIterator[Bench]:
    bench, stop = Bench(), asyncio.Event()
    running = [asyncio.ensure_future(part(stop)) for part in bench.door.background]
    yield bench
    stop.set()
    await asyncio.gather(*running)
