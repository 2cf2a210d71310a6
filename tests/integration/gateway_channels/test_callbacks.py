"""Customers called back by the fake provider: they answer, are busy or away; callers on hold press a key."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
import pytest_asyncio

from services.gateway.application.messages import SendRefused, SendUnavailable
from services.gateway.application.ports import OutgoingCall as Order
from services.gateway.application.voice_lost import FindLostCalls
from services.gateway.application.voice_receive import contact_of_call
from services.gateway.domain.voice_call import Stage
from switchyard.testing.polling import until
from switchyard.testing.twilio_outgoing import OutgoingCall
from tests.integration.gateway_channels.harness import HOTLINE, TENANT, Platform, eventually

CUSTOMER = "+15551234567"
CALLBACK = "cnt_callback"
ORDER = Order(
    tenant=TENANT,
    contact_id=CALLBACK,
    offer_id="off_p.1",
    agent_id="agent-1",
    customer=CUSTOMER,
    called_from=HOTLINE,
    greeting="Welcome.",
)


@pytest_asyncio.fixture(autouse=True)
async def account(platform: Platform) -> AsyncIterator[httpx.AsyncClient]:
    provider = platform.provider
    body = {
        "account_sid": provider.account_sid,
        "auth_token": provider.auth_token,
        "api_base_url": provider.base_url,
        "from_number": "+15550199",
        "voice_number": "+15550188",
    }
    async with httpx.AsyncClient(base_url=platform.url) as client:
        assert (await client.put("/v1/provider-accounts/twilio", json=body)).status_code == 201
        yield client


async def rung(platform: Platform, order: Order = ORDER, *, count: int = 1) -> OutgoingCall:
    """The customer's telephone rings, and both sides know it."""
    assert await platform.channels.ring(order)
    return await platform.provider.call_to(order.customer, count=count)


async def over(platform: Platform) -> None:
    """Wait until the platform has taken in that the call is over."""

    async def look() -> bool:
        return await stage(platform) is Stage.OVER

    await until(look, what="the call to be over")


async def stage(platform: Platform) -> Stage:
    found = await platform.channels.calls.find(TENANT, CALLBACK)
    assert found is not None
    return found[0].stage


async def test_a_customer_who_answers_is_joined_with_the_agent(platform: Platform) -> None:
    call = await rung(platform)
    await call.until_connected()
    assert (call.caller, call.called, call.agent) == (HOTLINE, CUSTOMER, "agent-1")
    assert platform.contacts.reachings == [(CALLBACK, "reached")]
    assert set(platform.provider.webhooks.answered) <= {200, 204}


async def test_a_customer_who_hangs_up_ends_the_contact_once(platform: Platform) -> None:
    call = await rung(platform)
    await call.until_connected()
    await call.hang_up()
    await platform.provider.webhooks.post(call._status_url, call.fields())
    assert platform.contacts.ended == [(CALLBACK, "customer", "")]
    assert await stage(platform) is Stage.OVER


async def test_an_agent_who_hangs_up_ends_the_contact_as_that_agent(platform: Platform) -> None:
    call = await rung(platform)
    await call.until_connected()
    call.hang_up_agent()
    await eventually(lambda: platform.contacts.ended)
    assert platform.contacts.ended == [(CALLBACK, "agent", "agent-1")]
    await call.until_ended()


@pytest.mark.parametrize("outcome", ["busy", "no-answer", "failed"])
async def test_a_customer_who_does_not_answer_is_reported(platform: Platform, outcome: str) -> None:
    platform.provider.customers = lambda number: outcome if number == CUSTOMER else "answer"
    call = await rung(platform)
    await over(platform)
    assert platform.contacts.reachings == [(CALLBACK, outcome)]
    await platform.provider.webhooks.post(call._status_url, call.fields())
    assert platform.contacts.reachings == [(CALLBACK, outcome)]
    assert platform.contacts.ended == []


async def test_a_telephone_left_alone_rings_out(platform: Platform) -> None:
    platform.provider.customers = lambda _: "ring"
    await rung(platform)
    await eventually(lambda: platform.contacts.reachings, seconds=15)
    assert platform.contacts.reachings == [(CALLBACK, "no-answer")]


