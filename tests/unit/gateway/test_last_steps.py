"""Contacts that leave their queue for no other: what the customer is told, and what the contact has come to."""

from dataclasses import replace

import pytest

from services.gateway.application.apply_routing_event import Applied
from services.gateway.application.finish_voicemail import FinishVoicemail
from services.gateway.application.open_contact import NewContact
from services.gateway.application.ports import Cause
from services.gateway.domain.errors import FirstWordsMissing
from services.gateway.domain.identifiers import contact_of_message
from services.gateway.domain.last_steps import words_for
from services.gateway.domain.line import CLOSING, SYSTEM
from services.gateway.domain.voice_call import Recording
from switchyard.events.gateway.v1.contact_events_pb2 import ContactClosed
from switchyard.internal.routing.v1.commands_pb2 import EndContact
from tests.unit.gateway.desk import LINE, PHONE, TENANT, Desk

CLOSED = {"reason": "closed", "last_step": "message", "announcement": "We are closed."}


async def texted() -> tuple[Desk, str]:
    desk = await Desk().with_line()
    contact_id = (await desk.receive("SM1")).contact_id
    assert contact_id is not None
    return desk, contact_id


async def unspoken(desk: Desk) -> str:
    """A contact of message SM1, opened a moment before its words are stored."""
    new = NewContact(
        tenant=TENANT,
        contact_id=contact_of_message(TENANT, "sms", "SM1"),
        channel="sms",
        customer_address=PHONE,
        entry_point=await desk.entry_points.find(TENANT, "sms", LINE),
        in_thread=True,
        at=desk.clock(),
    )
    return (await desk.open(new)).id


async def said(desk: Desk, contact_id: str) -> list[tuple[str, str]]:
    lines = await desk.stores.lines.read(TENANT, contact_id)
    return [(line.author, line.text) for line in lines if line.kind != CLOSING]


async def test_a_customer_is_told_on_their_channel_and_the_contact_is_closed() -> None:
    desk, contact_id = await texted()
    assert await desk.happens("ContactFlowedOut", contact_id, **CLOSED) is Applied.WRITTEN
    await desk.sending.finish(within_seconds=5)
    contact = await desk.contact(contact_id)
    assert (contact.state, contact.outcome, contact.ended_by) == ("closed", "told", "system")
    assert await said(desk, contact_id) == [("customer", "Hello"), (SYSTEM, "We are closed.")]
    (sent,) = desk.provider.sent
    assert (sent.to_address, sent.text, sent.automatic) == (PHONE, "We are closed.", True)
    (closed,) = desk.bus.decoded(ContactClosed)
    assert (closed.outcome, closed.agent_id) == ("told", "")


async def test_an_event_that_comes_again_tells_nothing_twice() -> None:
    desk, contact_id = await texted()
    event = desk.event("ContactFlowedOut", await desk.contact(contact_id), **CLOSED)
    assert [await desk.apply(event) for _ in range(3)] == [Applied.WRITTEN, Applied.KNOWN, Applied.KNOWN]
    await desk.sending.finish(within_seconds=5)
    assert len(desk.provider.sent) == 1
    assert len(desk.bus.decoded(ContactClosed)) == 1


async def test_a_crash_after_the_words_tells_them_once() -> None:
    desk, contact_id = await texted()
    event = desk.event("ContactFlowedOut", await desk.contact(contact_id), **CLOSED)
    await desk.tell(await desk.contact(contact_id), event)
    await desk.apply.close_transcript(TENANT, contact_id, "sms", event.time)
    assert await desk.apply(event) is Applied.WRITTEN
    await desk.sending.finish(within_seconds=5)
    assert len(desk.provider.sent) == 1
    assert (await desk.contact(contact_id)).outcome == "told"


