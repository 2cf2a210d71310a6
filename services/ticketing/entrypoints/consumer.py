"""The gateway's events as ticketing's own commands."""

from services.ticketing.adapters.telemetry import TicketingMetrics
from services.ticketing.application.open_contact_ticket import ContactClosed, open_contact_ticket
from services.ticketing.application.ports import Ports
from switchyard.eventing.aggregates import StoreUnavailable
from switchyard.eventing.envelope import Received
from switchyard.eventing.outcomes import Done, Duplicate, Outcome, Poison, Retry
from switchyard.eventing.ports import Subscription
from switchyard.events.gateway.v1 import contact_events_pb2 as pb

GROUP = "ticketing"
TOPICS = ("contact-events-v1",)
_RETRY_SECONDS = 1.0


class ContactEvents:
    """Handlers of the gateway's contact events."""

    def __init__(self, ports: Ports, metrics: TicketingMetrics) -> None:
        self._ports = ports
        self._metrics = metrics

    def subscription(self) -> Subscription:
        return Subscription(group=GROUP, topics=TOPICS, handlers={pb.ContactClosed: self.contact_closed})

    async def contact_closed(self, received: Received, message: pb.ContactClosed) -> Outcome:
        if not message.contact_id or not message.outcome:
            return Poison(reason="ContactClosed without contact_id or outcome")
        try:
            opened = await open_contact_ticket(to_command(received, message), self._ports)
        except StoreUnavailable as error:
            return Retry(after_seconds=_RETRY_SECONDS, reason=str(error))
        if not opened:
            self._metrics.without_ticket.inc()
            return Duplicate() if message.ticket_type else Done()
        return Done()


def to_command(received: Received, message: pb.ContactClosed) -> ContactClosed:
    envelope = received.message.envelope
    return ContactClosed(
        tenant=envelope.tenant,
        event_id=envelope.id,
        contact_id=message.contact_id,
        outcome=message.outcome,
        channel=message.channel,
        queue_id=message.queue_id,
        agent_id=message.agent_id,
        customer_id=message.customer_id,
        service_request_id=message.service_request_id,
        ticket_type=message.ticket_type,
    )