async def test_the_same_offer_again_rings_nobody_twice(platform: Platform) -> None:
    platform.provider.customers = lambda _: "busy"
    await rung(platform)
    await over(platform)
    await rung(platform)
    assert len(platform.provider.calls_to(CUSTOMER)) == 1


async def test_an_order_whose_answer_was_lost_rings_nobody_twice(platform: Platform) -> None:
    platform.provider.customers = lambda _: "ring"
    platform.provider.faults.append("lose-answer")
    call = await rung(platform)
    call.pick_up()
    await call.until_connected()
    assert len(platform.provider.calls_to(CUSTOMER)) == 1


async def test_where_the_look_up_fails_too_the_next_try_finds_the_call(platform: Platform) -> None:
    platform.provider.customers = lambda _: "ring"
    platform.provider.faults.extend(["lose-answer"] * 4)
    with pytest.raises(SendUnavailable):
        await platform.channels.ring(ORDER)
    call = await rung(platform)
    call.pick_up()
    await call.until_connected()
    assert len(platform.provider.calls_to(CUSTOMER)) == 1


async def test_a_lost_answer_of_the_second_call_is_not_mistaken_for_the_first(platform: Platform) -> None:
    platform.provider.customers = lambda _: "busy"
    first = await rung(platform)
    await over(platform)
    platform.provider.customers = lambda _: "ring"
    platform.provider.faults.append("lose-answer")
    second = await rung(platform, replace(ORDER, offer_id="off_p.2"), count=2)
    second.pick_up()
    await second.until_connected()
    found = await platform.channels.calls.find(TENANT, CALLBACK)
    assert found is not None
    assert (found[0].call_sid, found[0].earlier_sids) == (second.sid, (first.sid,))


async def test_a_report_of_an_earlier_call_changes_nothing_of_the_present_one(platform: Platform) -> None:
    platform.provider.customers = lambda _: "busy"
    first = await rung(platform)
    await over(platform)
    platform.provider.customers = lambda _: "answer"
    second = await rung(platform, replace(ORDER, offer_id="off_p.2"), count=2)
    await second.until_connected()
    late = await platform.provider.webhooks.post(first._status_url, first.fields() | {"CallStatus": "completed"})
    assert late.status_code == 204
    assert (second.connected, platform.contacts.ended) == (True, [])
    stranger = await platform.provider.webhooks.post(first._url, first.fields() | {"CallStatus": "in-progress"})
    assert "<Hangup" in stranger.text


async def test_an_agent_who_ends_while_it_rings_calls_it_off(platform: Platform) -> None:
    platform.provider.customers = lambda _: "ring"
    call = await rung(platform)
    await call.until(lambda: call.activity == "ringing-out")
    for _ in range(2):
        await platform.channels.voice.release(tenant=TENANT, contact_id=CALLBACK)
    await call.until_ended()
    assert (call.status, call.connections) == ("canceled", 0)
    assert (platform.contacts.reachings, platform.contacts.ended) == ([], [])


async def test_who_is_passed_on_while_it_rings_is_called_again_for_the_next_agent(platform: Platform) -> None:
    platform.provider.customers = lambda _: "ring"
    call = await rung(platform)
    await call.until(lambda: call.activity == "ringing-out")
    await platform.channels.voice.hold(tenant=TENANT, contact_id=CALLBACK, offer_id="off_p.1")
    await call.until_ended()
    platform.provider.customers = lambda _: "answer"
    again = await rung(platform, replace(ORDER, offer_id="off_p.2", agent_id="agent-2"), count=2)
    await again.until_connected()
    assert again.agent == "agent-2"


async def test_an_old_decision_told_again_does_not_end_the_present_call(platform: Platform) -> None:
    call = await rung(platform, replace(ORDER, offer_id="off_p.2"))
    await call.until_connected()
    await platform.channels.voice.hang_up(tenant=TENANT, contact_id=CALLBACK, offer_id="off_p.1")
    await platform.channels.voice.hold(tenant=TENANT, contact_id=CALLBACK, offer_id="off_p.1")
    assert call.connected
    await platform.channels.voice.hang_up(tenant=TENANT, contact_id=CALLBACK, offer_id="off_p.2")
    await call.until_ended()
    assert platform.contacts.ended == []


