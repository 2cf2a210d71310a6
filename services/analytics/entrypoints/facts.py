"""Events of the wire to facts: one function per message type. Instants are cut to the millisecond here, once.

Words of open sets (states, reasons) become names of counters, so what is no plain word is replaced.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from google.protobuf.message import DecodeError
from google.protobuf.timestamp_pb2 import Timestamp

from services.analytics.application.ports import UnreadableEvent
from services.analytics.domain import facts
from services.analytics.domain.buckets import milliseconds
from services.analytics.domain.facts import Fact
from switchyard.eventing.envelope import Message
from switchyard.events.notify.v1 import survey_events_pb2 as surveys
from switchyard.events.quality.v1 import evaluation_events_pb2 as evaluations
from switchyard.events.routing.v1 import agent_events_pb2 as agents
from switchyard.events.routing.v1 import callback_events_pb2 as callbacks
from switchyard.events.routing.v1 import contact_routing_events_pb2 as contacts
from switchyard.events.routing.v1 import settings_events_pb2 as settings
from switchyard.events.ticketing.v1 import ticket_events_pb2 as tickets

_NO_WORD = re.compile(r"[^a-z0-9_-]+")
_LONGEST_WORD = 40


def read_fact(message: Message) -> Fact | None:
    """Decode an event into the fact to count; None where its type is not counted. Raises UnreadableEvent."""
    reader = _READERS.get(message.envelope.type)
    if reader is None:
        return None
    message_type, to_fact = reader
    try:
        return to_fact(message_type.FromString(message.data), milliseconds(message.envelope.time))
    except (DecodeError, ValueError, OverflowError) as error:
        raise UnreadableEvent(f"{message.envelope.type}: {error}") from error


def _instant(timestamp: Timestamp) -> int:
    return int(timestamp.seconds * 1000 + timestamp.nanos // 1_000_000)


def _set(event: Any, field: str) -> int:
    """Read a timestamp that a complete event has. Raises ValueError."""
    if not event.HasField(field):
        raise ValueError(f"{field} is missing")
    return _instant(getattr(event, field))


def _word(text: str) -> str:
    return _NO_WORD.sub("-", text.lower())[:_LONGEST_WORD]


def _id(text: str, field: str) -> str:
    if not text:
        raise ValueError(f"{field} is missing")
    return text


def _entry(entry: contacts.Entry) -> facts.Entry:
    return facts.Entry(
        contact_id=_id(entry.contact_id, "entry.contact_id"),
        number=entry.number,
        queue_id=_id(entry.queue_id, "entry.queue_id"),
        channel=_id(entry.channel, "entry.channel"),
        queued_at=_set(entry, "queued_at"),
        target=round(entry.target_seconds * 1000),
        short_abandon=round(entry.short_abandon_seconds * 1000),
        called=entry.callback_attempt > 0,
    )


def _queued(event: contacts.ContactQueued, at: int) -> Fact:
    return facts.Queued(at=at, entry=_entry(event.entry), transferred=bool(event.transferred_from))


def _offered(event: contacts.OfferMade, at: int) -> Fact:
    return facts.Offered(at=at, entry=_entry(event.entry), agent_id=_id(event.holder.agent_id, "holder.agent_id"))


def _offer_ended(outcome: facts.OfferOutcome) -> Callable[[Any, int], Fact]:
    def to_fact(event: contacts.OfferAccepted, at: int) -> Fact:
        return facts.OfferEnded(
            at=at,
            entry=_entry(event.entry),
            agent_id=_id(event.holder.agent_id, "holder.agent_id"),
            offered_at=_set(event, "offered_at"),
            outcome=outcome,
        )

    return to_fact


def _abandoned(event: contacts.ContactAbandoned, at: int) -> Fact:
    return facts.Abandoned(at=at, entry=_entry(event.entry))


def _flowed_out(event: contacts.ContactFlowedOut, at: int) -> Fact:
    return facts.FlowedOut(at=at, entry=_entry(event.entry))


def _talk_ended(event: contacts.ContactEnded | contacts.ContactTransferred, at: int) -> Fact:
    return facts.TalkEnded(
        at=at,
        entry=_entry(event.entry),
        agent_id=_id(event.holder.agent_id, "holder.agent_id"),
        answered_at=_set(event, "answered_at"),
        transferred=isinstance(event, contacts.ContactTransferred),
    )


def _wrapped_up(event: contacts.WrapUpCompleted, at: int) -> Fact:
    return facts.WrappedUp(
        at=at,
        entry=_entry(event.entry),
        agent_id=_id(event.holder.agent_id, "holder.agent_id"),
        answered_at=_set(event, "answered_at"),
        ended_at=_set(event, "ended_at"),
    )


def _agent(event: agents.AgentJoinedPool | agents.AgentStateChanged) -> facts.Agent:
    seat = event.seat if isinstance(event, agents.AgentStateChanged) else ""
    return facts.Agent(
        agent_id=_id(event.agent_id, "agent_id"), team_id=event.team_id, site_id=event.site_id, seat=seat
    )


def _agent_joined(event: agents.AgentJoinedPool, at: int) -> Fact:
    return facts.AgentJoined(at=at, agent=_agent(event))


def _agent_left(event: agents.AgentLeftPool, at: int) -> Fact:
    return facts.AgentLeft(at=at, agent_id=_id(event.agent_id, "agent_id"))


def _agent_shown(event: agents.AgentStateChanged, at: int) -> Fact:
    return facts.AgentShown(
        at=at,
        agent=_agent(event),
        state=_word(event.state),
        reason=_word(event.reason),
        previous_state=_word(event.previous_state),
        previous_reason=_word(event.previous_reason),
        previous_since=_instant(event.previous_since) if event.HasField("previous_since") else None,
        held_units=event.held_units,
        capacity_units=event.capacity_units,
        previous_held_units=event.previous_held_units,
        previous_load_since=_instant(event.previous_load_since) if event.HasField("previous_load_since") else None,
    )


def _survey_asked(event: surveys.SurveyAsked, at: int) -> Fact | None:
    if event.kind != "csat":
        return None
    return facts.SurveyAsked(at=at, queue_id=event.queue_id, channel=event.channel, agent_id=event.agent_id)


def _survey_answered(event: surveys.SurveyAnswered, at: int) -> Fact | None:
    if event.kind != "csat":
        return None
    if not 1 <= event.rating <= event.scale_max:
        raise ValueError(f"rating {event.rating} is off the scale of {event.scale_max}")
    return facts.SurveyAnswered(
        at=at,
        queue_id=event.queue_id,
        channel=event.channel,
        agent_id=event.agent_id,
        rating=event.rating,
        scale_max=event.scale_max,
    )


def _evaluated(event: evaluations.EvaluationCompleted, at: int) -> Fact:
    replied = event.HasField("first_response_seconds")
    return facts.Evaluated(
        at=at,
        queue_id=event.queue_id,
        channel=event.channel,
        agent_id=event.agent_id,
        score_hundredths=round(event.score * 100),
        passed=event.passed,
        flagged=event.flagged,
        first_response=round(event.first_response_seconds * 1000) if replied else None,
    )


def _ticket_opened(event: tickets.TicketOpened, at: int) -> Fact:
    return facts.TicketOpened(at=at, type_id=event.type_id)


def _ticket_moved(event: tickets.TicketStateChanged, at: int) -> Fact:
    return facts.TicketMoved(
        at=at,
        type_id=event.type_id,
        previous_state=_word(_id(event.previous_state, "previous_state")),
        previous_since=_set(event, "previous_since"),
    )


def _ticket_closed(event: tickets.TicketClosed, at: int) -> Fact:
    return facts.TicketClosed(at=at, type_id=event.type_id, opened_at=_set(event, "opened_at"))


def _ticket_reopened(event: tickets.TicketReopened, at: int) -> Fact:
    return facts.TicketReopened(at=at, type_id=event.type_id)


def _queue_set(event: settings.QueueConfigured, at: int) -> Fact:
    return facts.QueueSet(at=at, queue_id=_id(event.queue_id, "queue_id"), name=event.name, removed=event.removed)


def _agent_set(event: settings.AgentConfigured, at: int) -> Fact:
    return facts.AgentSet(
        at=at,
        agent_id=_id(event.agent_id, "agent_id"),
        name=event.name,
        queue_ids=tuple(event.queue_ids),
        removed=event.removed,
    )


#: What is counted, by message type. `Any`: each function names its own message.
READERS: Mapping[Any, Callable[[Any, int], Fact | None]] = {
    contacts.ContactQueued: _queued,
    contacts.OfferMade: _offered,
    contacts.OfferAccepted: _offer_ended("accepted"),
    contacts.OfferRejected: _offer_ended("rejected"),
    contacts.OfferTimedOut: _offer_ended("timed_out"),
    contacts.OfferWithdrawn: _offer_ended("withdrawn"),
    contacts.ContactAbandoned: _abandoned,
    contacts.ContactFlowedOut: _flowed_out,
    callbacks.CallbackRequested: lambda event, at: facts.CallbackRequested(at=at, entry=_entry(event.entry)),
    callbacks.CallbackScheduled: lambda event, at: facts.CallbackScheduled(at=at, entry=_entry(event.entry)),
    callbacks.CallbackNotReached: lambda event, at: facts.CallbackNotReached(at=at, entry=_entry(event.entry)),
    callbacks.CallbackGivenUp: lambda event, at: facts.CallbackGivenUp(at=at, entry=_entry(event.entry)),
    contacts.ContactTransferred: _talk_ended,
    contacts.ContactEnded: _talk_ended,
    contacts.WrapUpCompleted: _wrapped_up,
    agents.AgentJoinedPool: _agent_joined,
    agents.AgentLeftPool: _agent_left,
    agents.AgentStateChanged: _agent_shown,
    surveys.SurveyAsked: _survey_asked,
    surveys.SurveyAnswered: _survey_answered,
    evaluations.EvaluationCompleted: _evaluated,
    tickets.TicketOpened: _ticket_opened,
    tickets.TicketStateChanged: _ticket_moved,
    tickets.TicketClosed: _ticket_closed,
    tickets.TicketReopened: _ticket_reopened,
    settings.QueueConfigured: _queue_set,
    settings.AgentConfigured: _agent_set,
}
_READERS = {message.DESCRIPTOR.full_name: (message, to_fact) for message, to_fact in READERS.items()}
