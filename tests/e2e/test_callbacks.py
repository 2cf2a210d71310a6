"""Customers are called back in the place they had, or when they chose; on the telephone and over REST (R8)."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from switchyard.service.times import to_text
from switchyard.testing.twilio_provider import FakeCall, TwilioProvider
from tests.e2e.chatting import chatting
from tests.e2e.floor import Caller, Floor, Json
from tests.e2e.polling import eventually
from tests.e2e.test_routing_rules import _waiting
from tests.e2e.test_voice import _number

SOON = {"most_attempts": 2, "retry_after_seconds": 1}


async def _line(floor: Floor, **callbacks: object) -> tuple[str, str]:
    """A queue that calls back, and the number that leads to it."""
    queue, number = await floor.queue(callbacks={"offered": True, **SOON, **callbacks}), _number()
    await floor.entry_point("voice", number, queue)
    return queue, number


async def _calls(
    floor: Floor, provider: TwilioProvider, queue: str, number: str, customer: str
) -> tuple[FakeCall, str]:
    """A customer calls and waits; returns the call and the contact."""
    before = set(await _waiting(floor, queue))
    call = await provider.incoming_call(from_=customer, to=number)

    async def came() -> str | None:
        return next((each for each in await _waiting(floor, queue) if each not in before), None)

    return call, await eventually(came, "the caller among the waiting")


async def _stands(floor: Floor, callback: str, **fields: object) -> Json:
    async def look() -> Json | None:
        shown: Json = await floor.admin.get(f"/v1/callbacks/{callback}")
        return shown if all(shown[name] == value for name, value in fields.items()) else None

    return await eventually(look, f"{callback} to be {fields}")


async def _of(floor: Floor, contact: str) -> str:
    """The callback that has taken a contact's place."""

    async def look() -> str | None:
        return (await floor.admin.get(f"/v1/contacts/{contact}"))["called_back_by"] or None

    return await eventually(look, f"the callback of {contact}")


async def _refused(caller: Caller, method: str, path: str, body: Json | None = None) -> tuple[int, str]:
    answer = await caller.ask(method, path, body)
    return answer.status_code, str(answer.json().get("code", ""))


async def test_a_caller_presses_the_key_keeps_their_place_and_is_called(floor: Floor, provider: TwilioProvider) -> None:
    queue, number = await _line(floor)
    customer = _number()
    _, ahead = await _calls(floor, provider, queue, number, _number())
    call, contact = await _calls(floor, provider, queue, number, customer)
    _, behind = await _calls(floor, provider, queue, number, _number())
    assert await _waiting(floor, queue) == [ahead, contact, behind]
    await call.until(lambda: any("Press 1" in said for said in call.said))
    await call.press("1")
    await call.until_ended(20)
    assert "call you back" in call.said[-1]
    callback = await _of(floor, contact)
    assert await _waiting(floor, queue) == [ahead, callback, behind]
    shown = await _stands(floor, callback, state="waiting", position=2)
    before = await floor.closed(contact)
    assert (before["outcome"], before["ended_by"]) == ("callback", "customer")
    assert (shown["queued_at"], shown["contact"], shown["address"]) == (before["queued_at"], contact, customer)
    agent = await floor.agent([queue])
    await agent.be("available")
    assert (await agent.accept())["contact"] == ahead
    await agent.end(ahead)
    await agent.wrap_up(ahead)
    offer = await agent.accept()
    assert (offer["contact"], offer["callback_attempt"]) == (callback, 1)
    outgoing = await provider.call_to(customer)
    await outgoing.until_connected(20)
    assert (outgoing.caller, outgoing.agent) == (number, agent.id)
    await _stands(floor, callback, state="connected", attempts=1)
    await agent.end(callback)
    await agent.wrap_up(callback)
    await _stands(floor, callback, state="done")
    assert (await floor.closed(callback))["outcome"] == "handled"
    assert (await agent.offer())["contact"] == behind


async def test_an_integration_asks_for_who_has_said_nothing_yet_and_the_place_is_kept(floor: Floor) -> None:
    queue = await floor.queue()
    contacts: list[str] = []
    for _ in range(3):
        body: Json = {"channel": "sms", "queue": queue, "customer": {"address": _number()}}
        contacts.append((await floor.admin.post("/v1/contacts", body))["id"])
    await eventually(lambda: _all_wait(floor, queue, contacts), "all three among the waiting")
    callback = await floor.admin.post("/v1/callbacks", {"contact": contacts[1]})
    assert (callback["contact"], callback["state"]) == (contacts[1], "waiting")
    assert await _waiting(floor, queue) == [contacts[0], callback["id"], contacts[2]]


