"""Routing's decisions, written into contacts."""

import asyncio

from services.gateway.adapters.routing_requests import PublishedRequests
from services.gateway.application.apply_routing_event import Applied
from services.gateway.application.ask_again import AskAgain
from services.gateway.domain.identifiers import enqueue_command
from services.gateway.entrypoints.contact_bodies import contact_body
from switchyard.events.gateway.v1.contact_events_pb2 import ContactClosed
from switchyard.internal.routing.v1.commands_pb2 import EndContact, EnqueueContact
from tests.unit.gateway.desk import TENANT, Desk


async def started() -> tuple[Desk, str]:
    desk = await Desk().with_line()
    contact_id = (await desk.receive("SM1")).contact_id
    assert contact_id is not None
    return desk, contact_id


async def test_a_handled_contact_is_closed_with_its_outcome() -> None:
    desk, contact_id = await started()
    await desk.happens("OfferAccepted", contact_id, team_id="t1", site_id="s1")
    await desk.happens("ContactEnded", contact_id, ended_by="customer")
    await desk.happens("WrapUpCompleted", contact_id, disposition="resolved", ticket_type="enquiry")
    closed = desk.bus.decoded(ContactClosed)[0]
    assert (closed.outcome, closed.ended_by, closed.agent_id, closed.team_id) == ("handled", "customer", "ann", "t1")
    assert (closed.disposition, closed.ticket_type) == ("resolved", "enquiry")
    assert closed.answered_at.ToDatetime() < closed.ended_at.ToDatetime()


async def test_every_event_is_applied_once() -> None:
    desk, contact_id = await started()
    event = desk.event("OfferAccepted", await desk.contact(contact_id))
    assert await desk.apply(event) is Applied.WRITTEN
    assert await desk.apply(event) is Applied.KNOWN
    both = await asyncio.gather(desk.apply.before_answering(event), desk.apply(event))
    assert set(both) == {Applied.KNOWN}


async def test_nothing_reopens_a_closed_contact() -> None:
    desk, contact_id = await started()
    await desk.happens("ContactAbandoned", contact_id, ended_by="customer")
    before = await desk.contact(contact_id)
    assert before.outcome == "abandoned"
    assert await desk.happens("OfferAccepted", contact_id) is Applied.KNOWN
    assert await desk.contact(contact_id) == before


async def test_an_event_that_runs_ahead_waits_for_the_one_before() -> None:
    desk, contact_id = await started()
    contact = await desk.contact(contact_id)
    accepted, ended = (desk.event(name, contact, ended_by="agent") for name in ("OfferAccepted", "ContactEnded"))
    early = asyncio.create_task(desk.apply.before_answering(ended))
    await asyncio.sleep(0)
    await desk.apply(accepted)
    assert await early is Applied.WRITTEN
    assert (await desk.contact(contact_id)).state == "wrap_up"


async def test_work_that_is_set_aside_is_shown_as_interrupted_until_it_is_resumed() -> None:
    desk, contact_id = await started()
    await desk.happens("OfferAccepted", contact_id)
    assert await desk.happens("WorkInterrupted", contact_id) is Applied.WRITTEN
    aside = await desk.contact(contact_id)
    assert (aside.state, aside.is_interrupted) == ("talking", True)
    assert contact_body(aside, 1).interrupted
    await desk.happens("ContactEnded", contact_id, ended_by="customer")
    assert (await desk.contact(contact_id)).is_interrupted
    await desk.happens("WorkResumed", contact_id)
    assert not (await desk.contact(contact_id)).is_interrupted


async def test_a_resumption_is_not_lost_to_an_end_that_was_applied_before_it() -> None:
    desk, contact_id = await started()
    await desk.happens("OfferAccepted", contact_id)
    await desk.happens("WorkInterrupted", contact_id)
    contact = await desk.contact(contact_id)
    resumed, ended = desk.event("WorkResumed", contact), desk.event("ContactEnded", contact, ended_by="agent")
    await desk.apply.before_answering(ended)
    assert await desk.apply(resumed) is Applied.WRITTEN
    assert await desk.apply(ended) is await desk.apply(resumed) is Applied.KNOWN
    assert not (await desk.contact(contact_id)).is_interrupted


async def test_an_interruption_that_comes_again_after_the_resumption_changes_nothing() -> None:
    desk, contact_id = await started()
    await desk.happens("OfferAccepted", contact_id)
    aside = desk.event("WorkInterrupted", await desk.contact(contact_id))
    await desk.apply(aside)
    await desk.happens("WorkResumed", contact_id)
    assert await desk.apply(aside) is Applied.KNOWN
    assert not (await desk.contact(contact_id)).is_interrupted


