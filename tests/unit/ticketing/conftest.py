"""Ticketing on stores and a broker in memory, built as in production."""

from collections import Counter
from dataclasses import dataclass

import pytest

from services.ticketing.adapters.stores import Stores
from services.ticketing.adapters.tickets import TICKETS_SOURCE, TYPES_SOURCE
from services.ticketing.bootstrap import build
from services.ticketing.settings import Settings
from switchyard.testing.clock import FixedClock
from switchyard.testing.memory_aggregates import InMemoryAggregates
from switchyard.testing.memory_bus import InMemoryBus
from switchyard.testing.service_bench import ServiceBench, nothing_to_prepare, resources_in_memory


class InMemoryTicketNumbers:
    def __init__(self) -> None:
        self._last: Counter[str] = Counter()

    async def next(self, tenant: str, series: str) -> int:
        self._last[f"{tenant}/{series}"] += 1
        return self._last[f"{tenant}/{series}"]


@dataclass(kw_only=True)
class Bench(ServiceBench):
    tickets: InMemoryAggregates
    subject: str = "agt_ann"


def memory_stores(bus: InMemoryBus, clock: FixedClock) -> Stores:
    return Stores(
        tickets=InMemoryAggregates(bus, source_prefix=TICKETS_SOURCE, clock=clock),
        types=InMemoryAggregates(bus, source_prefix=TYPES_SOURCE, clock=clock),
        numbers=InMemoryTicketNumbers(),
        prepare=nothing_to_prepare,
        sweeps=(),
    )


@pytest.fixture
def bench() -> Bench:
    settings, bus, clock = Settings(), InMemoryBus(), FixedClock()
    stores = memory_stores(bus, clock)
    assert isinstance(stores.tickets, InMemoryAggregates)
    resources = resources_in_memory("ticketing", settings, bus, clock)
    service = build(settings, resources, stores)
    return Bench(service=service, settings=settings, bus=bus, clock=clock, tickets=stores.tickets)
