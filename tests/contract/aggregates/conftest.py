"""The suite of aggregates runs on memory and on the database."""

from dataclasses import dataclass

import pytest
import pytest_asyncio

from switchyard.mongo.aggregates import MongoAggregates
from switchyard.mongo.client import Database
from switchyard.testing.clock import FixedClock
from switchyard.testing.memory_aggregates import InMemoryAggregates
from switchyard.testing.memory_bus import InMemoryBus


@dataclass(slots=True, kw_only=True)
class Shelf:
    """Aggregates, the bus they publish on, and a second process that shares the store."""

    aggregates: MongoAggregates | InMemoryAggregates
    neighbour: MongoAggregates | InMemoryAggregates
    bus: InMemoryBus
    clock: FixedClock


@pytest_asyncio.fixture(params=["memory", "mongo"])
async def shelf(request: pytest.FixtureRequest, mongo: Database) -> Shelf:
    bus, clock = InMemoryBus(), FixedClock()
    if request.param == "memory":
        one, other = (InMemoryAggregates(bus, source_prefix="test/things", clock=clock) for _ in range(2))
        other._stored, other._unsent_since = one._stored, one._unsent_since
        return Shelf(aggregates=one, neighbour=other, bus=bus, clock=clock)
    first, second = (MongoAggregates(mongo["things"], bus, source_prefix="test/things", clock=clock) for _ in range(2))
    await first.prepare()
    return Shelf(aggregates=first, neighbour=second, bus=bus, clock=clock)