@pytest.mark.parametrize(("step", "outcome"), [("callback", "callback"), ("voicemail", "told"), ("message", "told")])
async def test_a_written_contact_is_closed_at_once_whatever_the_step(step: str, outcome: str) -> None:
    desk, contact_id = await texted()
    await desk.happens("ContactFlowedOut", contact_id, reason="overflow", last_step=step)
    assert (await desk.contact(contact_id)).outcome == outcome
    assert (await said(desk, contact_id))[-1] == (SYSTEM, words_for(step, ""))


async def test_who_wants_no_messages_gets_none_and_the_transcript_says_what_they_would_have_read() -> None:
    desk, contact_id = await texted()
    contact = await desk.contact(contact_id)
    stored = await desk.stores.customers.find(TENANT, contact.customer_id)
    assert stored is not None
    gone = replace(stored.thing, opted_out=("sms",))
    await desk.stores.customers.change(stored, gone, (), Cause(id="stop", at=desk.clock()))
    await desk.happens("ContactFlowedOut", contact_id, **CLOSED)
    await desk.sending.finish(within_seconds=5)
    assert desk.provider.sent == []
    assert (await said(desk, contact_id))[-1] == (SYSTEM, "We are closed.")


async def test_two_machines_do_not_answer_each_other_for_ever() -> None:
    desk, contact_id = await texted()
    await desk.happens("ContactFlowedOut", contact_id, **CLOSED)
    again = await desk.receive("SM2", "I am a machine.")
    await desk.happens("ContactFlowedOut", again.contact_id, **CLOSED)
    desk.clock.advance(seconds=700)
    later = await desk.receive("SM3", "Are you open now?")
    await desk.happens("ContactFlowedOut", later.contact_id, **CLOSED)
    await desk.sending.finish(within_seconds=5)
    assert [sent.contact_id for sent in desk.provider.sent] == [contact_id, later.contact_id]
    assert (await said(desk, str(again.contact_id)))[-1] == (SYSTEM, "We are closed.")


async def test_a_mailing_list_gets_no_answer() -> None:
    desk = await Desk().with_line(channel="email")
    received = await desk.receive("m1", channel="email", never_auto_answer=True)
    await desk.happens("ContactFlowedOut", received.contact_id, **CLOSED)
    await desk.sending.finish(within_seconds=5)
    assert desk.provider.sent == []


async def test_the_next_message_opens_the_next_contact() -> None:
    desk, contact_id = await texted()
    await desk.happens("ContactFlowedOut", contact_id, **CLOSED)
    again = await desk.receive("SM2", "Still there?")
    assert again.contact_id != contact_id
    assert (await desk.contact(again.contact_id)).previous_contact_id == contact_id


async def test_the_words_that_open_a_contact_are_awaited_before_it_is_closed() -> None:
    desk = await Desk().with_line()
    contact_id = await unspoken(desk)
    event = desk.event("ContactFlowedOut", await desk.contact(contact_id), **CLOSED)
    with pytest.raises(FirstWordsMissing):
        await desk.apply(event)
    assert (await desk.contact(contact_id)).state == "waiting"
    assert (await desk.receive("SM1")).contact_id == contact_id
    assert await desk.apply(event) is Applied.WRITTEN
    assert await said(desk, contact_id) == [("customer", "Hello"), (SYSTEM, "We are closed.")]


async def test_words_that_come_after_all_open_a_contact_of_their_own() -> None:
    desk = await Desk().with_line()
    early = await unspoken(desk)
    event = desk.event("ContactFlowedOut", await desk.contact(early), **CLOSED)
    desk.clock.advance(seconds=6)
    await desk.apply(event)
    late = await desk.receive("SM1")
    assert late.contact_id not in {None, early}
    assert (await said(desk, str(late.contact_id))) == [("customer", "Hello")]
    assert (await desk.receive("SM1")).duplicate


