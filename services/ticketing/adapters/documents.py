"""Tickets and types as stored bodies, and back. Times are texts that sort, so that cursors carry them."""

from collections.abc import Mapping
from typing import Any

from services.ticketing.domain.states import State
from services.ticketing.domain.ticket import HistoryEntry, Note, Ticket
from services.ticketing.domain.ticket_type import Names, Priority, TicketType
from switchyard.service.times import from_text, to_text

_PLAIN = (
    "id",
    "number",
    "type_id",
    "title",
    "description",
    "contact_id",
    "customer_id",
    "service_request_id",
    "channel",
    "queue_id",
    "owner_id",
    "opened_by",
    "resolution",
    "reopened",
)


def ticket_body(ticket: Ticket) -> dict[str, Any]:
    """Write a ticket; `created_at` is the list's word for the opening."""
    return {name: getattr(ticket, name) for name in _PLAIN} | {
        "priority": ticket.priority.value,
        "state": ticket.state.value,
        "state_since": to_text(ticket.state_since),
        "created_at": to_text(ticket.opened_at),
        "updated_at": to_text(ticket.updated_at),
        "closed_at": to_text(ticket.closed_at) if ticket.closed_at else None,
        "history": [_history_body(entry) for entry in ticket.history],
        "notes": [_note_body(note) for note in ticket.notes],
    }


def ticket_from(body: Mapping[str, Any]) -> Ticket:
    """Read what `ticket_body` wrote."""
    return Ticket(
        **{name: body[name] for name in _PLAIN},
        priority=Priority(body["priority"]),
        state=State(body["state"]),
        state_since=from_text(body["state_since"]),
        opened_at=from_text(body["created_at"]),
        updated_at=from_text(body["updated_at"]),
        closed_at=from_text(body["closed_at"]) if body["closed_at"] else None,
        history=tuple(
            HistoryEntry(
                actor=entry["actor"],
                at=from_text(entry["at"]),
                what=entry["what"],
                before=entry["before"],
                after=entry["after"],
            )
            for entry in body["history"]
        ),
        notes=tuple(
            Note(id=note["id"], author=note["author"], at=from_text(note["at"]), text=note["text"])
            for note in body["notes"]
        ),
    )


def _history_body(entry: HistoryEntry) -> dict[str, str]:
    return {
        "actor": entry.actor,
        "at": to_text(entry.at),
        "what": entry.what,
        "before": entry.before,
        "after": entry.after,
    }


def _note_body(note: Note) -> dict[str, str]:
    return {"id": note.id, "author": note.author, "at": to_text(note.at), "text": note.text}


def type_body(type: TicketType) -> dict[str, Any]:  # noqa: A002
    return {
        "id": type.id,
        "name": {"en": type.name.en, "zh": type.name.zh},
        "prefix": type.prefix,
        "default_priority": type.default_priority.value,
        "active": type.active,
        "built_in": type.built_in,
    }


def type_from(body: Mapping[str, Any]) -> TicketType:
    return TicketType(
        id=body["id"],
        name=Names(en=body["name"]["en"], zh=body["name"]["zh"]),
        prefix=body["prefix"],
        default_priority=Priority(body["default_priority"]),
        active=body["active"],
        built_in=body["built_in"],
    )
