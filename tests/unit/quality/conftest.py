"""Quality on stores, a broker and transcripts in memory, built as in production."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from services.quality.adapters.repositories import EVALUATIONS_SOURCE, SCORECARD_VERSIONS_SOURCE, SCORECARDS_SOURCE
from services.quality.adapters.stores import Stores
from services.quality.application.ports import TranscriptMissing, TranscriptUnavailable
from services.quality.bootstrap import build
from services.quality.domain.conversation import Conversation, Line
from services.quality.settings import Settings
from switchyard.testing.clock import FixedClock
from switchyard.testing.memory_aggregates import InMemoryAggregates
from switchyard.testing.memory_bus import InMemoryBus
from switchyard.testing.service_bench import ServiceBench, nothing_to_prepare, resources_in_memory

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


@dataclass(kw_only=True)
class Bench(ServiceBench):
    transcripts: InMemoryTranscripts


def memory_stores(bus: InMemoryBus, clock: FixedClock) -> Stores:
    return Stores(
        scorecards=InMemoryAggregates(bus, source_prefix=SCORECARDS_SOURCE, clock=clock),
        scorecard_versions=InMemoryAggregates(bus, source_prefix=SCORECARD_VERSIONS_SOURCE, clock=clock),
        evaluations=InMemoryAggregates(bus, source_prefix=EVALUATIONS_SOURCE, clock=clock),
        prepare=nothing_to_prepare,
        sweeps=(),
    )


@pytest.fixture
def bench() -> Bench:
    settings, bus, clock, transcripts = Settings(), InMemoryBus(), FixedClock(NOON), InMemoryTranscripts()
    stores = memory_stores(bus, clock)
    resources = resources_in_memory("quality", settings, bus, clock)
    service = build(settings, resources, stores, transcripts)
    return Bench(service=service, settings=settings, bus=bus, clock=clock, transcripts=transcripts)
