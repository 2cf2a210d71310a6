"""Mail, SMS and calls through a whole gateway process: from the customer's word to their rating."""

import uuid
from email.message import EmailMessage

import aiosmtplib

from switchyard.eventing.drafting import command
from switchyard.events.gateway.v1.contact_events_pb2 import ConsentChanged, LineAdded
from switchyard.events.gateway.v1.delivery_events_pb2 import DeliveryAnswered, DeliverySent
from switchyard.internal.delivery.v1.commands_pb2 import DeliverMessage
from switchyard.internal.routing.v1.commands_pb2 import EndContact, EnqueueContact
from switchyard.testing.mail_sink import MailSink
from switchyard.testing.twilio_provider import TwilioProvider
from tests.integration.gateway.world import World, now
from tests.integration.gateway_channels.whole import HOTLINE, SURVEY, TEXT_LINE, Running

CALLER = "+15551234567"


async def ask_for_rating(world: World, contact_id: str, channel: str) -> str:
    """Deliver a survey as notify does; return the delivery's id."""
    delivery_id = f"ntc_{uuid.uuid4().hex}"
    wire = DeliverMessage(
        delivery_id=delivery_id, contact_id=contact_id, channel=channel, content_path=f"/words/{delivery_id}"
    )
    wire.expects.survey_id, wire.expects.scale_max = "sur_1", 5
    wire.expects.until.FromSeconds(int(now().timestamp()) + 600)
    message = command(
        wire,
        id=f"cmd_{delivery_id}",
        topic="delivery-commands-v1",
        key=f"{world.tenant}/{contact_id}",
        source=f"/{world.tenant}/notify/notices/{delivery_id}",
        subject=delivery_id,
        tenant=world.tenant,
        time=now(),
        correlation_id=contact_id,
        causation_id="",
    )
    await world._publisher.publish([message])
    return delivery_id


