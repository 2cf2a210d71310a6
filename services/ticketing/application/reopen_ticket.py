"""Open a resolved or closed ticket again."""

from services.ticketing.application.changing import Request, change_ticket
from services.ticketing.application.ports import Ports, Recorded
from services.ticketing.domain.closing import reopen_ticket
from services.ticketing.domain.ticket import Ticket


async def handle_reopen_ticket(request: Request, reason: str, ports: Ports) -> Recorded[Ticket]:
    """Raises what `change_ticket` and `reopen_ticket` raise."""
    return await change_ticket(request, lambda ticket, act: reopen_ticket(ticket, reason, act), ports)
