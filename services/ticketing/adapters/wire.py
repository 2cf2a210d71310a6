"""Ticketing's events as the public protobuf. Free words stay: only a resolution or reason that is a code travels."""

import re
from datetime import datetime

from google.protobuf.message import Message as ProtobufMessage
from google.protobuf.timestamp_pb2 import Timestamp

from services.ticketing.application.ports import Cause
from services.ticketing.domain import events
from services.ticketing.domain.ticket import Changed
from switchyard.eventing.drafting import draft
from switchyard.eventing.envelope import EventDraft
from switchyard.events.ticketing.v1 import ticket_events_pb2 as pb

TOPIC = "ticket-events-v1"
_CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


def drafts(tenant: str, changed: Changed, cause: Cause) -> list[EventDraft]:
    """Draft what is to be announced of a change."""
    ticket = changed.ticket
    return [
        draft(
            to_protobuf(ticket.id, event),
            topic=TOPIC,
            key=f"{tenant}/{ticket.id}",
            subject=f"{tenant}/{ticket.id}",
            time=ticket.updated_at,
            correlation_id=cause.correlation_id,
            causation_id=cause.causation_id,
        )
        for event in changed.events
    ]


def to_protobuf(ticket_id: str, event: events.TicketEvent) -> ProtobufMessage:
    match event:
        case events.TicketOpened():
            return _opened(ticket_id, event)
        case events.TicketAssigned():
            return pb.TicketAssigned(
                ticket_id=ticket_id, owner_id=event.owner_id, previous_owner_id=event.previous_owner_id
            )
        case events.TicketStateChanged():
            return _state_changed(ticket_id, event)
        case events.TicketNoteAdded():
            return pb.TicketNoteAdded(ticket_id=ticket_id, note_id=event.note_id, actor=event.actor)
        case events.TicketClosed():
            return _closed(ticket_id, event)
        case events.TicketReopened():
            return pb.TicketReopened(
                ticket_id=ticket_id, type_id=event.type_id, actor=event.actor, reason=_code_or_none(event.reason)
            )


def _opened(ticket_id: str, event: events.TicketOpened) -> pb.TicketOpened:
    return pb.TicketOpened(
        ticket_id=ticket_id,
        number=event.number,
        type_id=event.type_id,
        contact_id=event.contact_id,
        customer_id=event.customer_id,
        service_request_id=event.service_request_id,
        owner_id=event.owner_id,
        state=event.state,
        channel=event.channel,
        queue_id=event.queue_id,
    )


def _state_changed(ticket_id: str, event: events.TicketStateChanged) -> pb.TicketStateChanged:
    return pb.TicketStateChanged(
        ticket_id=ticket_id,
        type_id=event.type_id,
        state=event.state,
        previous_state=event.previous_state,
        previous_since=_timestamp(event.previous_since),
        actor=event.actor,
    )


def _closed(ticket_id: str, event: events.TicketClosed) -> pb.TicketClosed:
    return pb.TicketClosed(
        ticket_id=ticket_id,
        type_id=event.type_id,
        contact_id=event.contact_id,
        owner_id=event.owner_id,
        resolution=_code_or_none(event.resolution),
        opened_at=_timestamp(event.opened_at),
    )


def _code_or_none(words: str) -> str:
    """Whoever needs the words asks for the ticket; Kafka carries no text that a person wrote."""
    return words if _CODE.fullmatch(words) else ""


def _timestamp(moment: datetime) -> Timestamp:
    stamp = Timestamp()
    stamp.FromDatetime(moment)
    return stamp
