"""Opening a ticket."""

from dataclasses import dataclass

from services.ticketing.domain.events import TicketOpened
from services.ticketing.domain.ticket import Act, Changed, Ticket
from services.ticketing.domain.ticket_type import Priority, TicketType


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What a new ticket is about; references that are not known are empty. No priority: the type's."""

    title: str
    description: str = ""
    contact_id: str = ""
    customer_id: str = ""
    service_request_id: str = ""
    channel: str = ""
    queue_id: str = ""
    owner_id: str = ""
    priority: Priority | None = None


def open_ticket(id: str, number: str, type: TicketType, matter: Matter, act: Act) -> Changed:  # noqa: A002
    """Open a ticket of a type under a number that no other ticket of the tenant has."""
    ticket = Ticket(
        id=id,
        number=number,
        type_id=type.id,
        title=matter.title,
        description=matter.description,
        contact_id=matter.contact_id,
        customer_id=matter.customer_id,
        service_request_id=matter.service_request_id,
        channel=matter.channel,
        queue_id=matter.queue_id,
        owner_id=matter.owner_id,
        priority=matter.priority or type.default_priority,
        state_since=act.at,
        opened_at=act.at,
        opened_by=act.actor,
        updated_at=act.at,
    ).with_history(act, "opened", "", number)
    return Changed(ticket=ticket, events=(_opened(ticket),))


def _opened(ticket: Ticket) -> TicketOpened:
    return TicketOpened(
        number=ticket.number,
        type_id=ticket.type_id,
        contact_id=ticket.contact_id,
        customer_id=ticket.customer_id,
        service_request_id=ticket.service_request_id,
        owner_id=ticket.owner_id,
        state=ticket.state,
        channel=ticket.channel,
        queue_id=ticket.queue_id,
    )


def ticket_number(prefix: str, day: str, count: int) -> str:
    """Write a number as people read it out: `FR-20261122-000042`."""
    return f"{prefix}-{day}-{count:06d}"
