"""A built service without a process: its handlers and routes, over a broker in memory."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

import httpx
from google.protobuf.message import Message as ProtobufMessage

from switchyard.eventing.envelope import Envelope, Message, Place, Received
from switchyard.eventing.outcomes import Outcome
from switchyard.kafka.settings import KafkaSettings
from switchyard.mongo.client import Database
from switchyard.service import telemetry
from switchyard.service.health import Health
from switchyard.service.identity import HEADER, Principal, sign_internal
from switchyard.service.running import Resources, Service
from switchyard.service.settings import ServiceSettings
from switchyard.testing.clock import FixedClock
from switchyard.testing.memory_bus import InMemoryBus

_TOPIC = "contact-events-v1"


@dataclass(kw_only=True)
class ServiceBench:
    """A service, and what its tests look at; `subject` is who asks by HTTP."""

    service: Service
    settings: ServiceSettings
    bus: InMemoryBus
    clock: FixedClock
    subject: str = "eve"

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
            message=Message(topic=_TOPIC, key=tenant, envelope=envelope, data=b""),
            place=Place(cluster="memory", topic=_TOPIC, partition=0, offset=sequence),
        )
        return await self.service.subscriptions[0].handlers[type(message)](received, message)

    @asynccontextmanager
    async def client(self, tenant: str = "acme", *roles: str) -> AsyncIterator[httpx.AsyncClient]:
        """A client whom the gateway has admitted with these roles, admin where none are given."""
        asker = Principal(
            tenant=tenant, subject=self.subject, roles=frozenset(roles or {"admin"}), credential_id="crd_1"
        )
        token = sign_internal(asker, self.settings.internal_secret.get_secret_value(), datetime.now(UTC))
        transport = httpx.ASGITransport(app=self.service.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test", headers={HEADER: token}) as client:
            yield client


def resources_in_memory(name: str, settings: ServiceSettings, bus: InMemoryBus, clock: FixedClock) -> Resources:
    """What a service is built with, but for a database: its stores are in memory too."""
    return Resources(
        publisher=bus,
        database=cast("Database", None),
        kafka=KafkaSettings(),
        telemetry=telemetry.setup(name, settings),
        health=Health(),
        clock=clock,
    )


async def nothing_to_prepare() -> None:
    """Stores in memory need no indexes."""
