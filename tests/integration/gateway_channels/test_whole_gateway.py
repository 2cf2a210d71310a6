"""Mail, SMS and calls through a whole gateway process: from the customer's word to their rating."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import aiosmtplib
import pytest
import pytest_asyncio

from switchyard.eventing.drafting import command
from switchyard.events.gateway.v1.contact_events_pb2 import ConsentChanged, LineAdded
from switchyard.events.gateway.v1.delivery_events_pb2 import DeliveryAnswered, DeliverySent
from switchyard.internal.delivery.v1.commands_pb2 import DeliverMessage
from switchyard.internal.routing.v1.commands_pb2 import EndContact, EnqueueContact
from switchyard.kafka.topic_files import TOPICS
from switchyard.kafka.topics import create_topics, load_topics
from switchyard.stack.ports import free_port
from switchyard.testing.mail_sink import MailSink
from switchyard.testing.processes import Broker, RunningDatabase
from switchyard.testing.twilio_provider import TwilioProvider
from tests.integration.gateway.gateway_process import GatewayProcess
from tests.integration.gateway.world import World, now

HOTLINE, TEXT_LINE = "+15550101", "+15550100"
CALLER = "+15551234567"
SURVEY = "How was it, from 1 to 5?"


class _Notify(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        content = f'{{"text": "{SURVEY}", "subject": "Your opinion"}}'.encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Tests print nothing."""


@dataclass(kw_only=True)
class Running:
    process: GatewayProcess
    smtp_port: int
    smarthost_port: int


@pytest.fixture(scope="module")
def running(broker: Broker, database: RunningDatabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    asyncio.run(create_topics(broker.bootstrap, load_topics(TOPICS)))
    notify = ThreadingHTTPServer(("127.0.0.1", 0), _Notify)
    Thread(target=notify.serve_forever, daemon=True).start()
    log: Path = tmp_path_factory.mktemp("gateway") / "gateway.log"
    process = GatewayProcess(
        broker=broker,
        mongodb_uri=database.uri,
        database=f"gateway_{uuid.uuid4().hex[:12]}",
        port=free_port(),
        inside=f"http://127.0.0.1:{notify.server_port}",
        log=log,
    )
    found = Running(process=process, smtp_port=free_port(), smarthost_port=free_port())
    process._environment |= {
        "SWITCHYARD_SMTP_PORT": str(found.smtp_port),
        "SWITCHYARD_SMARTHOST_PORT": str(found.smarthost_port),
    }
    process.start()
    yield found
    process.stop()
    notify.shutdown()


@pytest_asyncio.fixture
async def world(running: Running, broker: Broker, unique: str) -> AsyncIterator[World]:
    async with World(gateway=running.process, broker=broker, tenant=f"t{unique}") as world:
        await world.has_queue("support")
        for channel, address in (("voice", HOTLINE), ("sms", TEXT_LINE)):
            body = {"channel": channel, "address": address, "queue": "support", "greeting": "Welcome."}
            await world.ok("PUT", f"/v1/entry-points/{channel}", body)
        yield world


@pytest_asyncio.fixture
async def provider(world: World) -> AsyncIterator[TwilioProvider]:
    made = TwilioProvider(webhooks=f"{world.gateway.url}/v1/providers/twilio/{world.tenant}", pace=0.5)
    await made.start()
    account = {
        "account_sid": made.account_sid,
        "auth_token": made.auth_token,
        "api_base_url": made.base_url,
        "from_number": TEXT_LINE,
    }
    await world.ok("PUT", "/v1/provider-accounts/twilio", account)
    yield made
    await made.stop()


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


async def submit(running: Running, message: EmailMessage) -> None:
    client = aiosmtplib.SMTP(hostname="127.0.0.1", port=running.smtp_port, start_tls=False)
    async with client:
        await client.sendmail(str(message["From"]), [str(message["To"])], message.as_bytes())


async def test_a_mail_is_answered_in_its_thread_and_rated_by_a_reply(world: World, running: Running) -> None:
    sink = MailSink()
    await sink.start(port=running.smarthost_port)
    await submit(running, mail(world, "My bill is wrong."))
    enqueue = await world.first(EnqueueContact, channel="email")
    contact_id = enqueue.message.contact_id
    entry = await world.accepted(enqueue)
    await world.agent("POST", f"/v1/contacts/{contact_id}/messages", {"text": "We look into it."})
    customer = f"li-{world.tenant}@example.cn"
    [answer] = await sink.wait_for(customer)
    assert (answer.text, answer.message["Subject"]) == ("We look into it.", "Re: 账单")
    await submit(running, mail(world, "Thank you!", In_Reply_To=str(answer.message["Message-ID"])))
    await world.first(LineAdded, contact_id=contact_id, line=3, author="customer")
    await world.end(entry, disposition="resolved")
    await world.becomes(contact_id, state="closed")
    delivery_id = await ask_for_rating(world, contact_id, "email")
    survey = (await sink.wait_for(customer, count=2))[1]
    assert survey.text == SURVEY
    assert survey.message["Auto-Submitted"] == "auto-generated"
    await submit(running, mail(world, "5", In_Reply_To=str(survey.message["Message-ID"])))
    rated = await world.first(DeliveryAnswered, delivery_id=delivery_id)
    assert rated.message.rating == 5
    assert len(world.all_of(EnqueueContact)) == 1
    await sink.stop()


async def test_an_absence_note_joins_its_contact_and_opens_none(world: World, running: Running) -> None:
    sink = MailSink()
    await sink.start(port=running.smarthost_port)
    await submit(running, mail(world, "I am away.", Auto_Submitted="auto-replied"))
    await submit(running, mail(world, "A person."))
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
