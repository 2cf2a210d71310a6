"""From a journal entry to the messages that announce it; the same entry always gives the same messages."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from google.protobuf.message import Message as ProtobufMessage

from services.routing.adapters.wire_desk_events import DESK_EVENTS
from services.routing.adapters.wire_event_parts import entry_of as _entry
from services.routing.adapters.wire_event_parts import holder_of as _holder
from services.routing.adapters.wire_event_parts import timestamp as _timestamp
from services.routing.application.ports import JournalEntry, PoolKey
from services.routing.application.tracing import contact_of
from services.routing.domain import entry as d
from services.routing.domain import events as e
from services.routing.domain.engine import Step
from services.routing.domain.moments import Moment
from switchyard.eventing.envelope import Envelope, Message, event_id
from switchyard.events.routing.v1 import agent_events_pb2 as agents
from switchyard.events.routing.v1 import contact_routing_events_pb2 as contacts
from switchyard.internal.routing.v1 import outcomes_pb2 as outcomes

CONTACT_TOPIC = "routing-events-v1"
AGENT_TOPIC = "agent-state-events-v1"
OUTCOME_TOPIC = "routing-outcomes-v1"


def encode(entry: JournalEntry) -> list[Message]:
    """Make every message of an entry, in order; each stream's numbers go on from where the entry began."""
    stamps = _Stamps(entry)
    messages: list[Message] = []
    for step in entry.steps:
        public = [event for event in step.events if type(event) in _TRANSLATIONS]
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
        message = _TRANSLATIONS[type(event)](event)
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
    return event.holder.agent_id if isinstance(event, e.AgentStateChanged) else str(event.agent_id)


def _decision(decision: d.Decision) -> contacts.Decision:
    considered = (
        contacts.ConsideredAgent(agent_id=a.agent_id, verdict=a.verdict, idle_seconds=a.idle_seconds)
        for a in decision.considered
    )
    return contacts.Decision(rule=decision.rule, considered=considered, candidates=decision.candidates)


def _queued(event: e.ContactQueued) -> ProtobufMessage:
    skills = (contacts.RequiredSkill(skill_id=s.skill_id, level=s.level) for s in event.required_skills)
    return contacts.ContactQueued(
        entry=_entry(event.entry),
        priority=event.priority,
        required_skills=skills,
        transferred_from=event.transferred_from,
    )


def _offer_made(event: e.OfferMade) -> ProtobufMessage:
    return contacts.OfferMade(
        entry=_entry(event.entry),
        offer_id=event.offer_id,
        holder=_holder(event.holder),
        expires_at=_timestamp(event.expires_at),
        decision=_decision(event.decision),
    )


def _offer(event: Any) -> dict[str, Any]:
    """Give the parts that every answer to an offer has."""
    return {
        "entry": _entry(event.entry),
        "offer_id": event.offer_id,
        "holder": _holder(event.holder),
        "offered_at": _timestamp(event.offered_at),
    }


def _talk(event: Any) -> dict[str, Any]:
    """Give the parts that every event after a conversation has."""
    return {
        "entry": _entry(event.entry),
        "offer_id": event.offer_id,
        "holder": _holder(event.holder),
        "answered_at": _timestamp(event.answered_at),
    }


def _flowed_out(event: e.ContactFlowedOut) -> ProtobufMessage:
    return contacts.ContactFlowedOut(
        entry=_entry(event.entry),
        reason=event.reason,
        to_queue=event.to_queue,
        to_pool=event.to_pool,
        last_step=event.last_step,
        announcement=event.announcement,
    )


def _wrapped_up(event: e.WrapUpCompleted) -> ProtobufMessage:
    return contacts.WrapUpCompleted(
        **_talk(event),
        ended_at=_timestamp(event.ended_at),
        disposition=event.disposition,
        timed_out=event.timed_out,
        ticket_type=event.ticket_type,
        transferred=event.transferred,
    )


def _joined(event: e.AgentJoinedPool) -> ProtobufMessage:
    return agents.AgentJoinedPool(
        agent_id=event.agent_id, team_id=event.team_id, site_id=event.site_id, pool_id=event.pool_id
    )


def _state_changed(event: e.AgentStateChanged) -> ProtobufMessage:
    return agents.AgentStateChanged(
        agent_id=event.holder.agent_id,
        team_id=event.holder.team_id,
        site_id=event.holder.site_id,
        pool_id=event.pool_id,
        state=event.state,
        reason=event.reason,
        set_state=event.set_state,
        set_reason=event.set_reason,
        previous_state=event.previous_state,
        previous_reason=event.previous_reason,
        previous_since=_timestamp(event.previous_since),
        held_units=event.held_units,
        capacity_units=event.capacity_units,
        previous_held_units=event.previous_held_units,
        previous_load_since=_timestamp(event.previous_since),
        forced_by=event.forced_by,
        seat=event.seat,
    )


def _datetime(moment: Moment) -> datetime:
    return datetime.fromtimestamp(moment // 1000, UTC).replace(microsecond=moment % 1000 * 1000)


#: The public events; what is not here stays in the journal. `Any`: each takes its own event, the key says which.
_TRANSLATIONS: dict[type, Callable[[Any], ProtobufMessage]] = {
    e.ContactQueued: _queued,
    e.OfferMade: _offer_made,
    e.OfferAccepted: lambda event: contacts.OfferAccepted(**_offer(event)),
    e.OfferRejected: lambda event: contacts.OfferRejected(**_offer(event), reason=event.reason),
    e.OfferTimedOut: lambda event: contacts.OfferTimedOut(**_offer(event)),
    e.OfferWithdrawn: lambda event: contacts.OfferWithdrawn(**_offer(event), reason=event.reason),
    e.ContactAbandoned: lambda event: contacts.ContactAbandoned(entry=_entry(event.entry), ended_by=event.ended_by),
    e.ContactFlowedOut: _flowed_out,
    e.ContactTransferred: lambda event: contacts.ContactTransferred(
        **_talk(event), to_queue=event.to_queue, to_pool=event.to_pool
    ),
    e.ContactEnded: lambda event: contacts.ContactEnded(**_talk(event), ended_by=event.ended_by),
    e.WrapUpCompleted: _wrapped_up,
    e.AgentJoinedPool: _joined,
    e.AgentLeftPool: lambda event: agents.AgentLeftPool(agent_id=event.agent_id, pool_id=event.pool_id),
    e.AgentStateChanged: _state_changed,
    **DESK_EVENTS,
}
