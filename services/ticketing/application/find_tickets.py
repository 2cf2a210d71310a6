"""Read one ticket, or a list."""

from services.ticketing.application.ports import Listed, Recorded, TicketQuery, Tickets
from services.ticketing.domain.errors import TicketNotFound
from services.ticketing.domain.ticket import Ticket


async def find_ticket(tickets: Tickets, tenant: str, ticket_id: str) -> Recorded[Ticket]:
    """Raises TicketNotFound, for another tenant's ticket too."""
    found = await tickets.find(tenant, ticket_id)
    if found is None:
        raise TicketNotFound(ticket_id)
    return found


async def list_tickets(tickets: Tickets, tenant: str, query: TicketQuery) -> Listed:
    return await tickets.page(tenant, query)
