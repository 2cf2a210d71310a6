"""The ticket itself, with its history; what may be done to it stands in the modules beside."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from services.ticketing.domain.errors import TicketFull
from services.ticketing.domain.events import TicketEvent
from services.ticketing.domain.states import State
from services.ticketing.domain.ticket_type import Priority

#: These keep a ticket far below the 16 MiB that one MongoDB document may take.
MOST_NOTES = 300
MOST_HISTORY = 1_000
#: History shows that a long text changed, and how it began.
_MOST_SHOWN_CHARACTERS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Who does something, and when (UTC)."""

    actor: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    """One change: `what` is a field's name, `opened`, `closed` or `reopened`."""

    actor: str
    at: datetime
    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    id: str
    author: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A work order. References that are not set are empty texts."""

    id: str
    number: str
    type_id: str
    title: str
    description: str = ""
    contact_id: str = ""
    customer_id: str = ""
    service_request_id: str = ""
    channel: str = ""
    queue_id: str = ""
    owner_id: str = ""
    priority: Priority
    state: State = State.OPEN
    state_since: datetime
    opened_at: datetime
    opened_by: str
    updated_at: datetime
    resolution: str = ""
    closed_at: datetime | None = None
    reopened: int = 0
    history: tuple[HistoryEntry, ...] = ()
    notes: tuple[Note, ...] = ()

    def with_history(self, act: Act, what: str, before: str, after: str) -> Self:
        """Return the ticket with one more line of history. Raises TicketFull."""
        if len(self.history) >= MOST_HISTORY:
            raise TicketFull("history entries", MOST_HISTORY)
        before, after = before[:_MOST_SHOWN_CHARACTERS], after[:_MOST_SHOWN_CHARACTERS]
        entry = HistoryEntry(actor=act.actor, at=act.at, what=what, before=before, after=after)
        return replace(self, history=(*self.history, entry), updated_at=act.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A ticket after an act, and what is to be announced of it."""

    ticket: Ticket
    events: tuple[TicketEvent, ...] = ()
