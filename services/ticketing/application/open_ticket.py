"""Open a ticket for a user's request."""

from dataclasses import dataclass

from services.ticketing.application.ports import Cause, Ports, Recorded
from services.ticketing.application.ticket_types import find_type
from services.ticketing.domain.errors import TicketTypeRetired
from services.ticketing.domain.opening import Matter, open_ticket, ticket_number
from services.ticketing.domain.ticket import Act, Ticket
from services.ticketing.domain.ticket_type import TicketType
from switchyard.eventing.aggregates import AggregateExists


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTicket:
    """`ticket_id` is derived from what asks, so that asking again opens nothing new."""

    tenant: str
    ticket_id: str
    type_id: str
    matter: Matter
    actor: str
    causation_id: str


async def handle_open_ticket(command: OpenTicket, ports: Ports) -> tuple[Recorded[Ticket], bool]:
    """Return the ticket, and whether it is new. Raises TicketTypeUnknown, TicketTypeRetired."""
    existing = await ports.tickets.find(command.tenant, command.ticket_id)
    if existing is not None:
        return existing, False
    found = (await find_type(ports.types, command.tenant, command.type_id)).value
    if not found.active:
        raise TicketTypeRetired(command.type_id)
    return await store_opened(command, found, ports)


async def store_opened(
    command: OpenTicket,
    type: TicketType,  # noqa: A002
    ports: Ports,
) -> tuple[Recorded[Ticket], bool]:
    """Number the ticket and store it; where another got there first, return theirs."""
    act = Act(actor=command.actor, at=ports.clock())
    day = f"{act.at:%Y%m%d}"
    count = await ports.numbers.next(command.tenant, f"{type.prefix}-{day}")
    opened = open_ticket(command.ticket_id, ticket_number(type.prefix, day, count), type, command.matter, act)
    correlation_id = command.matter.contact_id or command.ticket_id
    cause = Cause(correlation_id=correlation_id, causation_id=command.causation_id)
    try:
        return await ports.tickets.add(command.tenant, opened, cause), True
    except AggregateExists:
        existing = await ports.tickets.find(command.tenant, command.ticket_id)
        if existing is None:
            raise
        return existing, False
