"""A customer's chat, from the first word to the survey, over the socket, the topics and the door."""

from switchyard.events.gateway.v1.contact_events_pb2 import ContactClosed, ContactOpened, LineAdded
from switchyard.events.gateway.v1.delivery_events_pb2 import DeliveryAnswered, DeliveryFailed, DeliverySent
from switchyard.internal.routing.v1.commands_pb2 import EndContact, EnqueueContact
from tests.integration.gateway.world import World


async def test_a_chat_goes_from_start_to_its_survey(world: World) -> None:
    chat = await world.chat(name="Li Hua", address="li@example.cn")
    greeting = await chat.next("message", seq=1)
    assert (greeting["from"], greeting["text"], greeting["automatic"]) == ("system", "Hello at support", True)
    await chat.say(type="message", client_id="m1", text="My bill is wrong")
    assert (await chat.next("delivered", client_id="m1"))["seq"] == 2

    opened = await world.first(ContactOpened, contact_id=chat.contact)
    enqueue = await world.first(EnqueueContact, contact_id=chat.contact)
    assert (opened.envelope.sequence, opened.message.queue_id) == (1, "support")
    assert enqueue.envelope.id.startswith("cmd_default.")
    entry = await world.accepted(enqueue)
    assert (await chat.next("agent_joined"))["name"] == "Ann"

    said = await world.agent("POST", f"/v1/contacts/{chat.contact}/messages", {"text": "Let me look"})
    assert said["seq"] == 3
    line = await chat.next("message", seq=3)
    assert (line["from"], line["text"]) == ("agent", "Let me look")

    await world.end(entry, disposition="resolved", ticket_type="enquiry")
    await chat.next("ended", by="agent")
    closed = (await world.first(ContactClosed, contact_id=chat.contact)).message
    assert (closed.outcome, closed.agent_id, closed.disposition, closed.ticket_type) == (
        "handled",
        "ann",
        "resolved",
        "enquiry",
    )

    await world.deliver(chat.contact, "ntc_1" + world.tenant, survey="sur_1")
    survey = await chat.next("survey")
    assert (survey["survey"], survey["scale_max"]) == ("sur_1", 5)
    await world.first(DeliverySent)
    await chat.say(type="survey_answer", rating=4)
    await chat.next("delivered", survey="sur_1", rating=4)
    answered = await world.first(DeliveryAnswered)
    assert (answered.message.rating, answered.message.survey_id) == (4, "sur_1")

    lines = [each.line for each in world.all_of(LineAdded) if each.contact_id == chat.contact]
    assert sorted(set(lines)) == [1, 2, 3, 4]


async def test_the_same_start_and_the_same_message_are_one(world: World) -> None:
    first = await world.chat(client_id="same")
    await first.say(type="message", client_id="m1", text="Hello?")
    await first.next("delivered", client_id="m1")
    second = await world.chat(client_id="same")
    assert second.contact == first.contact
    assert await first.closed() == 4409
    await second.next("message", client_id="m1", seq=2)
    await second.say(type="message", client_id="m1", text="Hello?")
    assert (await second.next("delivered", client_id="m1"))["seq"] == 2
    listed = await world.ok("GET", f"/v1/contacts/{first.contact}/messages")
    assert [line["text"] for line in listed["items"]] == ["Hello at support", "Hello?"]


async def test_a_broken_connection_resumes_with_what_it_missed(world: World) -> None:
    chat = await world.chat()
    await chat.next("message", seq=1)
    await world.accepted(await world.first(EnqueueContact, contact_id=chat.contact))
    await chat.next("agent_joined")
    chat.socket.transport.abort()
    for text in ("one", "two"):
        await world.agent("POST", f"/v1/contacts/{chat.contact}/messages", {"text": text})

    again = await world.socket()
    await again.say(type="resume", token=chat.token, last_seq=1)
    assert (await again.next("started"))["contact"] == chat.contact
    assert [(await again.next("message", seq=seq))["text"] for seq in (2, 3)] == ["one", "two"]
    await again.next("agent_joined")
    assert not world.all_of(EndContact)


async def test_a_customer_who_does_not_come_back_has_left(world: World) -> None:
    chat = await world.chat()
    await world.first(EnqueueContact, contact_id=chat.contact)
    await chat.socket.close()
    end = await world.first(EndContact, contact_id=chat.contact)
    assert end.message.ended_by == "customer"


async def test_an_end_by_the_customer_is_asked_of_routing(world: World) -> None:
    chat = await world.chat()
    entry = await world.accepted(await world.first(EnqueueContact, contact_id=chat.contact))
    await chat.say(type="end")
    asked = await world.first(EndContact, contact_id=chat.contact)
    await world.end(entry, by="customer", causation=asked.envelope.id)
    await chat.next("ended", by="customer")
    # The frame goes ahead of the closing line: last words in between still belong to this contact.
    await world.becomes(chat.contact, state="wrap_up")
    await chat.say(type="message", client_id="late", text="One more thing")
    await chat.next("error", code="contact-ended")


async def test_a_queue_that_routing_refuses_ends_the_contact(world: World) -> None:
    chat = await world.chat()
    await world.refuse(await world.first(EnqueueContact, contact_id=chat.contact), "queue-unknown")
    closed = await world.first(ContactClosed, contact_id=chat.contact)
    assert closed.message.outcome == "refused"
    await chat.next("ended", by="system")


async def test_bad_frames_are_told_and_nothing_stops(world: World) -> None:
    chat = await world.chat()
    for raw, code in (
        ("{", "malformed-json"),
        ('{"type": "dance"}', "frame-type-unknown"),
        ('{"type": "message", "client_id": "a", "text": "b", "more": 1}', "invalid-frame"),
        ('{"type": "message", "client_id": "a", "text": "' + "x" * 20_000 + '"}', "frame-too-large"),
        ('{"type": "message", "client_id": "a", "text": "' + "x" * 5_000 + '"}', "text-too-long"),
        ('{"type": "survey_answer", "rating": 3}', "survey-unknown"),
    ):
        await chat.socket.send(raw)
        await chat.next("error", code=code)
    await chat.say(type="message", client_id="fine", text="Still here")
    await chat.next("delivered", client_id="fine")


async def test_a_foreign_site_key_or_token_is_not_let_in(world: World) -> None:
    stranger = await world.socket(site_key="no-such-key")
    await stranger.say(type="start", client_id="x")
    await stranger.next("error", code="site-key-unknown")
    assert await stranger.closed() == 4400
    thief = await world.socket()
    await thief.say(type="resume", token="A" * 60)
    await thief.next("error", code="resume-token-invalid")
    assert await thief.closed() == 4403


async def test_a_survey_for_a_customer_who_is_gone_fails(world: World) -> None:
    chat = await world.chat()
    entry = await world.accepted(await world.first(EnqueueContact, contact_id=chat.contact))
    await world.end(entry, disposition="resolved")
    await chat.next("ended")
    await chat.socket.close()
    await world.deliver(chat.contact, "ntc_2" + world.tenant, survey="sur_2")
    failed = await world.first(DeliveryFailed)
    assert failed.message.code == "customer-gone"
