"""Change a ticket's words, owner or state."""

from services.ticketing.application.changing import Request, change_ticket
from services.ticketing.application.ports import Ports, Recorded
from services.ticketing.domain.ticket import Ticket
from services.ticketing.domain.working import Edit, edit_ticket


async def handle_edit_ticket(request: Request, edit: Edit, ports: Ports) -> Recorded[Ticket]:
    """Raises what `change_ticket` and `edit_ticket` raise."""
    return await change_ticket(request, lambda ticket, act: edit_ticket(ticket, edit, act), ports)
