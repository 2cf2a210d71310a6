"""Notify on stores and a broker in memory, built as in production."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

import httpx
import pytest
from google.protobuf.message import Message as ProtobufMessage

from services.notify.adapters import repositories
from services.notify.adapters.stores import Stores
from services.notify.bootstrap import build
from services.notify.settings import Settings
from switchyard.eventing.envelope import Envelope, Message, Place, Received
from switchyard.eventing.outcomes import Outcome
from switchyard.kafka.settings import KafkaSettings
from switchyard.mongo.client import Database
from switchyard.service import telemetry
from switchyard.service.health import Health
from switchyard.service.identity import HEADER, Principal, sign_internal
from switchyard.service.running import Resources, Service
from switchyard.service.times import to_text
from switchyard.testing.clock import FixedClock
from switchyard.testing.memory_aggregates import InMemoryAggregates
from switchyard.testing.memory_bus import InMemoryBus


class InMemoryDueSurveys:
    """Looks through the tenants it was told of."""

    def __init__(self, surveys: InMemoryAggregates, tenants: Sequence[str]) -> None:
        self._surveys = surveys
        self._tenants = tenants

    async def due(self, before: datetime, limit: int) -> Sequence[tuple[str, str]]:
        query = {"body.state": "asked", "body.expires_at": {"$lte": to_text(before)}}
        found = [item for tenant in self._tenants for item in await self._surveys.page(tenant, query, limit=limit)]
        return [(item.tenant, item.id) for item in sorted(found, key=lambda item: str(item.body["expires_at"]))[:limit]]


@dataclass
class Bench:
    """A built service, with what its tests look at."""

    service: Service
    settings: Settings
    bus: InMemoryBus
    clock: FixedClock
    surveys: InMemoryAggregates
    notices: InMemoryAggregates

    async def deliver(self, message: ProtobufMessage, *, tenant: str = "acme", sequence: int = 1) -> Outcome:
        """Hand a message to its handler, as the consumer would; it happened now."""
        envelope = Envelope(
            id=f"evt/{sequence}",
            type=message.DESCRIPTOR.full_name,
            source=f"/{tenant}/gateway/contacts/x",
            subject=f"{tenant}/x",
            time=self.clock(),
            tenant=tenant,
            correlation_id="x",
            causation_id="x",
            sequence=sequence,
        )
        received = Received(
            message=Message(topic="contact-events-v1", key=tenant, envelope=envelope, data=b""),
            place=Place(cluster="memory", topic="contact-events-v1", partition=0, offset=sequence),
        )
        return await self.service.subscriptions[0].handlers[type(message)](received, message)

    @asynccontextmanager
    async def client(self, tenant: str = "acme", *roles: str) -> AsyncIterator[httpx.AsyncClient]:
        principal = Principal(tenant=tenant, subject="eve", roles=frozenset(roles or {"admin"}), credential_id="crd_1")
        token = sign_internal(principal, self.settings.internal_secret.get_secret_value(), datetime.now(UTC))
        transport = httpx.ASGITransport(app=self.service.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test", headers={HEADER: token}) as client:
            yield client


async def _nothing() -> None:
    pass


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
        prepare=_nothing,
        sweeps=(),
    )


@pytest.fixture
def bench() -> Bench:
    settings, bus, clock = Settings(), InMemoryBus(), FixedClock()
    stores = memory_stores(bus, clock)
    assert isinstance(stores.surveys, InMemoryAggregates)
    assert isinstance(stores.notices, InMemoryAggregates)
    resources = Resources(
        publisher=bus,
        database=cast("Database", None),
        kafka=KafkaSettings(),
        telemetry=telemetry.setup("notify", settings),
        health=Health(),
        clock=clock,
    )
    service = build(settings, resources, stores)
    return Bench(
        service=service,
        settings=settings,
        bus=bus,
        clock=clock,
        surveys=stores.surveys,
        notices=stores.notices,
    )
