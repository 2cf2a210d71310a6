"""What happened to a ticket; the adapters put it on the wire."""

from dataclasses import dataclass
from datetime import datetime

from services.ticketing.domain.states import State


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketOpened:
    number: str
    type_id: str
    contact_id: str
    customer_id: str
    service_request_id: str
    owner_id: str
    state: State
    channel: str
    queue_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketAssigned:
    owner_id: str
    previous_owner_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketStateChanged:
    type_id: str
    state: State
    previous_state: State
    previous_since: datetime
    actor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketNoteAdded:
    note_id: str
    actor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketClosed:
    type_id: str
    contact_id: str
    owner_id: str
    resolution: str
    opened_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketReopened:
    type_id: str
    actor: str
    reason: str


TicketEvent = TicketOpened | TicketAssigned | TicketStateChanged | TicketNoteAdded | TicketClosed | TicketReopened
