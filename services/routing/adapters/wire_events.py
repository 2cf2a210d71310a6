"""From a journal entry to the messages that announce it; the same entry always gives the same messages."""

from datetime import UTC, datetime
from typing import Any

from google.protobuf.message import Message as ProtobufMessage

from services.routing.adapters.wire_messages import TRANSLATIONS
from services.routing.application.ports import JournalEntry, PoolKey
from services.routing.application.tracing import contact_of
from services.routing.domain import events as e
from services.routing.domain.engine import Step
from services.routing.domain.moments import Moment
from switchyard.eventing.envelope import Envelope, Message, event_id
from switchyard.internal.routing.v1 import outcomes_pb2 as outcomes

CONTACT_TOPIC = "routing-events-v1"
AGENT_TOPIC = "agent-state-events-v1"
OUTCOME_TOPIC = "routing-outcomes-v1"


def encode(entry: JournalEntry) -> list[Message]:
    """Make every message of an entry, in order; each stream's numbers go on from where the entry began."""
    stamps = _Stamps(entry)
    messages: list[Message] = []
    for step in entry.steps:
        public = [event for event in step.events if type(event) in TRANSLATIONS]
        messages += (stamps.event(event, step) for event in public)
        if step.command is not None and not public:
            messages.append(stamps.outcome(step))
    return messages


class _Stamps:
    """Gives each message of one entry its envelope."""

    def __init__(self, entry: JournalEntry) -> None:
        self._entry = entry
        self._pool = entry.pool
        self._contact_sequence = entry.contact_sequence
        self._agent_sequence = entry.agent_sequence

    def event(self, event: e.Event, step: Step) -> Message:
        message = TRANSLATIONS[type(event)](event)
        contact_id = contact_of(event)
        about_agent = isinstance(event, e.AGENT_EVENTS)
        subject = _agent_of(event) if about_agent else contact_id
        source, sequence = self._next(agents=about_agent)
        envelope = Envelope(
            id=event_id(source, sequence),
            type=message.DESCRIPTOR.full_name,
            source=source,
            subject=subject,
            time=_datetime(event.at),
            tenant=self._pool.tenant,
            correlation_id=contact_id or subject,
            causation_id=step.cause,
            sequence=sequence,
            traceparent=self._entry.traces.get(contact_id),
        )
        return self._message(AGENT_TOPIC if about_agent else CONTACT_TOPIC, envelope, message)

    def outcome(self, step: Step) -> Message:
        message: ProtobufMessage
        if step.refusal is None:
            message = outcomes.CommandSucceeded(command_id=step.cause)
        else:
            message = outcomes.CommandRefused(command_id=step.cause, code=step.refusal.code, detail=step.refusal.detail)
        source = _source(self._pool, "outcomes")
        envelope = Envelope(
            id=f"{source}/{self._entry.sequence}/{step.cause}",
            type=message.DESCRIPTOR.full_name,
            source=source,
            subject=step.contact_id or step.cause,
            time=_datetime(self._entry.now),
            tenant=self._pool.tenant,
            correlation_id=step.contact_id,
            causation_id=step.cause,
            traceparent=self._entry.traces.get(step.contact_id),
        )
        return self._message(OUTCOME_TOPIC, envelope, message)

    def _next(self, *, agents: bool) -> tuple[str, int]:
        if agents:
            self._agent_sequence += 1
            return _source(self._pool, "agents"), self._agent_sequence
        self._contact_sequence += 1
        return _source(self._pool, "contacts"), self._contact_sequence

    def _message(self, topic: str, envelope: Envelope, message: ProtobufMessage) -> Message:
        data = message.SerializeToString(deterministic=True)
        return Message(topic=topic, key=str(self._pool), envelope=envelope, data=data)


def _source(pool: PoolKey, stream: str) -> str:
    return f"/{pool.tenant}/routing/pools/{pool.pool_id}/{stream}"


def _agent_of(event: Any) -> str:
    holder = getattr(event, "holder", None)
    return str(event.agent_id if holder is None else holder.agent_id)


def _datetime(moment: Moment) -> datetime:
    return datetime.fromtimestamp(moment // 1000, UTC).replace(microsecond=moment % 1000 * 1000)
