"""The partner's example, as it stands in examples/."""

import json
from datetime import UTC, datetime

from examples.partner import events
from switchyard.eventing.cloudevents import to_headers
from switchyard.eventing.drafting import draft
from switchyard.eventing.envelope import EventDraft, numbered
from switchyard.events.gateway.v1.contact_events_pb2 import ContactOpened
from switchyard.events.ticketing.v1.ticket_events_pb2 import TicketOpened
from tests.integration.gateway_door.world import World, state


def contact_opened(tenant: str) -> EventDraft:
    return _draft("contact-events-v1", f"{tenant}/cnt_1", ContactOpened(contact_id="cnt_1", channel="chat"))


def _draft(topic: str, key: str, message: ContactOpened | TicketOpened) -> EventDraft:
    now = datetime.now(UTC)
    return draft(message, topic=topic, key=key, subject="x", time=now, correlation_id="cnt_1", causation_id="")


async def test_a_partner_reads_contacts_tickets_and_states_and_passes_over_what_is_not_its_own(world: World) -> None:
    contact = numbered(contact_opened(world.tenant), tenant=world.tenant, source=f"/{world.tenant}/c", sequence=1)
    ticket = numbered(
        _draft("ticket-events-v1", f"{world.tenant}/tkt_1", TicketOpened(ticket_id="tkt_1")),
        tenant=world.tenant,
        source=f"/{world.tenant}/t",
        sequence=1,
    )
    strange = contact_opened("another-tenant")
    await world.publisher.publish([contact, ticket, numbered(strange, tenant="x", source="/x/c", sequence=1)])
    unknown = [(name, value) for name, value in to_headers(contact.envelope) if name != "ce_type"]
    unknown.append(("ce_type", b"switchyard.events.gateway.v9.Unheard"))
    await world.publisher.publish_raw([("contact-events-v1", contact.key.encode(), b"\xff", unknown)])
    await world.announce("agents", state("agent-1", "available"))
    found: dict[str, dict[str, object]] = {}
    async for headers, body in events(world.kafka.bootstrap, world.tenant, group=f"partner-{world.tenant}"):
        found[headers["ce_type"].rpartition(".")[2]] = json.loads(body)
        if len(found) == 3:
            break
    assert found["ContactOpened"] == {"contact_id": "cnt_1", "channel": "chat"}
    assert found["TicketOpened"] == {"ticket_id": "tkt_1"}
    assert found["AgentStateChanged"]["state"] == "available"
