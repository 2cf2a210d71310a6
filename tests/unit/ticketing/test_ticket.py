"""What may be done to a ticket, and what is announced of it."""

from datetime import UTC, datetime, timedelta

import pytest

from services.ticketing.domain import events
from services.ticketing.domain.closing import close_ticket, reopen_ticket
from services.ticketing.domain.errors import (
    TicketClosedAlready,
    TicketFull,
    TicketNotReopenable,
    TransitionRefused,
)
from services.ticketing.domain.opening import Matter, open_ticket, ticket_number
from services.ticketing.domain.states import State
from services.ticketing.domain.ticket import MOST_NOTES, Act, Ticket
from services.ticketing.domain.ticket_type import BUILT_IN_TYPES, Priority
from services.ticketing.domain.working import Edit, add_note, edit_ticket

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ANN = Act(actor="ann", at=NOON)
LATER = Act(actor="bob", at=NOON + timedelta(minutes=5))


def opened() -> Ticket:
    matter = Matter(title="No light", contact_id="cnt_1", owner_id="ann")
    return open_ticket("tkt_1", "FR-20261122-000001", BUILT_IN_TYPES["fault_report"], matter, ANN).ticket


def test_the_eight_types_of_a_hotline_are_there_in_both_languages() -> None:
    assert len(BUILT_IN_TYPES) == 8
    assert all(known.name.en and known.name.zh for known in BUILT_IN_TYPES.values())
    assert len({known.prefix for known in BUILT_IN_TYPES.values()}) == 8


def test_a_number_shows_type_day_and_count() -> None:
    assert ticket_number("FR", "20261122", 42) == "FR-20261122-000042"


def test_an_opened_ticket_takes_its_priority_from_its_type() -> None:
    assert opened().priority is Priority.HIGH


def test_opening_is_the_first_line_of_history() -> None:
    (entry,) = opened().history
    assert (entry.what, entry.actor, entry.after) == ("opened", "ann", "FR-20261122-000001")


def test_giving_a_ticket_to_another_owner_is_announced_with_both_owners() -> None:
    changed = edit_ticket(opened(), Edit(owner_id="bob"), LATER)
    assert changed.events == (events.TicketAssigned(owner_id="bob", previous_owner_id="ann"),)
    assert changed.ticket.history[-1].before == "ann"


def test_an_empty_owner_takes_the_owner_away() -> None:
    assert edit_ticket(opened(), Edit(owner_id=""), LATER).ticket.owner_id == ""


def test_an_edit_that_changes_nothing_leaves_the_ticket_as_it_is() -> None:
    ticket = opened()
    changed = edit_ticket(ticket, Edit(title=ticket.title, owner_id="ann", state=State.OPEN), LATER)
    assert changed.ticket == ticket
    assert changed.events == ()


def test_a_move_tells_since_when_the_ticket_had_been_in_its_former_state() -> None:
    changed = edit_ticket(opened(), Edit(state=State.IN_PROGRESS), LATER)
    (event,) = changed.events
    assert isinstance(event, events.TicketStateChanged)
    assert (event.previous_state, event.previous_since) == (State.OPEN, NOON)
    assert changed.ticket.state_since == LATER.at


def test_a_resolved_ticket_does_not_wait_for_the_customer() -> None:
    resolved = edit_ticket(opened(), Edit(state=State.RESOLVED), LATER).ticket
    with pytest.raises(TransitionRefused):
        edit_ticket(resolved, Edit(state=State.WAITING_CUSTOMER), LATER)


@pytest.mark.parametrize("state", [State.IN_PROGRESS, State.WAITING_CUSTOMER, State.RESOLVED])
def test_a_ticket_closes_from_every_working_state(state: State) -> None:
    ticket = edit_ticket(opened(), Edit(state=state), LATER).ticket
    closed = close_ticket(ticket, "fuse replaced", LATER).ticket
    assert (closed.state, closed.resolution, closed.closed_at) == (State.CLOSED, "fuse replaced", LATER.at)


def test_closing_announces_the_state_and_the_end() -> None:
    kinds = [type(event) for event in close_ticket(opened(), "done", LATER).events]
    assert kinds == [events.TicketStateChanged, events.TicketClosed]


def test_a_closed_ticket_is_neither_edited_nor_closed_again() -> None:
    closed = close_ticket(opened(), "done", LATER).ticket
    with pytest.raises(TicketClosedAlready):
        edit_ticket(closed, Edit(title="other"), LATER)
    with pytest.raises(TicketClosedAlready):
        close_ticket(closed, "done again", LATER)


def test_reopening_gives_the_ticket_back_to_its_owner_and_counts() -> None:
    closed = close_ticket(opened(), "done", LATER).ticket
    changed = reopen_ticket(closed, "still dark", LATER)
    assert (changed.ticket.state, changed.ticket.owner_id, changed.ticket.reopened) == (State.OPEN, "ann", 1)
    assert changed.ticket.closed_at is None
    assert [type(event) for event in changed.events] == [events.TicketStateChanged, events.TicketReopened]


def test_a_ticket_that_is_still_worked_on_cannot_be_reopened() -> None:
    with pytest.raises(TicketNotReopenable):
        reopen_ticket(opened(), "impatient", LATER)


def test_a_note_repeated_under_its_id_is_one_note() -> None:
    once = add_note(opened(), "nte_1", "called back", LATER)
    twice = add_note(once.ticket, "nte_1", "called back", LATER)
    assert twice.ticket == once.ticket
    assert twice.events == ()


def test_a_closed_ticket_still_takes_notes() -> None:
    closed = close_ticket(opened(), "done", LATER).ticket
    assert add_note(closed, "nte_1", "customer thanked us", LATER).ticket.notes[0].author == "bob"


def test_notes_end_where_the_document_would_grow_too_large() -> None:
    ticket = opened()
    for count in range(MOST_NOTES):
        ticket = add_note(ticket, f"nte_{count}", "x", LATER).ticket
    with pytest.raises(TicketFull):
        add_note(ticket, "nte_more", "x", LATER)


def test_history_shows_only_the_beginning_of_long_texts() -> None:
    changed = edit_ticket(opened(), Edit(description="灯" * 5_000), LATER).ticket
    assert len(changed.history[-1].after) == 200