async def test_words_that_never_come_are_not_awaited_for_ever() -> None:
    desk = await Desk().with_line()
    new = NewContact(
        tenant=TENANT,
        contact_id="cnt_silent",
        channel="kiosk",
        customer_address=PHONE,
        queue_id="support",
        at=desk.clock(),
    )
    await desk.open(new)
    event = desk.event("ContactFlowedOut", await desk.contact("cnt_silent"), **CLOSED)
    desk.clock.advance(seconds=6)
    assert await desk.apply(event) is Applied.WRITTEN
    assert desk.provider.sent == []


async def test_on_the_way_to_another_queue_the_customer_is_told_and_waits_on() -> None:
    desk, contact_id = await texted()
    way = {"reason": "closed", "to_queue": "night", "to_pool": "default", "announcement": "The night desk takes over."}
    await desk.happens("ContactFlowedOut", contact_id, **way)
    contact = await desk.contact(contact_id)
    assert (contact.state, contact.entry.queue_id, contact.entry.number) == ("waiting", "night", 2)
    assert (await said(desk, contact_id))[-1] == (SYSTEM, "The night desk takes over.")


async def recording_call() -> Desk:
    """A caller whom routing has let go, and who hears that they may speak."""
    desk = Desk()
    new = NewContact(
        tenant=TENANT,
        contact_id="cnt_call",
        channel="voice",
        customer_address=PHONE,
        queue_id="support",
        at=desk.clock(),
    )
    await desk.open(new)
    await desk.happens("ContactFlowedOut", "cnt_call", reason="closed", last_step="voicemail", announcement="Speak.")
    return desk


async def finished(desk: Desk, recording: Recording | None) -> bool:
    finish = FinishVoicemail(desk.stores.contacts, desk.append, desk.apply)
    return await finish(tenant=TENANT, contact_id="cnt_call", recording=recording, at=desk.clock())


MESSAGE = Recording(sid="RE1", url="https://recordings.example/RE1", seconds=12)


async def test_a_caller_may_leave_a_message_after_routing_let_them_go() -> None:
    desk = await recording_call()
    contact = await desk.contact("cnt_call")
    assert (contact.state, contact.outcome, contact.closed_at) == ("recording", "", None)
    assert desk.bus.decoded(ContactClosed) == []


async def test_a_message_left_is_the_last_line_and_closes_the_contact_once() -> None:
    desk = await recording_call()
    assert [await finished(desk, MESSAGE) for _ in range(2)] == [True, False]
    contact = await desk.contact("cnt_call")
    assert (contact.state, contact.outcome, contact.ended_by) == ("closed", "voicemail", "customer")
    assert await said(desk, "cnt_call") == [
        (SYSTEM, "Speak."),
        ("customer", "Voicemail, 12 s: https://recordings.example/RE1"),
    ]
    assert [each.outcome for each in desk.bus.decoded(ContactClosed)] == ["voicemail"]


async def test_a_caller_who_says_nothing_was_told() -> None:
    desk = await recording_call()
    assert await finished(desk, None)
    assert not await finished(desk, MESSAGE)
    assert (await desk.contact("cnt_call")).outcome == "told"
    assert await said(desk, "cnt_call") == [(SYSTEM, "Speak.")]


async def test_a_hang_up_while_recording_asks_nothing_of_routing() -> None:
    desk = await recording_call()
    await desk.end(tenant=TENANT, contact_id="cnt_call", ended_by="customer", at=desk.clock())
    assert desk.bus.decoded(EndContact) == []
    assert await finished(desk, MESSAGE)


async def test_a_broker_that_forgot_is_not_asked_to_queue_a_recording_caller_again() -> None:
    desk = await recording_call()
    assert await desk.stores.contacts.waiting(limit=10) == []


async def test_a_contact_of_a_removed_queue_is_still_refused() -> None:
    desk, contact_id = await texted()
    await desk.happens("ContactFlowedOut", contact_id, reason="queue-removed")
    assert (await desk.contact(contact_id)).outcome == "refused"