def mail(world: World, text: str, **headers: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = f"li-{world.tenant}@example.cn"
    message["To"] = f"support@{world.tenant}.switchyard.localhost"
    message["Subject"] = "账单"
    message["Message-ID"] = f"<{uuid.uuid4().hex}@example.cn>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


async def submit(whole: Running, message: EmailMessage) -> None:
    client = aiosmtplib.SMTP(hostname="127.0.0.1", port=whole.smtp_port, start_tls=False)
    async with client:
        await client.sendmail(str(message["From"]), [str(message["To"])], message.as_bytes())


async def test_a_mail_is_answered_in_its_thread_and_rated_by_a_reply(world: World, whole: Running) -> None:
    sink = MailSink()
    await sink.start(port=whole.smarthost_port)
    await submit(whole, mail(world, "My bill is wrong."))
    enqueue = await world.first(EnqueueContact, channel="email")
    contact_id = enqueue.message.contact_id
    entry = await world.accepted(enqueue)
    await world.agent("POST", f"/v1/contacts/{contact_id}/messages", {"text": "We look into it."})
    customer = f"li-{world.tenant}@example.cn"
    [answer] = await sink.wait_for(customer)
    assert (answer.text, answer.message["Subject"]) == ("We look into it.", "Re: 账单")
    await submit(whole, mail(world, "Thank you!", In_Reply_To=str(answer.message["Message-ID"])))
    await world.first(LineAdded, contact_id=contact_id, line=3, author="customer")
    await world.end(entry, disposition="resolved")
    await world.becomes(contact_id, state="closed")
    delivery_id = await ask_for_rating(world, contact_id, "email")
    survey = (await sink.wait_for(customer, count=2))[1]
    assert survey.text == SURVEY
    assert survey.message["Auto-Submitted"] == "auto-generated"
    await submit(whole, mail(world, "5", In_Reply_To=str(survey.message["Message-ID"])))
    rated = await world.first(DeliveryAnswered, delivery_id=delivery_id)
    assert rated.message.rating == 5
    assert len(world.all_of(EnqueueContact)) == 1
    await sink.stop()


async def test_an_absence_note_joins_its_contact_and_opens_none(world: World, whole: Running) -> None:
    sink = MailSink()
    await sink.start(port=whole.smarthost_port)
    await submit(whole, mail(world, "I am away.", Auto_Submitted="auto-replied"))
    await submit(whole, mail(world, "A person."))
    enqueue = await world.first(EnqueueContact, channel="email")
    lines = await world.inside("GET", f"/internal/contacts/{enqueue.message.contact_id}/transcript")
    assert [line["text"] for line in lines["lines"]] == ["A person."]
    assert len(world.all_of(EnqueueContact)) == 1
    await sink.stop()


async def test_an_sms_is_answered_receipted_and_rated_by_a_digit(world: World, provider: TwilioProvider) -> None:
    await provider.incoming_sms(from_=CALLER, to=TEXT_LINE, body="Where is my order?", sid="SM1")
    await provider.incoming_sms(from_=CALLER, to=TEXT_LINE, body="Where is my order?", sid="SM1")
    enqueue = await world.first(EnqueueContact, channel="sms")
    contact_id = enqueue.message.contact_id
    entry = await world.accepted(enqueue)
    await world.agent("POST", f"/v1/contacts/{contact_id}/messages", {"text": "On its way."})
    assert await provider.texts_to(CALLER) == ["On its way."]
    await world.end(entry, disposition="resolved")
    await world.becomes(contact_id, state="closed")
    delivery_id = await ask_for_rating(world, contact_id, "sms")
    assert (await provider.texts_to(CALLER, count=2))[1] == SURVEY
    await world.first(DeliverySent, delivery_id=delivery_id)
    await provider.incoming_sms(from_=CALLER, to=TEXT_LINE, body="4")
    rated = await world.first(DeliveryAnswered, delivery_id=delivery_id)
    assert rated.message.rating == 4
    assert len(world.all_of(EnqueueContact)) == 1


async def test_a_customer_who_says_stop_gets_nothing_more(world: World, provider: TwilioProvider) -> None:
    await provider.incoming_sms(from_=CALLER, to=TEXT_LINE, body="Hello")
    enqueue = await world.first(EnqueueContact, channel="sms")
    await world.accepted(enqueue)
    await provider.incoming_sms(from_=CALLER, to=TEXT_LINE, body="退订")
    await world.first(ConsentChanged, channel="sms", opted_out=True)
    path = f"/v1/contacts/{enqueue.message.contact_id}/messages"
    refused = await world.ask("POST", path, {"text": "Still there?"}, who="ann", roles=("agent",))
    if refused.is_success:
        await world.first(LineAdded, author="agent")
        await provider.incoming_sms(from_="+15559990000", to=TEXT_LINE, body="another customer, so time has passed")
    assert provider.messages_to(CALLER) == []


async def test_a_call_is_held_connected_ended_and_rated_on_the_line(world: World, provider: TwilioProvider) -> None:
    call = await provider.incoming_call(from_=CALLER, to=HOTLINE)
    enqueue = await world.first(EnqueueContact, channel="voice")
    contact_id = enqueue.message.contact_id
    entry = await world.accepted(enqueue)
    await call.until_connected()
    assert (call.said[0], call.agent) == ("Welcome.", "ann")
    await world.end(entry, by="agent", disposition="resolved")
    await call.until(lambda: not call.connected)
    delivery_id = await ask_for_rating(world, contact_id, "voice")
    await call.until_asked()
    await call.press("3")
    rated = await world.first(DeliveryAnswered, delivery_id=delivery_id)
    assert rated.message.rating == 3
    await call.until_ended()


async def test_a_caller_who_hangs_up_waiting_ends_their_contact(world: World, provider: TwilioProvider) -> None:
    call = await provider.incoming_call(from_=CALLER, to=HOTLINE)
    enqueue = await world.first(EnqueueContact, channel="voice")
    await call.hang_up()
    end = await world.first(EndContact, contact_id=enqueue.message.contact_id)
    assert end.message.ended_by == "customer"


async def test_a_call_that_is_gone_is_rated_by_sms(world: World, provider: TwilioProvider) -> None:
    call = await provider.incoming_call(from_=CALLER, to=HOTLINE)
    enqueue = await world.first(EnqueueContact, channel="voice")
    contact_id = enqueue.message.contact_id
    entry = await world.accepted(enqueue)
    await call.until_connected()
    await call.hang_up()
    await world.first(EndContact, contact_id=contact_id)
    await world.end(entry, by="customer", disposition="resolved")
    await world.becomes(contact_id, state="closed")
    delivery_id = await ask_for_rating(world, contact_id, "voice")
    assert await provider.texts_to(CALLER) == [SURVEY]
    await world.first(DeliverySent, delivery_id=delivery_id)
    await provider.incoming_sms(from_=CALLER, to=TEXT_LINE, body="2")
    rated = await world.first(DeliveryAnswered, delivery_id=delivery_id)
    assert rated.message.rating == 2
