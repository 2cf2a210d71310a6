"""How every change of a ticket goes: read, decide, compare and set, and again where somebody was faster."""

from collections.abc import Callable
from dataclasses import dataclass

from services.ticketing.application.ports import Cause, Ports, Recorded
from services.ticketing.domain.errors import TicketNotFound, VersionStale
from services.ticketing.domain.ticket import Act, Changed, Ticket
from switchyard.eventing.aggregates import AggregateConflict

#: More losses in a row than any crowd around one ticket explains.
_MOST_ATTEMPTS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Who asks to change which ticket; `expected` is the version insisted on, None for any."""

    tenant: str
    ticket_id: str
    actor: str
    causation_id: str
    expected: int | None = None


async def change_ticket(request: Request, decide: Callable[[Ticket, Act], Changed], ports: Ports) -> Recorded[Ticket]:
    """Store what `decide` makes of the ticket; nothing is stored where it changes nothing.

    Raises TicketNotFound, VersionStale, AggregateConflict, and what `decide` raises.
    """
    for _ in range(_MOST_ATTEMPTS):
        previous = await ports.tickets.find(request.tenant, request.ticket_id)
        if previous is None:
            raise TicketNotFound(request.ticket_id)
        if request.expected is not None and request.expected != previous.version:
            raise VersionStale(previous.version)
        changed = decide(previous.value, Act(actor=request.actor, at=ports.clock()))
        if changed.ticket == previous.value:
            return previous
        try:
            return await ports.tickets.save(request.tenant, previous, changed, _cause(request, previous.value))
        except AggregateConflict:
            continue
    raise AggregateConflict


def _cause(request: Request, ticket: Ticket) -> Cause:
    return Cause(correlation_id=ticket.contact_id or ticket.id, causation_id=request.causation_id)