async def test_what_interrupts_anothers_work_on_the_contact_is_not_the_holders() -> None:
    desk, contact_id = await started()
    await desk.happens("OfferAccepted", contact_id)
    assert await desk.happens("WorkInterrupted", contact_id, offer_id="off_default.9") is Applied.KNOWN
    await desk.happens("WorkInterrupted", contact_id)
    await desk.happens("ContactTransferred", contact_id, to_queue="sales")
    await desk.happens("OfferAccepted", contact_id, offer_id="off_default.9")
    assert not (await desk.contact(contact_id)).is_interrupted


async def test_a_lost_end_does_not_keep_a_contact_open() -> None:
    desk, contact_id = await started()
    await desk.happens("OfferAccepted", contact_id)
    await desk.happens("WrapUpCompleted", contact_id)
    contact = await desk.contact(contact_id)
    assert (contact.state, contact.outcome, contact.ended_by) == ("closed", "handled", "system")


async def test_a_transfer_in_the_pool_counts_on_and_asks_nobody() -> None:
    desk, contact_id = await started()
    await desk.happens("OfferAccepted", contact_id)
    await desk.happens("ContactTransferred", contact_id, to_queue="cards", to_pool="default")
    contact = await desk.contact(contact_id)
    assert (contact.state, contact.entry.number, contact.entry.queue_id) == ("waiting", 2, "cards")
    assert len(desk.bus.decoded(EnqueueContact)) == 1
    assert await desk.happens("WrapUpCompleted", contact_id, entry=1, transferred=True) is Applied.KNOWN


async def test_a_transfer_to_another_pool_takes_a_wish_to_end_along() -> None:
    desk, contact_id = await started()
    await desk.happens("OfferAccepted", contact_id)
    await desk.end(tenant=TENANT, contact_id=contact_id, ended_by="customer", at=desk.clock())
    await desk.happens("ContactTransferred", contact_id, to_queue="second-line", to_pool="second")
    keys = [each.key for each in desk.bus.published if each.topic == "routing-commands-v1"]
    assert keys == ["demo/default", "demo/default", "demo/second", "demo/second"]
    assert desk.bus.decoded(EnqueueContact)[1].transferred_from == "support"
    assert len(desk.bus.decoded(EndContact)) == 2


async def test_asking_twice_for_the_end_asks_once() -> None:
    desk, contact_id = await started()
    for _ in range(2):
        await desk.end(tenant=TENANT, contact_id=contact_id, ended_by="customer", at=desk.clock())
    assert len(desk.bus.decoded(EndContact)) == 1


async def test_a_queue_removed_under_a_contact_ends_it() -> None:
    desk, contact_id = await started()
    await desk.happens("ContactFlowedOut", contact_id, reason="queue-removed")
    assert (await desk.contact(contact_id)).outcome == "refused"
    lines = await desk.stores.lines.read(TENANT, contact_id)
    assert [line.kind for line in lines] == ["text", "closing"]


async def test_only_the_present_request_can_be_refused() -> None:
    desk, contact_id = await started()

    async def refuse(entry: int, code: str) -> bool:
        command = enqueue_command("default", TENANT, contact_id, entry)
        return await desk.refused(tenant=TENANT, contact_id=contact_id, command_id=command, code=code, at=desk.clock())

    assert not await refuse(1, "already-queued")
    assert await refuse(1, "command-expired")
    assert not await refuse(1, "queue-unknown")
    assert (await desk.contact(contact_id)).entry.number == 2
    assert await refuse(2, "queue-unknown")
    assert (await desk.contact(contact_id)).outcome == "refused"


async def test_a_stranger_is_no_error() -> None:
    desk, contact_id = await started()
    contact = await desk.contact(contact_id)
    assert await desk.apply(desk.event("OfferAccepted", contact, contact_id="cnt_x")) is Applied.NO_CONTACT


async def test_after_a_forgetful_broker_the_same_requests_are_made_again() -> None:
    desk, contact_id = await started()
    talking, done = [(await desk.receive(f"SM{n}", customer_address=f"+{n}")).contact_id for n in (2, 3)]
    await desk.happens("OfferAccepted", talking)
    await desk.happens("ContactAbandoned", done, ended_by="customer")
    await desk.end(tenant=TENANT, contact_id=contact_id, ended_by="customer", at=desk.clock())
    before = [each for each in desk.bus.published if each.topic == "routing-commands-v1"]
    ask_again = AskAgain(desk.stores.contacts, PublishedRequests(desk.bus), desk.clock)
    assert await ask_again() == 1
    again = [each for each in desk.bus.published if each.topic == "routing-commands-v1"][len(before) :]
    mine = [each.envelope.id for each in before if each.envelope.correlation_id == contact_id]
    assert [each.envelope.id for each in again] == mine
    assert all(each.envelope.time == desk.clock() for each in again)
