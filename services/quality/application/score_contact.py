"""Score a contact that an agent handled, once against every scorecard that applies to it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.quality.application.ports import Ports
from services.quality.application.scorecards import list_scorecards
from services.quality.domain.conversation import Conversation, Line
from services.quality.domain.evaluation import evaluate
from services.quality.domain.scorecard import Scorecard
from switchyard.eventing.aggregates import AggregateExists

HANDLED = "handled"
#: Channels whose conversation is not written.
_WITHOUT_TEXT = frozenset({"voice"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactClosed:
    """The gateway's event, as far as quality cares."""

    tenant: str
    event_id: str
    contact_id: str
    outcome: str
    channel: str
    queue_id: str
    agent_id: str
    team_id: str
    site_id: str
    opened_at: datetime
    answered_at: datetime | None


async def score_contact(event: ContactClosed, ports: Ports) -> int:
    """Return how many evaluations this call stored. Raises TranscriptUnavailable, TranscriptMissing."""
    if event.outcome != HANDLED:
        return 0
    missing = await _not_yet_scored(event, ports)
    if not missing:
        return 0
    conversation = _conversation(event, await _lines(event, ports))
    stored = [await _score(scorecard, conversation, event, ports) for scorecard in missing]
    return sum(stored)


def evaluation_id(tenant: str, contact_id: str, scorecard_id: str) -> str:
    """Name the one evaluation of a contact by a scorecard."""
    return "evl_" + hashlib.sha256(f"{tenant}/{contact_id}/{scorecard_id}".encode()).hexdigest()[:32]


async def _not_yet_scored(event: ContactClosed, ports: Ports) -> list[Scorecard]:
    missing = []
    for scorecard in await list_scorecards(ports.scorecards, event.tenant):
        if not scorecard.applies_to(event.channel, event.queue_id):
            continue
        id_ = evaluation_id(event.tenant, event.contact_id, scorecard.id)
        if await ports.evaluations.find(event.tenant, id_) is None:
            missing.append(scorecard)
    return missing


async def _lines(event: ContactClosed, ports: Ports) -> Sequence[Line] | None:
    if event.channel in _WITHOUT_TEXT:
        return None
    return await ports.transcripts.fetch(event.tenant, event.contact_id)


async def _score(scorecard: Scorecard, conversation: Conversation, event: ContactClosed, ports: Ports) -> bool:
    id_ = evaluation_id(event.tenant, event.contact_id, scorecard.id)
    evaluation = evaluate(id_, scorecard, conversation, ports.clock())
    if evaluation is None:
        return False
    try:
        await ports.evaluations.add(event.tenant, evaluation, event.event_id)
    except AggregateExists:
        return False
    return True


def _conversation(event: ContactClosed, lines: Sequence[Line] | None) -> Conversation:
    return Conversation(
        contact_id=event.contact_id,
        channel=event.channel,
        queue_id=event.queue_id,
        agent_id=event.agent_id,
        team_id=event.team_id,
        site_id=event.site_id,
        opened_at=event.opened_at,
        answered_at=event.answered_at,
        lines=None if lines is None else tuple(lines),
    )
