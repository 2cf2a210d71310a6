"""What becomes of a customer's message."""

import asyncio
from dataclasses import replace

import pytest

from services.gateway.domain.errors import NotThere
from switchyard.events.gateway.v1.contact_events_pb2 import ContactOpened
from switchyard.internal.routing.v1.commands_pb2 import EnqueueContact
from tests.unit.gateway.desk import PHONE, TENANT, Desk


async def test_a_first_message_opens_a_contact_and_asks_for_a_place() -> None:
    desk = await Desk().with_line()
    received = await desk.receive("SM1", "My card is gone")
    assert (received.line, received.duplicate) == (1, False)
    assert desk.bus.types() == ["ContactOpened", "LineAdded", "EnqueueContact"]
    asked = desk.bus.decoded(EnqueueContact)[0]
    assert (asked.contact_id, asked.entry, asked.queue_id, asked.channel) == (received.contact_id, 1, "support", "sms")


async def test_the_next_message_joins_the_open_contact() -> None:
    desk = await Desk().with_line()
    first, second = await desk.receive("SM1"), await desk.receive("SM2")
    assert (second.contact_id, second.line) == (first.contact_id, 2)


async def test_two_messages_at_once_open_one_contact() -> None:
    desk = await Desk().with_line()
    both = await asyncio.gather(desk.receive("SM1"), desk.receive("SM2"))
    assert both[0].contact_id == both[1].contact_id
    assert len(desk.bus.decoded(ContactOpened)) == 1


async def test_a_repeated_message_is_one_line_even_after_the_end() -> None:
    desk = await Desk().with_line()
    contact = await desk.handled("SM1")
    again = await desk.receive("SM1")
    assert (again.contact_id, again.line, again.duplicate) == (contact, 1, True)
    assert len(desk.bus.decoded(ContactOpened)) == 1


async def test_a_message_after_the_end_opens_the_next_contact_of_the_same_request() -> None:
    desk = await Desk().with_line()
    before = await desk.contact(await desk.handled("SM1"))
    after = await desk.contact((await desk.receive("SM2")).contact_id)
    assert after.id != before.id
    assert (after.service_request_id, after.previous_contact_id) == (before.service_request_id, before.id)


async def test_a_message_long_after_the_end_is_another_matter() -> None:
    desk = await Desk().with_line()
    before = await desk.contact(await desk.handled("SM1"))
    desk.clock.advance(seconds=8 * 24 * 3600)
    after = await desk.contact((await desk.receive("SM2")).contact_id)
    assert after.service_request_id != before.service_request_id
    assert after.customer_id == before.customer_id


async def test_a_message_that_meets_the_closing_line_opens_the_next_contact() -> None:
    desk = await Desk().with_line()
    contact = await desk.contact((await desk.receive("SM1")).contact_id)
    # The closing line is written before the contact's own change: what comes in between must not be lost.
    await desk.apply.close_transcript(TENANT, contact.id, "sms", desk.clock())
    after = await desk.receive("SM2")
    assert after.contact_id != contact.id
    assert (await desk.contact(after.contact_id)).previous_contact_id == contact.id


async def test_nothing_automatic_opens_a_contact_but_joins_one() -> None:
    desk = await Desk().with_line()
    ignored = await desk.receive("SM1", automatic=True)
    assert (ignored.contact_id, ignored.line) == (None, None)
    opened = await desk.receive("SM2")
    joined = await desk.receive("SM3", automatic=True)
    assert joined.contact_id == opened.contact_id
    assert desk.counted == [("sms", "ignored"), ("sms", "line"), ("sms", "line")]


async def test_mail_is_threaded_by_reference_not_by_sender() -> None:
    desk = await Desk().with_line(channel="email", address="help@demo")
    mail = replace(desk.sms("<1@c>"), channel="email", customer_address="li@c.cn", entry_address="help@demo")
    first = await desk.receive_message(mail)
    other = await desk.receive_message(replace(mail, provider_message_id="<2@c>"))
    reply = await desk.receive_message(replace(mail, provider_message_id="<3@c>", references=("<1@c>",)))
    assert other.contact_id != first.contact_id
    assert reply.contact_id == first.contact_id


async def test_an_address_nobody_has_is_refused() -> None:
    desk = await Desk().with_line()
    with pytest.raises(NotThere, match="entry-point-unknown"):
        await desk.receive("SM1", entry_address="+1000")


async def test_a_mail_to_a_queues_name_needs_no_entry_point() -> None:
    desk = Desk()
    message = replace(desk.sms("<1@c>"), channel="email", customer_address="li@c.cn", entry_address="billing@demo")
    contact = await desk.contact((await desk.receive_message(message)).contact_id)
    assert contact.entry.queue_id == "billing"


async def test_one_number_is_one_customer_on_voice_and_sms() -> None:
    desk = await Desk().with_line()
    texter = (await desk.contact((await desk.receive("SM1")).contact_id)).customer_id
    caller = await desk.identify(tenant=TENANT, channel="voice", address=PHONE, name="", at=desk.clock())
    assert caller == texter
