"""Ticketing on stores and a broker in memory, built as in production."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

import httpx
import pytest
from google.protobuf.message import Message as ProtobufMessage

from services.ticketing.adapters.stores import Stores
from services.ticketing.adapters.tickets import TICKETS_SOURCE, TYPES_SOURCE
from services.ticketing.bootstrap import build
from services.ticketing.settings import Settings
from switchyard.eventing.envelope import Envelope, Message, Place, Received
from switchyard.eventing.outcomes import Outcome
from switchyard.kafka.settings import KafkaSettings
from switchyard.mongo.client import Database
from switchyard.service import telemetry
from switchyard.service.health import Health
from switchyard.service.identity import HEADER, Principal, sign_internal
from switchyard.service.running import Resources, Service
from switchyard.testing.clock import FixedClock
from switchyard.testing.memory_aggregates import InMemoryAggregates
from switchyard.testing.memory_bus import InMemoryBus


class InMemoryTicketNumbers:
    def __init__(self) -> None:
        self._last: Counter[str] = Counter()

    async def next(self, tenant: str, series: str) -> int:
        self._last[f"{tenant}/{series}"] += 1
        return self._last[f"{tenant}/{series}"]


@dataclass
class Bench:
    """A built service, with what its tests look at."""

    service: Service
    settings: Settings
    bus: InMemoryBus
    clock: FixedClock
    tickets: InMemoryAggregates

    async def deliver(self, message: ProtobufMessage, *, tenant: str = "acme", sequence: int = 1) -> Outcome:
        """Hand a message to its handler, as the consumer would."""
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
        principal = Principal(
            tenant=tenant, subject="agt_ann", roles=frozenset(roles or {"admin"}), credential_id="crd_1"
        )
        token = sign_internal(principal, self.settings.internal_secret.get_secret_value(), datetime.now(UTC))
        transport = httpx.ASGITransport(app=self.service.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test", headers={HEADER: token}) as client:
            yield client


async def _nothing() -> None:
    pass


def memory_stores(bus: InMemoryBus, clock: FixedClock) -> Stores:
    return Stores(
        tickets=InMemoryAggregates(bus, source_prefix=TICKETS_SOURCE, clock=clock),
        types=InMemoryAggregates(bus, source_prefix=TYPES_SOURCE, clock=clock),
        numbers=InMemoryTicketNumbers(),
        prepare=_nothing,
        sweeps=(),
    )


@pytest.fixture
def bench() -> Bench:
    settings, bus, clock = Settings(), InMemoryBus(), FixedClock()
    stores = memory_stores(bus, clock)
    assert isinstance(stores.tickets, InMemoryAggregates)
    resources = Resources(
        publisher=bus,
        database=cast("Database", None),
        kafka=KafkaSettings(),
        telemetry=telemetry.setup("ticketing", settings),
        health=Health(),
        clock=clock,
    )
    service = build(settings, resources, stores)
    return Bench(service=service, settings=settings, bus=bus, clock=clock, tickets=stores.tickets)
