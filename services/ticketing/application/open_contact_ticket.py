"""Open the ticket that an agent asked for when wrapping up a contact: one per contact, whatever is repeated."""

import hashlib
from dataclasses import dataclass

from services.ticketing.application.open_ticket import OpenTicket, store_opened
from services.ticketing.application.ports import Ports
from services.ticketing.application.ticket_types import find_type
from services.ticketing.domain.errors import TicketTypeUnknown
from services.ticketing.domain.opening import Matter
from services.ticketing.domain.ticket_type import FALLBACK_TYPE, TicketType

HANDLED = "handled"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactClosed:
    """The gateway's event, as far as ticketing cares."""

    tenant: str
    event_id: str
    contact_id: str
    outcome: str
    channel: str
    queue_id: str
    agent_id: str
    customer_id: str
    service_request_id: str
    ticket_type: str


async def open_contact_ticket(event: ContactClosed, ports: Ports) -> bool:
    """Return whether a ticket was opened by this call; none is for a contact that no agent handled."""
    if event.outcome != HANDLED or not event.ticket_type:
        return False
    ticket_id = contact_ticket_id(event.tenant, event.contact_id)
    if await ports.tickets.find(event.tenant, ticket_id) is not None:
        return False
    found = await _type_or_fallback(event, ports)
    command = OpenTicket(
        tenant=event.tenant,
        ticket_id=ticket_id,
        type_id=found.id,
        matter=_matter(event, found),
        actor=event.agent_id or "ticketing",
        causation_id=event.event_id,
    )
    _, new = await store_opened(command, found, ports)
    return new


def contact_ticket_id(tenant: str, contact_id: str) -> str:
    return "tkt_" + hashlib.sha256(f"{tenant}/{contact_id}".encode()).hexdigest()[:32]


async def _type_or_fallback(event: ContactClosed, ports: Ports) -> TicketType:
    """A retired or mistyped type must not lose the customer's matter: it becomes an enquiry that says so."""
    try:
        return (await find_type(ports.types, event.tenant, event.ticket_type)).value
    except TicketTypeUnknown:
        return (await find_type(ports.types, event.tenant, FALLBACK_TYPE)).value


def _matter(event: ContactClosed, found: TicketType) -> Matter:
    asked = "" if found.id == event.ticket_type else f"Asked for as {event.ticket_type!r}, which is no ticket type."
    return Matter(
        title=f"{found.name.en} {found.name.zh} ({event.channel})",
        description=asked,
        contact_id=event.contact_id,
        customer_id=event.customer_id,
        service_request_id=event.service_request_id,
        channel=event.channel,
        queue_id=event.queue_id,
        owner_id=event.agent_id,
    )
