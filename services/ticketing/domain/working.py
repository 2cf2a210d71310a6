"""Work on an open ticket: its words, its owner, its state, its notes."""

from dataclasses import dataclass, replace

from services.ticketing.domain.errors import TicketClosedAlready, TicketFull
from services.ticketing.domain.events import TicketAssigned, TicketNoteAdded, TicketStateChanged
from services.ticketing.domain.states import State, check_move
from services.ticketing.domain.ticket import MOST_NOTES, Act, Changed, Note, Ticket
from services.ticketing.domain.ticket_type import Priority


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What to change; None leaves a field as it is, an empty `owner_id` takes the owner away."""

    title: str | None = None
    description: str | None = None
    priority: Priority | None = None
    owner_id: str | None = None
    state: State | None = None


def edit_ticket(ticket: Ticket, edit: Edit, act: Act) -> Changed:
    """Apply every change or none. Raises TicketClosedAlready, TransitionRefused, TicketFull."""
    if ticket.state is State.CLOSED:
        raise TicketClosedAlready
    worded = _reworded(ticket, edit, act)
    assigned = _assigned(worded, edit.owner_id, act)
    moved = _moved(assigned.ticket, edit.state, act)
    return Changed(ticket=moved.ticket, events=(*assigned.events, *moved.events))


def add_note(ticket: Ticket, note_id: str, text: str, act: Act) -> Changed:
    """Add a note, to a closed ticket too; a note of the same id is there already. Raises TicketFull."""
    if any(note.id == note_id for note in ticket.notes):
        return Changed(ticket=ticket)
    if len(ticket.notes) >= MOST_NOTES:
        raise TicketFull("notes", MOST_NOTES)
    note = Note(id=note_id, author=act.actor, at=act.at, text=text)
    noted = replace(ticket, notes=(*ticket.notes, note), updated_at=act.at)
    return Changed(ticket=noted, events=(TicketNoteAdded(note_id=note_id, actor=act.actor),))


def move(ticket: Ticket, state: State, act: Act) -> Changed:
    """Put a ticket into a state, whatever the table of moves says; the caller has checked."""
    event = TicketStateChanged(
        type_id=ticket.type_id,
        state=state,
        previous_state=ticket.state,
        previous_since=ticket.state_since,
        actor=act.actor,
    )
    moved = replace(ticket, state=state, state_since=act.at).with_history(act, "state", ticket.state, state)
    return Changed(ticket=moved, events=(event,))


def _reworded(ticket: Ticket, edit: Edit, act: Act) -> Ticket:
    if edit.title is not None and edit.title != ticket.title:
        ticket = replace(ticket, title=edit.title).with_history(act, "title", ticket.title, edit.title)
    if edit.description is not None and edit.description != ticket.description:
        before = ticket.description
        ticket = replace(ticket, description=edit.description).with_history(
            act, "description", before, edit.description
        )
    if edit.priority is not None and edit.priority != ticket.priority:
        ticket = replace(ticket, priority=edit.priority).with_history(act, "priority", ticket.priority, edit.priority)
    return ticket


def _assigned(ticket: Ticket, owner_id: str | None, act: Act) -> Changed:
    if owner_id is None or owner_id == ticket.owner_id:
        return Changed(ticket=ticket)
    event = TicketAssigned(owner_id=owner_id, previous_owner_id=ticket.owner_id)
    assigned = replace(ticket, owner_id=owner_id).with_history(act, "owner", ticket.owner_id, owner_id)
    return Changed(ticket=assigned, events=(event,))


def _moved(ticket: Ticket, state: State | None, act: Act) -> Changed:
    if state is None or state is ticket.state:
        return Changed(ticket=ticket)
    check_move(ticket.state, state)
    return move(ticket, state, act)
