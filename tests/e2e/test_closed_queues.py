"""Customers who come while a queue is closed, or under an emergency (R9)."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from switchyard.testing.twilio_provider import TwilioProvider
from tests.e2e.chatting import chatting
from tests.e2e.floor import Floor, Json
from tests.e2e.polling import eventually


def _number() -> str:
    return f"+1555{uuid.uuid4().int % 10**7:07d}"


async def _hours(floor: Floor) -> str:
    """Hours of another day of the week: closed now, whenever that is."""
    day = (datetime.now(UTC) + timedelta(days=3)).isoweekday()
    hours = f"hours-{floor.word}"
    weekly = [{"days": [day], "from": "09:00", "to": "18:00"}]
    body = {"id": hours, "name": hours, "time_zone": "Asia/Shanghai", "weekly": weekly}
    await floor.admin.put(f"/v1/business-hours/{hours}", body)
    return hours


async def _closed_queue(floor: Floor, when_closed: Json) -> str:
    return await floor.queue("closed", business_hours=await _hours(floor), when_closed=when_closed)


async def test_a_chat_with_a_closed_queue_is_told_and_ended(floor: Floor) -> None:
    queue = await _closed_queue(floor, {"last_step": "message", "announcement": "We are closed."})
    assert (await floor.admin.get(f"/v1/queues/{queue}/opening"))["open"] is False
    async with chatting(floor.platform) as chat:
        contact = await chat.start(queue)
        assert (await chat.frame("message", text="We are closed."))["from"] == "system"
        await chat.frame("ended")
    assert (await floor.closed(contact))["outcome"] == "told"

    async def counted() -> Json | None:
        now = datetime.now(UTC)
        period = (
            f"from={(now - timedelta(hours=1)):%Y-%m-%dT%H:%M:%SZ}&to={(now + timedelta(hours=1)):%Y-%m-%dT%H:%M:%SZ}"
        )
        rows = (await floor.admin.get(f"/v1/statistics/queues?{period}&interval=P1D&queue={queue}"))["items"]
        counters: Json = rows[0]["counters"] if rows else {}
        return counters if counters.get("flowed_out") else None

    counters = await eventually(counted, "the contact in the figures")
    assert (counters["offered"], counters["flowed_out"], counters.get("abandoned", 0)) == (1, 1, 0)


async def test_a_text_to_a_closed_queue_is_answered_and_kept(floor: Floor, provider: TwilioProvider) -> None:
    queue = await _closed_queue(floor, {"last_step": "callback", "announcement": "We will call you tomorrow."})
    number, customer = _number(), _number()
    await floor.entry_point("sms", number, queue, greeting="")
    await provider.incoming_sms(from_=customer, to=number, body="Are you there?")
    assert await provider.texts_to(customer, count=1) == ["We will call you tomorrow."]
    contact = (await floor.first(f"/v1/contacts?queue={queue}&state=closed&channel=sms"))["id"]
    lines = (await floor.admin.get(f"/v1/contacts/{contact}/messages"))["items"]
    assert [line["text"] for line in lines] == ["Are you there?", "We will call you tomorrow."]
    assert (await floor.closed(contact))["outcome"] == "callback"


async def test_a_caller_of_a_closed_queue_leaves_a_message(floor: Floor, provider: TwilioProvider) -> None:
    queue = await _closed_queue(floor, {"last_step": "voicemail", "announcement": "Please speak after the tone."})
    number = _number()
    await floor.entry_point("voice", number, queue)
    call = await provider.incoming_call(from_=_number(), to=number)
    await call.until(lambda: call.activity == "recording")
    assert "Please speak after the tone." in call.said
    await call.speak(9)
    await call.until_ended()
    contact = (await floor.first(f"/v1/contacts?queue={queue}&state=closed"))["id"]
    assert (await floor.closed(contact))["outcome"] == "voicemail"
    lines = (await floor.admin.get(f"/v1/contacts/{contact}/messages"))["items"]
    assert [line["from"] for line in lines] == ["system", "customer"]
    assert "Voicemail, 9 s: https://recordings.example/" in lines[1]["text"]


async def test_a_closed_queue_hands_over_to_the_night_desk(floor: Floor) -> None:
    night = await floor.queue("night")
    agent = await floor.agent([night])
    await agent.be("available")
    queue = await _closed_queue(floor, {"to_queue": night})
    async with chatting(floor.platform) as chat:
        contact = await chat.start(queue)
        offer = await agent.accept()
        assert (offer["contact"], offer["queue"]) == (contact, night)
        await chat.frame("agent_joined")
        await agent.say(contact, "Good evening.")
        await chat.frame("message", text="Good evening.")


async def test_an_emergency_takes_effect_on_the_next_contact_and_is_lifted_again(floor: Floor) -> None:
    """Only the test's own pool: others go on in the tenant meanwhile."""
    queue, relief = await floor.queue(), await floor.queue("relief")
    helper = await floor.agent([relief])
    await helper.be("available")
    supervisor = floor.caller("test-supervisor", "supervisor")
    declared: dict[str, Any] = {"on": True, "pools": {floor.pool: {"to_queue": relief}}}
    await supervisor.put("/v1/emergency", declared)
    try:
        async with chatting(floor.platform) as chat:
            contact = await chat.start(queue)
            offer = await helper.accept()
            assert (offer["contact"], offer["queue"]) == (contact, relief)
        assert (await supervisor.get("/v1/emergency"))["pools"] == {
            floor.pool: {"to_queue": relief, "last_step": None, "announcement": ""}
        }
    finally:
        await supervisor.put("/v1/emergency", {"on": False})

    async with chatting(floor.platform) as chat:
        contact = await chat.start(queue)

        async def waits() -> bool:
            items = (await floor.admin.get(f"/v1/queues/{queue}/waiting"))["items"]
            return [each["contact"] for each in items] == [contact]

        assert await eventually(waits, "the contact waiting in its own queue")


async def test_two_sites_are_one_pool_and_one_takes_all_when_the_other_is_given_up(floor: Floor) -> None:
    queue, sites = await floor.queue(), {name: f"{name}-{floor.word}" for name in ("north", "south")}
    agents = {}
    for name, site in sites.items():
        await floor.admin.put(f"/v1/sites/{site}", {"id": site, "name": name})
        await floor.admin.put(f"/v1/teams/{site}", {"id": site, "name": name, "site": site})
        agents[name] = await floor.agent([queue], team=site)
        await agents[name].be("available")
    supervisor = floor.caller("test-supervisor", "supervisor")
    async with chatting(floor.platform) as first, chatting(floor.platform) as second:
        contact = await first.start(queue)
        assert (await agents["north"].offer())["contact"] == contact
        await supervisor.put(
            "/v1/emergency", {"on": True, "pools": {floor.pool: None}, "sites_closed": [sites["north"]]}
        )
        try:
            assert (await agents["south"].accept())["contact"] == contact
            other = await second.start(queue)
            assert (await agents["south"].offer())["contact"] == other
            assert (await floor.admin.get(f"/v1/offers?agent={agents['north'].id}"))["items"] == []
        finally:
            await supervisor.put("/v1/emergency", {"on": False})