async def test_a_customer_on_the_line_is_joined_and_not_called(platform: Platform) -> None:
    call = await rung(platform)
    await call.until_connected()
    await platform.channels.voice.hold(tenant=TENANT, contact_id=CALLBACK, offer_id="off_p.1")
    await call.until(lambda: call.activity == "queued")
    assert not await platform.channels.ring(replace(ORDER, offer_id="off_p.2", agent_id="agent-2"))
    await platform.channels.voice.connect(
        tenant=TENANT, contact_id=CALLBACK, offer_id="off_p.2", agent_id="agent-2", agent_address=None
    )
    await call.until_connected()
    assert (call.agent, len(platform.provider.calls_to(CUSTOMER))) == ("agent-2", 1)


async def test_a_number_that_the_provider_refuses_is_told_to_who_ordered(platform: Platform) -> None:
    platform.provider.unreachable.add(CUSTOMER)
    with pytest.raises(SendRefused) as refused:
        await platform.channels.ring(ORDER)
    assert refused.value.code == "provider-refused"
    assert await stage(platform) is Stage.OVER


async def test_without_a_number_of_ours_the_accounts_own_is_shown(platform: Platform) -> None:
    call = await rung(platform, replace(ORDER, called_from=""))
    assert call.caller == "+15550188"


async def test_a_call_whose_end_was_never_told_is_found_and_reported(platform: Platform) -> None:
    platform.provider.customers = lambda _: "ring"
    call = await rung(platform)
    await call.until(lambda: call.activity == "ringing-out")
    call._status_url = "http://127.0.0.1:9/nobody"
    call.decline()
    await call.until_ended()
    [lost] = [owner for work in platform.channels.background if (owner := getattr(work, "__self__", None))]
    assert isinstance(lost, FindLostCalls)
    assert await lost.once() == 0
    lost._clock = lambda: datetime.now(UTC) + timedelta(minutes=2)
    assert await lost.once() == 1
    assert await lost.once() == 0
    assert platform.contacts.reachings == [(CALLBACK, "busy")]


async def test_an_answer_for_a_contact_nobody_knows_is_hung_up(platform: Platform) -> None:
    hook = f"{platform.hooks}/voice/answered?contact=cnt_nobody&ring=1"
    fields = {"CallSid": "CA1", "From": HOTLINE, "To": CUSTOMER, "CallStatus": "in-progress"}
    answer = await platform.provider.webhooks.post(hook, fields)
    assert "<Hangup" in answer.text
    assert platform.contacts.reachings == []


async def test_a_forged_report_of_a_call_is_refused(platform: Platform, account: httpx.AsyncClient) -> None:
    for door in ("answered", "called", "callback"):
        data = {"CallSid": "CA1", "CallStatus": "no-answer", "Digits": "1"}
        refused = await account.post(f"{platform.hooks}/voice/{door}?contact={CALLBACK}&ring=1", data=data)
        assert refused.status_code == 403
    assert (platform.contacts.reachings, platform.contacts.wishes) == ([], [])


async def test_a_caller_on_hold_hears_both_languages_and_presses_the_key(platform: Platform) -> None:
    platform.contacts.offering = True
    call = await platform.provider.incoming_call(from_=CUSTOMER, to=HOTLINE)
    await call.until(
        lambda: any("Press 1" in said for said in call.said) and any("请按 1" in said for said in call.said)
    )
    await call.press("7")
    await call.until(lambda: sum("Press 1" in said for said in call.said) == 2)
    assert platform.contacts.wishes == []
    await call.press("1")
    await call.until(lambda: call.said[-1] == "One moment, please.")
    contact_id = contact_of_call(TENANT, call.sid)
    assert platform.contacts.wishes == [contact_id]
    await platform.channels.voice.let_go(tenant=TENANT, contact_id=contact_id, last_step="callback", announcement="")
    await call.until_ended()
    assert call.said[-1] == "We will call you back. Goodbye."


async def test_where_it_is_not_offered_the_key_is_not_asked_for(platform: Platform) -> None:
    call = await platform.provider.incoming_call(from_=CUSTOMER, to=HOTLINE)
    await call.until(lambda: len(call.said) > 1)
    assert not any("Press 1" in said for said in call.said)
