"""SMS under the provider's signature, both ways (G2)."""

import uuid

from switchyard.testing.twilio_provider import TwilioProvider
from tests.e2e.floor import Agent, Floor, Json
from tests.e2e.polling import eventually


def _number() -> str:
    return f"+1555{uuid.uuid4().int % 10**7:07d}"


async def _line_in(floor: Floor) -> tuple[str, str, Agent]:
    """A queue with a number that leads to it and an agent who is available."""
    queue, number = await floor.queue(), _number()
    await floor.entry_point("sms", number, queue, greeting="")
    agent = await floor.agent([queue])
    await agent.be("available")
    return queue, number, agent


async def test_a_text_is_answered_and_rated_by_text(floor: Floor, provider: TwilioProvider) -> None:
    _queue, number, agent = await _line_in(floor)
    customer = _number()
    await provider.incoming_sms(from_=customer, to=number, body="Is my order on its way?")
    contact = (await agent.accept())["contact"]
    assert [line["text"] for line in await agent.lines(contact)] == ["Is my order on its way?"]
    await agent.say(contact, "It is, you will have it tomorrow.")
    assert (await provider.texts_to(customer, count=1))[0] == "It is, you will have it tomorrow."
    await agent.end(contact)
    await agent.wrap_up(contact)
    await provider.texts_to(customer, count=2)
    await provider.incoming_sms(from_=customer, to=number, body="5")

    async def rated() -> Json | None:
        items = (await floor.admin.get(f"/v1/survey-responses?contact={contact}"))["items"]
        return items[0] if items and items[0]["rating"] else None

    assert (await eventually(rated, "the rating"))["rating"] == 5


async def test_the_same_webhook_again_is_one_line(floor: Floor, provider: TwilioProvider) -> None:
    _queue, number, agent = await _line_in(floor)
    customer, sid = _number(), f"SM{uuid.uuid4().hex}"
    for _ in range(3):
        await provider.incoming_sms(from_=customer, to=number, body="Once.", sid=sid)
    contact = (await agent.accept())["contact"]
    assert [line["text"] for line in await agent.lines(contact)] == ["Once."]


async def test_a_customer_who_said_stop_is_written_to_no_more(floor: Floor, provider: TwilioProvider) -> None:
    _queue, number, agent = await _line_in(floor)
    customer = _number()
    await provider.incoming_sms(from_=customer, to=number, body="Hello?")
    contact = (await agent.accept())["contact"]
    await provider.incoming_sms(from_=customer, to=number, body="退订")

    async def opted_out() -> bool:
        shown = await floor.admin.get(f"/v1/contacts/{contact}")
        person = await floor.admin.get(f"/v1/customers/{shown['customer']['id']}")
        return "sms" in person["opted_out"]

    await eventually(opted_out, "the opt-out")
    await agent.ask("POST", f"/v1/contacts/{contact}/messages", {"text": "Still there?"})
    await agent.end(contact)
    await agent.wrap_up(contact)
    await floor.closed(contact)
    assert [text for text in provider.messages_to(customer) if "Still there?" in text.body] == []


async def test_a_forged_webhook_is_refused_and_changes_nothing(floor: Floor) -> None:
    _queue, number, agent = await _line_in(floor)
    form = {"MessageSid": f"SM{uuid.uuid4().hex}", "From": _number(), "To": number, "Body": "Let me in."}
    path = f"/v1/providers/twilio/{floor.platform.tenant}/sms"
    forged = await floor.http.post(path, data=form, headers={"X-Twilio-Signature": "bm90IHRoZSBzaWduYXR1cmU="})
    assert forged.status_code == 403
    assert forged.json()["code"] == "signature-invalid"
    assert (await agent.get(f"/v1/offers?agent={agent.id}"))["items"] == []
