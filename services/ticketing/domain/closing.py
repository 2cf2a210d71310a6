"""The end of a ticket, and its return: the closed loop."""

from dataclasses import replace

from services.ticketing.domain.errors import TicketClosedAlready, TicketNotReopenable
from services.ticketing.domain.events import TicketClosed, TicketReopened
from services.ticketing.domain.states import REOPENABLE, State
from services.ticketing.domain.ticket import Act, Changed, Ticket
from services.ticketing.domain.working import move


def close_ticket(ticket: Ticket, resolution: str, act: Act) -> Changed:
    """Close a ticket from any other state: the resolution says what became of it. Raises TicketClosedAlready."""
    if ticket.state is State.CLOSED:
        raise TicketClosedAlready
    moved = move(ticket, State.CLOSED, act)
    closed = replace(moved.ticket, resolution=resolution, closed_at=act.at)
    event = TicketClosed(
        type_id=closed.type_id,
        contact_id=closed.contact_id,
        owner_id=closed.owner_id,
        resolution=resolution,
        opened_at=closed.opened_at,
    )
    return Changed(ticket=closed.with_history(act, "closed", "", resolution), events=(*moved.events, event))


def reopen_ticket(ticket: Ticket, reason: str, act: Act) -> Changed:
    """Open a resolved or closed ticket again; its owner keeps it. Raises TicketNotReopenable."""
    if ticket.state not in REOPENABLE:
        raise TicketNotReopenable(ticket.state)
    moved = move(ticket, State.OPEN, act)
    opened = replace(moved.ticket, resolution="", closed_at=None, reopened=ticket.reopened + 1)
    event = TicketReopened(type_id=ticket.type_id, actor=act.actor, reason=reason)
    return Changed(
        ticket=opened.with_history(act, "reopened", ticket.resolution, reason), events=(*moved.events, event)
    )
