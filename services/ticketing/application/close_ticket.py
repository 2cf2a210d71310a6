"""Close a ticket with what became of it."""

from services.ticketing.application.changing import Request, change_ticket
from services.ticketing.application.ports import Ports, Recorded
from services.ticketing.domain.closing import close_ticket
from services.ticketing.domain.ticket import Ticket


async def handle_close_ticket(request: Request, resolution: str, ports: Ports) -> Recorded[Ticket]:
    """Raises what `change_ticket` and `close_ticket` raise."""
    return await change_ticket(request, lambda ticket, act: close_ticket(ticket, resolution, act), ports)