async def test_of_two_requests_at_once_one_is_done_with_its_own_number(floor: Floor) -> None:
    queue = await floor.queue()
    body: Json = {"channel": "sms", "queue": queue, "customer": {"address": _number()}}
    contact = (await floor.admin.post("/v1/contacts", body))["id"]
    await eventually(lambda: _all_wait(floor, queue, [contact]), "the contact among the waiting")
    numbers = [_number() for _ in range(4)]
    bodies: list[Json] = [{"contact": contact, "address": number} for number in numbers]
    answers = await asyncio.gather(*(floor.admin.ask("POST", "/v1/callbacks", each) for each in bodies))
    (won,) = [place for place, answer in enumerate(answers) if answer.status_code == 201]
    assert answers[won].json()["address"] == numbers[won]
    refused = [answer for answer in answers if answer.status_code != 201]
    assert [(each.status_code, each.json()["code"]) for each in refused] == [(409, "contact-not-waiting")] * 3


async def _all_wait(floor: Floor, queue: str, contacts: list[str]) -> bool:
    return await _waiting(floor, queue) == contacts


async def test_an_agent_asks_for_a_chat_whose_customer_told_a_number(floor: Floor, provider: TwilioProvider) -> None:
    queue, _ = await _line(floor)
    customer = _number()
    agent = await floor.agent([queue])
    async with chatting(floor.platform) as chat:
        contact = await chat.start(queue)
        assert await _refused(agent, "POST", "/v1/callbacks", {"contact": contact}) == (422, "address-missing")
        made = await agent.post("/v1/callbacks", {"contact": contact, "address": customer})
        assert (made["contact"], made["address"], made["attempts"]) == (contact, customer, 0)
        assert await _refused(agent, "POST", "/v1/callbacks", {"contact": contact}) == (409, "contact-not-waiting")
    assert await _waiting(floor, queue) == [made["id"]]
    await agent.be("available")
    await agent.accept()
    outgoing = await provider.call_to(customer)
    await outgoing.until_connected(20)
    await outgoing.hang_up()

    async def over() -> bool:
        return bool((await agent.get(f"/v1/contacts/{made['id']}"))["state"] == "wrap_up")

    await eventually(over, "the agent in wrap-up")
    await agent.wrap_up(made["id"])
    assert (await floor.closed(made["id"]))["ended_by"] == "customer"


async def test_a_customer_who_does_not_answer_is_tried_again_and_given_up(
    floor: Floor, provider: TwilioProvider
) -> None:
    queue, _ = await _line(floor)
    customer = _number()
    provider.customers = lambda number: "busy" if number == customer else "answer"
    agent = await floor.agent([queue])
    await agent.be("available")
    made = await floor.admin.post("/v1/callbacks", {"queue": queue, "address": customer})
    first = await agent.accept()
    again = await agent.accept()
    assert [offer["callback_attempt"] for offer in (first, again)] == [1, 2]
    assert first["queued_at"] == again["queued_at"]
    shown = await _stands(floor, made["id"], state="not_reached")
    assert (shown["attempts"], shown["last_reason"], shown["agent"]) == (2, "attempts-used", None)
    assert len(provider.calls_to(customer)) == 2
    closed = await floor.closed(made["id"])
    assert (closed["outcome"], closed["answered_at"]) == ("not-reached", None)

    async def idle() -> bool:
        return bool((await agent.get(f"/v1/agents/{agent.id}/state"))["state"] == "available")

    await eventually(idle, "the agent to be free")


async def test_an_agent_says_that_nobody_answered(floor: Floor, provider: TwilioProvider) -> None:
    queue, _ = await _line(floor, most_attempts=1)
    customer = _number()
    agent, other = await floor.agent([queue]), await floor.agent([queue])
    await agent.be("available")
    made = await floor.admin.post("/v1/callbacks", {"queue": queue, "address": customer})
    await agent.accept()
    outgoing = await provider.call_to(customer)
    await outgoing.until_connected(20)
    path = f"/v1/callbacks/{made['id']}/not-reached"
    assert await _refused(other, "POST", path, {"reason": "failed"}) == (403, "not-the-holder")
    await agent.post(path, {"reason": "rejected"})
    await outgoing.until_ended(20)
    await _stands(floor, made["id"], state="not_reached", attempts=1)
    assert await _refused(agent, "POST", path, {"reason": "failed"}) == (409, "callback-not-connected")


