"""Notify on stores and a broker in memory, built as in production."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import pytest

from services.notify.adapters import repositories
from services.notify.adapters.stores import Stores
from services.notify.bootstrap import build
from services.notify.settings import Settings
from switchyard.service.times import to_text
from switchyard.testing.clock import FixedClock
from switchyard.testing.memory_aggregates import InMemoryAggregates
from switchyard.testing.memory_bus import InMemoryBus
from switchyard.testing.service_bench import ServiceBench, nothing_to_prepare, resources_in_memory


class InMemoryDueSurveys:
    """Looks through the tenants it was told of."""

    def __init__(self, surveys: InMemoryAggregates, tenants: Sequence[str]) -> None:
        self._surveys = surveys
        self._tenants = tenants

    async def due(self, before: datetime, limit: int) -> Sequence[tuple[str, str]]:
        query = {"body.state": "asked", "body.expires_at": {"$lte": to_text(before)}}
        found = [item for tenant in self._tenants for item in await self._surveys.page(tenant, query, limit=limit)]
        return [(item.tenant, item.id) for item in sorted(found, key=lambda item: str(item.body["expires_at"]))[:limit]]


@dataclass(kw_only=True)
class Bench(ServiceBench):
    surveys: InMemoryAggregates
    notices: InMemoryAggregates


def memory_stores(bus: InMemoryBus, clock: FixedClock) -> Stores:
    def aggregates(source: str) -> InMemoryAggregates:
        return InMemoryAggregates(bus, source_prefix=source, clock=clock)

    surveys = aggregates(repositories.SURVEYS_SOURCE)
    return Stores(
        templates=aggregates(repositories.TEMPLATES_SOURCE),
        template_versions=aggregates(repositories.TEMPLATE_VERSIONS_SOURCE),
        settings=aggregates(repositories.SETTINGS_SOURCE),
        surveys=surveys,
        notices=aggregates(repositories.NOTICES_SOURCE),
        due=InMemoryDueSurveys(surveys, ("acme", "other")),
        prepare=nothing_to_prepare,
        sweeps=(),
    )


@pytest.fixture
def bench() -> Bench:
    settings, bus, clock = Settings(), InMemoryBus(), FixedClock()
    stores = memory_stores(bus, clock)
    assert isinstance(stores.surveys, InMemoryAggregates)
    assert isinstance(stores.notices, InMemoryAggregates)
    resources = resources_in_memory("notify", settings, bus, clock)
    service = build(settings, resources, stores)
    return Bench(
        service=service,
        settings=settings,
        bus=bus,
        clock=clock,
        surveys=stores.surveys,
        notices=stores.notices,
    )
