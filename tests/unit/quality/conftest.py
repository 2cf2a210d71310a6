"""Quality on stores, a broker and transcripts in memory, built as in production."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import cast

import httpx
import pytest
from google.protobuf.message import Message as ProtobufMessage

from services.quality.adapters.repositories import EVALUATIONS_SOURCE, SCORECARD_VERSIONS_SOURCE, SCORECARDS_SOURCE
from services.quality.adapters.stores import Stores
from services.quality.application.ports import TranscriptMissing, TranscriptUnavailable
from services.quality.bootstrap import build
from services.quality.domain.conversation import Conversation, Line
from services.quality.settings import Settings
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

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def line(
    number: int,
    text: str,
    *,
    author: str = "agent",
    agent_id: str = "agt_ann",
    after: float = 10,
    automatic: bool = False,
) -> Line:
    """A line that came so many seconds after noon, when the contact was answered."""
    at = NOON + timedelta(seconds=after)
    return Line(
        number=number,
        author=author,
        agent_id=agent_id if author == "agent" else "",
        text=text,
        at=at,
        automatic=automatic,
    )


def conversation(*lines: Line, channel: str = "chat", waited: float = 5) -> Conversation:
    return Conversation(
        contact_id="cnt_1",
        channel=channel,
        queue_id="billing",
        agent_id="agt_ann",
        team_id="",
        site_id="",
        opened_at=NOON - timedelta(seconds=waited),
        answered_at=NOON,
        lines=None if channel == "voice" else lines,
    )


@dataclass
class InMemoryTranscripts:
    """Knows the contacts it was given; `available` False is a gateway that is away."""

    lines: dict[tuple[str, str], Sequence[Line]] = field(default_factory=dict)
    available: bool = True

    async def fetch(self, tenant: str, contact_id: str) -> Sequence[Line]:
        if not self.available:
            raise TranscriptUnavailable("the gateway in memory was told to be away")
        if (tenant, contact_id) not in self.lines:
            raise TranscriptMissing(contact_id)
        return self.lines[tenant, contact_id]


@dataclass
class Bench:
    """A built service, with what its tests look at."""

    service: Service
    settings: Settings
    bus: InMemoryBus
    clock: FixedClock
    transcripts: InMemoryTranscripts

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
        principal = Principal(tenant=tenant, subject="eve", roles=frozenset(roles or {"admin"}), credential_id="crd_1")
        token = sign_internal(principal, self.settings.internal_secret.get_secret_value(), datetime.now(UTC))
        transport = httpx.ASGITransport(app=self.service.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test", headers={HEADER: token}) as client:
            yield client


async def _nothing() -> None:
    pass


def memory_stores(bus: InMemoryBus, clock: FixedClock) -> Stores:
    return Stores(
        scorecards=InMemoryAggregates(bus, source_prefix=SCORECARDS_SOURCE, clock=clock),
        scorecard_versions=InMemoryAggregates(bus, source_prefix=SCORECARD_VERSIONS_SOURCE, clock=clock),
        evaluations=InMemoryAggregates(bus, source_prefix=EVALUATIONS_SOURCE, clock=clock),
        prepare=_nothing,
        sweeps=(),
    )


@pytest.fixture
def bench() -> Bench:
    settings, bus, clock, transcripts = Settings(), InMemoryBus(), FixedClock(NOON), InMemoryTranscripts()
    stores = memory_stores(bus, clock)
    resources = Resources(
        publisher=bus,
        database=cast("Database", None),
        kafka=KafkaSettings(),
        telemetry=telemetry.setup("quality", settings),
        health=Health(),
        clock=clock,
    )
    service = build(settings, resources, stores, transcripts)
    return Bench(service=service, settings=settings, bus=bus, clock=clock, transcripts=transcripts)