async def test_a_scheduled_callback_becomes_due(floor: Floor, provider: TwilioProvider) -> None:
    queue, _ = await _line(floor)
    customer = _number()
    agent = await floor.agent([queue])
    await agent.be("available")
    at = datetime.now(UTC) + timedelta(seconds=3)
    body = {"queue": queue, "address": customer, "at": to_text(at), "note": "About the invoice.", "customer_name": "Li"}
    made = await floor.admin.post("/v1/callbacks", body)
    assert (made["state"], made["due_at"], made["note"]) == ("scheduled", to_text(at), "About the invoice.")
    listed = (await floor.admin.get(f"/v1/callbacks?queue={queue}&state=scheduled"))["items"]
    assert [each["id"] for each in listed] == [made["id"]]
    assert await _waiting(floor, queue) == []
    offer = await agent.accept()
    assert offer["contact"] == made["id"]
    assert offer["offered_at"] >= made["due_at"]
    await (await provider.call_to(customer)).until_connected(20)
    assert (await floor.admin.get(f"/v1/callbacks?queue={queue}&state=scheduled"))["items"] == []


async def test_a_callback_moved_to_another_pool_is_made_from_there(floor: Floor, provider: TwilioProvider) -> None:
    queue, number = await _line(floor)
    other_pool = f"{floor.pool}-2"
    there = await floor.queue("there", pool=other_pool, callbacks=SOON)
    customer = _number()
    _, contact = await _calls(floor, provider, queue, number, customer)
    made = await floor.admin.post("/v1/callbacks", {"contact": contact})
    await floor.admin.post(f"/v1/contacts/{made['id']}/transfer", {"queue": there})
    await eventually(lambda: _all_wait(floor, there, [made["id"]]), "the callback among those who wait there")
    assert await _waiting(floor, queue) == []
    await _stands(floor, made["id"], state="waiting", position=1, attempts=0)
    agent = await floor.agent([there], pool=other_pool)
    await agent.be("available")
    assert (await agent.accept())["contact"] == made["id"]
    outgoing = await provider.call_to(customer)
    await outgoing.until_connected(20)
    assert (outgoing.caller, outgoing.agent) == (number, agent.id)
    await _stands(floor, made["id"], state="connected", attempts=1)


async def test_a_callback_is_put_off_made_sooner_and_called_off(floor: Floor) -> None:
    queue, _ = await _line(floor)
    tomorrow = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
    made = await floor.admin.post("/v1/callbacks", {"queue": queue, "address": _number(), "at": to_text(tomorrow)})
    path = f"/v1/callbacks/{made['id']}"
    await _stands(floor, made["id"], state="scheduled", last_reason="requested")
    answer = await floor.admin.ask("PATCH", path, {"at": to_text(tomorrow + timedelta(hours=1))})
    assert (answer.status_code, answer.json()["due_at"]) == (200, to_text(tomorrow + timedelta(hours=1)))
    answer = await floor.admin.ask("PATCH", path, {"at": None})
    assert answer.status_code == 200, answer.text
    assert (answer.json()["state"], answer.json()["due_at"]) == ("waiting", None)
    assert answer.json()["queued_at"] < to_text(datetime.now(UTC) + timedelta(minutes=1))
    assert (await floor.admin.ask("PATCH", path, {})).json()["state"] == "waiting"
    await _stands(floor, made["id"], state="waiting", position=1)
    assert await _waiting(floor, queue) == [made["id"]]
    answer = await floor.admin.ask("PATCH", path, {"at": to_text(tomorrow)})
    assert (answer.status_code, answer.json()["state"]) == (200, "scheduled")
    assert await _waiting(floor, queue) == []
    assert (await floor.admin.ask("DELETE", path)).status_code == 204
    shown = await _stands(floor, made["id"], state="cancelled", last_reason="cancelled")
    assert shown["attempts"] == 0
    assert await _refused(floor.admin, "DELETE", path) == (409, "callback-not-open")
    assert await _refused(floor.admin, "PATCH", path, {"at": None}) == (409, "callback-not-open")
    assert (await floor.closed(made["id"]))["outcome"] == "cancelled"


@pytest.mark.parametrize("known", [True, False])
async def test_a_queues_last_step_promises_a_call_only_to_whom_can_be_called(
    floor: Floor, provider: TwilioProvider, known: bool
) -> None:
    step = {"after_seconds": 1, "then": {"last_step": "callback", "announcement": "Somebody calls you."}}
    queue, number = await floor.queue(steps=[step]), _number()
    await floor.entry_point("voice", number, queue)
    call = await provider.incoming_call(from_=_number() if known else "anonymous", to=number)
    await call.until_ended(30)
    closed = await floor.first(f"/v1/contacts?queue={queue}&channel=voice&state=closed")
    assert closed["outcome"] == ("callback" if known else "told")
    assert ("Somebody calls you." in call.said) == known
    assert bool(await _waiting(floor, queue)) == known
