"""Add a note to a ticket."""

from services.ticketing.application.changing import Request, change_ticket
from services.ticketing.application.ports import Ports, Recorded
from services.ticketing.domain.ticket import Ticket
from services.ticketing.domain.working import add_note


async def handle_add_note(request: Request, note_id: str, text: str, ports: Ports) -> Recorded[Ticket]:
    """A repeat under the same `note_id` adds nothing. Raises what `change_ticket` and `add_note` raise."""
    return await change_ticket(request, lambda ticket, act: add_note(ticket, note_id, text, act), ports)
