"""A ticket opened from what an agent asked for at wrap-up."""

import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from switchyard.eventing.outcomes import Done, Duplicate, Poison, Retry
from switchyard.events.gateway.v1 import contact_events_pb2 as gateway
from switchyard.events.ticketing.v1 import ticket_events_pb2 as pb
from tests.unit.ticketing.conftest import Bench


def closed(
    outcome: str = "handled", ticket_type: str = "complaint", contact_id: str = "cnt_1"
) -> gateway.ContactClosed:
    return gateway.ContactClosed(
        contact_id=contact_id,
        channel="chat",
        outcome=outcome,
        queue_id="billing",
        agent_id="agt_ann",
        customer_id="cus_1",
        service_request_id="srq_1",
        ticket_type=ticket_type,
        opened_at=Timestamp(seconds=1),
    )


async def test_the_agent_who_handled_the_contact_owns_its_ticket(bench: Bench) -> None:
    assert await bench.deliver(closed()) == Done()
    (opened,) = bench.bus.decoded(pb.TicketOpened)
    assert (opened.type_id, opened.contact_id, opened.owner_id) == ("complaint", "cnt_1", "agt_ann")
    assert (opened.customer_id, opened.service_request_id, opened.queue_id) == ("cus_1", "srq_1", "billing")
    assert opened.number.startswith("CP-20260105-")


async def test_a_repeated_event_opens_nothing_more(bench: Bench) -> None:
    await bench.deliver(closed())
    assert await bench.deliver(closed()) == Duplicate()
    assert len(bench.bus.decoded(pb.TicketOpened)) == 1


@pytest.mark.parametrize(
    ("outcome", "asked"),
    [
        ("abandoned", "complaint"),
        ("refused", "complaint"),
        ("told", "complaint"),
        ("voicemail", ""),
        ("callback", ""),
        ("handled", ""),
    ],
)
async def test_no_ticket_is_opened_unless_an_agent_asked_for_one(bench: Bench, outcome: str, asked: str) -> None:
    await bench.deliver(closed(outcome, asked))
    assert bench.bus.decoded(pb.TicketOpened) == []


async def test_an_unknown_type_becomes_an_enquiry_that_says_so(bench: Bench) -> None:
    assert await bench.deliver(closed(ticket_type="moon_landing")) == Done()
    (opened,) = bench.bus.decoded(pb.TicketOpened)
    assert opened.type_id == "enquiry"
    async with bench.client() as client:
        ticket = (await client.get(f"/v1/tickets/{opened.ticket_id}")).json()
    assert "moon_landing" in ticket["description"]


async def test_the_event_names_its_cause_and_its_contact(bench: Bench) -> None:
    await bench.deliver(closed())
    (message,) = [each for each in bench.bus.published if each.topic == "ticket-events-v1"]
    assert (message.envelope.causation_id, message.envelope.correlation_id) == ("evt/1", "cnt_1")
    assert message.envelope.source.startswith("/acme/ticketing/tickets/tkt_")
    assert message.key.startswith("acme/tkt_")


async def test_the_same_contact_of_another_tenant_has_a_ticket_of_its_own(bench: Bench) -> None:
    await bench.deliver(closed())
    assert await bench.deliver(closed(), tenant="other") == Done()
    first, second = bench.bus.decoded(pb.TicketOpened)
    assert first.ticket_id != second.ticket_id


async def test_an_event_without_a_contact_is_poison(bench: Bench) -> None:
    assert isinstance(await bench.deliver(gateway.ContactClosed(outcome="handled", ticket_type="praise")), Poison)


async def test_a_database_that_is_away_is_tried_again(bench: Bench) -> None:
    bench.tickets.available = False
    assert isinstance(await bench.deliver(closed()), Retry)
    bench.tickets.available = True
    assert await bench.deliver(closed()) == Done()
