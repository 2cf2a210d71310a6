"""Calls against the fake provider: held, connected, transferred, ended by either side, rated."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
import pytest_asyncio

from services.gateway.application.messages import ExpectedAnswer, OutgoingMessage, SendRefused, SendUnavailable
from services.gateway.application.voice_lost import FindLostCalls
from services.gateway.application.voice_receive import contact_of_call
from switchyard.testing.twilio_provider import FakeCall
from tests.integration.gateway_channels.harness import Platform, eventually

CALLER = "+15551234567"
HOTLINE = "+15550100"
SURVEY = OutgoingMessage(
    tenant="acme",
    contact_id="",
    channel="voice",
    delivery_id="ntc_1",
    from_address=HOTLINE,
    to_address=CALLER,
    text="How was it, from 1 to 5?",
    automatic=True,
    expects=ExpectedAnswer(survey_id="sur_1", scale_max=5, until=datetime.now(UTC) + timedelta(days=1)),
)


@pytest_asyncio.fixture(autouse=True)
async def account(platform: Platform) -> AsyncIterator[httpx.AsyncClient]:
    provider = platform.provider
    body = {
        "account_sid": provider.account_sid,
        "auth_token": provider.auth_token,
        "api_base_url": provider.base_url,
        "from_number": "+15550199",
        "voice_number": HOTLINE,
    }
    async with httpx.AsyncClient(base_url=platform.url) as client:
        assert (await client.put("/v1/provider-accounts/twilio", json=body)).status_code == 201
        yield client


async def arrive(platform: Platform) -> tuple[FakeCall, str]:
    call = await platform.provider.incoming_call(from_=CALLER, to=HOTLINE)
    await call.until(lambda: call.activity == "queued")
    return call, contact_of_call("acme", call.sid)


async def connect(
    platform: Platform, call: FakeCall, contact_id: str, *, offer: str = "off_p.1", agent: str = "agent-1"
) -> None:
    await platform.channels.voice.connect(
        tenant="acme", contact_id=contact_id, offer_id=offer, agent_id=agent, agent_address=None
    )
    await call.until_connected()


async def test_a_caller_is_greeted_held_and_a_contact_opened(platform: Platform) -> None:
    call, contact_id = await arrive(platform)
    assert call.said[0] == "Welcome to Acme."
    assert platform.contacts.opened[contact_id].customer_address == CALLER
    assert platform.contacts.opened[contact_id].provider_ref == call.sid


async def test_a_repeated_arrival_opens_one_contact(platform: Platform) -> None:
    call, contact_id = await arrive(platform)
    again = await platform.provider.webhooks.post(platform.hooks + "/voice", call.fields())
    assert again.status_code == 200
    assert list(platform.contacts.opened) == [contact_id]


async def test_a_forged_call_is_refused(platform: Platform, account: httpx.AsyncClient) -> None:
    refused = await account.post(
        f"{platform.hooks}/voice", data={"CallSid": "CA1", "From": CALLER, "To": HOTLINE, "CallStatus": "ringing"}
    )
    assert (refused.status_code, refused.json()["code"]) == (403, "signature-invalid")
    assert platform.contacts.opened == {}


async def test_a_number_that_leads_nowhere_is_refused(platform: Platform) -> None:
    with pytest.raises(httpx.HTTPStatusError) as refused:
        await platform.provider.incoming_call(from_=CALLER, to="+15559999999")
    assert refused.value.response.json()["code"] == "entry-point-unknown"


async def test_a_caller_who_hangs_up_waiting_ends_the_contact_once(platform: Platform) -> None:
    call, contact_id = await arrive(platform)
    await call.hang_up()
    await platform.provider.webhooks.post(platform.hooks + "/voice/status", call.fields())
    assert platform.contacts.ended == [(contact_id, "customer", "")]


async def test_an_end_that_comes_before_the_arrival_opens_nothing(platform: Platform) -> None:
    gone = {"CallSid": "CA77", "From": CALLER, "To": HOTLINE, "CallStatus": "completed"}
    await platform.provider.webhooks.post(platform.hooks + "/voice/status", gone)
    late = await platform.provider.webhooks.post(platform.hooks + "/voice", gone | {"CallStatus": "ringing"})
    assert "<Hangup" in late.text
    assert platform.contacts.opened == {}


async def test_an_accepted_offer_puts_the_agent_on_the_line_once(platform: Platform) -> None:
    call, contact_id = await arrive(platform)
    await connect(platform, call, contact_id)
    await connect(platform, call, contact_id)
    assert (call.agent, call.connections) == ("agent-1", 1)


async def test_an_agents_number_is_dialled_where_there_is_one(platform: Platform) -> None:
    call, contact_id = await arrive(platform)
    await platform.channels.voice.connect(
        tenant="acme", contact_id=contact_id, offer_id="o", agent_id="a", agent_address="+15557654321"
    )
    await call.until_connected()
    assert call.agent == "+15557654321"


async def test_a_connection_whose_answer_was_lost_rings_nobody_twice(platform: Platform) -> None:
    call, contact_id = await arrive(platform)
    platform.provider.faults.append("lose-answer")
    with pytest.raises(SendUnavailable):
        await platform.channels.voice.connect(
            tenant="acme", contact_id=contact_id, offer_id="o", agent_id="a", agent_address=None
        )
    await call.until_connected()
    await platform.channels.voice.connect(
        tenant="acme", contact_id=contact_id, offer_id="o", agent_id="a", agent_address=None
    )
    assert call.connections == 1


async def test_connecting_a_caller_who_has_left_is_refused(platform: Platform) -> None:
    call, contact_id = await arrive(platform)
    platform.provider.calls.pop(call.sid)
    with pytest.raises(SendRefused) as refused:
        await connect(platform, call, contact_id)
    assert refused.value.code == "customer-gone"


async def test_after_a_transfer_the_caller_waits_and_is_connected_again(platform: Platform) -> None:
    call, contact_id = await arrive(platform)
    await connect(platform, call, contact_id)
    await platform.channels.voice.hold(tenant="acme", contact_id=contact_id, offer_id="off_p.1")
    await call.until(lambda: call.activity == "queued")
    await connect(platform, call, contact_id, offer="off_p.2", agent="agent-2")
    assert (call.agent, call.connections) == ("agent-2", 2)
    assert platform.contacts.ended == []


async def test_a_caller_who_hangs_up_talking_ends_the_contact_as_customer(platform: Platform) -> None:
    call, contact_id = await arrive(platform)
    await connect(platform, call, contact_id)
    await call.hang_up()
    assert platform.contacts.ended == [(contact_id, "customer", "")]


async def test_an_agent_who_hangs_up_ends_the_contact_as_that_agent(platform: Platform) -> None:
    call, contact_id = await arrive(platform)
    await connect(platform, call, contact_id)
    call.hang_up_agent()
    await eventually(lambda: platform.contacts.ended)
    assert platform.contacts.ended == [(contact_id, "agent", "agent-1")]
    await call.until_ended()


async def test_an_agent_who_never_answers_is_rung_three_times(platform: Platform) -> None:
    platform.provider.answers = lambda address: "no-answer" if address else ""
    call, contact_id = await arrive(platform)
    await platform.channels.voice.connect(
        tenant="acme", contact_id=contact_id, offer_id="o", agent_id="a", agent_address=None
    )
    await eventually(lambda: platform.contacts.ended)
    assert len(call.legs) == 3
    assert platform.contacts.ended == [(contact_id, "system", "")]


async def test_the_question_is_put_on_the_line_after_the_talk_and_answered(platform: Platform) -> None:
    call, contact_id = await arrive(platform)
    await connect(platform, call, contact_id)
    await platform.channels.voice.release(tenant="acme", contact_id=contact_id)
    await call.until(lambda: not call.connected)
    sent = await platform.channels.senders["voice"].send(replace(SURVEY, contact_id=contact_id))
    await call.until_asked()
    assert call.said[-1] == SURVEY.text
    assert sent.channel == ""
    await call.press("4")
    await call.until_ended()
    assert platform.contacts.ratings == {"ntc_1": 4}
    assert platform.provider.messages == []


async def test_a_digit_off_the_scale_is_asked_for_again(platform: Platform) -> None:
    call, contact_id = await arrive(platform)
    await connect(platform, call, contact_id)
    await platform.channels.voice.release(tenant="acme", contact_id=contact_id)
    await platform.channels.senders["voice"].send(replace(SURVEY, contact_id=contact_id))
    await call.until_asked()
    await call.press("9")
    await call.until(lambda: call.said.count(SURVEY.text) == 2)
    await call.press("5")
    await call.until_ended()
    assert platform.contacts.ratings == {"ntc_1": 5}


async def test_a_question_sent_again_is_not_put_again(platform: Platform) -> None:
    call, contact_id = await arrive(platform)
    await connect(platform, call, contact_id)
    await platform.channels.voice.release(tenant="acme", contact_id=contact_id)
    survey = replace(SURVEY, contact_id=contact_id)
    first = await platform.channels.senders["voice"].send(survey)
    await call.until_asked()
    assert await platform.channels.senders["voice"].find_sent(survey) == first
    assert await platform.channels.senders["voice"].send(survey) == first
    assert call.said.count(SURVEY.text) == 1


async def test_a_question_for_a_call_that_is_over_goes_as_sms(platform: Platform) -> None:
    call, contact_id = await arrive(platform)
    await connect(platform, call, contact_id)
    await call.hang_up()
    sent = await platform.channels.senders["voice"].send(replace(SURVEY, contact_id=contact_id))
    assert (sent.channel, sent.customer_address) == ("sms", CALLER)
    assert await platform.provider.texts_to(CALLER) == [SURVEY.text]
    assert platform.provider.messages[0].from_number == "+15550199"


async def test_without_a_question_the_line_is_let_go_after_a_moment(platform: Platform) -> None:
    call, contact_id = await arrive(platform)
    await connect(platform, call, contact_id)
    await platform.channels.voice.release(tenant="acme", contact_id=contact_id)
    await call.until_ended()
    assert platform.contacts.ratings == {}


async def test_a_call_whose_end_was_never_told_is_found(platform: Platform) -> None:
    call, contact_id = await arrive(platform)
    call.status = "completed"
    channels = platform.channels
    [lost] = [owner for work in channels.background if (owner := getattr(work, "__self__", None))]
    assert isinstance(lost, FindLostCalls)
    assert await lost.once() == 0
    lost._clock = lambda: datetime.now(UTC) + timedelta(minutes=6)
    assert await lost.once() == 1
    assert platform.contacts.ended == [(contact_id, "customer", "")]


async def let_go(platform: Platform, contact_id: str, last_step: str, announcement: str = "") -> bool:
    return await platform.channels.voice.let_go(
        tenant="acme", contact_id=contact_id, last_step=last_step, announcement=announcement
    )


async def test_a_caller_of_a_closed_queue_is_told_once_and_the_line_ends(platform: Platform) -> None:
    call, contact_id = await arrive(platform)
    assert await let_go(platform, contact_id, "message", "We are closed.")
    await eventually(lambda: platform.contacts.ended)
    assert not await let_go(platform, contact_id, "message", "We are closed.")
    assert call.said.count("We are closed.") == 1


async def test_a_caller_let_go_before_they_wait_is_told_as_they_come_to_wait(platform: Platform) -> None:
    """The engine is quicker than the telephone: the provider takes no new instruction for a leg that still rings."""
    arrival = {"CallSid": "CA55", "From": CALLER, "To": HOTLINE, "CallStatus": "ringing"}
    post = platform.provider.webhooks.post
    assert "<Enqueue" in (await post(platform.hooks + "/voice", arrival)).text
    assert await let_go(platform, contact_of_call("acme", "CA55"), "callback")
    waiting = await post(platform.hooks + "/voice/wait", arrival)
    assert "<Leave" in waiting.text
    told = await post(platform.hooks + "/voice/queue", arrival | {"QueueResult": "leave"})
    assert "We will call you back." in told.text
    assert "<Hangup" in told.text


async def test_a_message_is_recorded_and_handed_over_once(platform: Platform) -> None:
    call, contact_id = await arrive(platform)
    assert await let_go(platform, contact_id, "voicemail", "Please speak.")
    await call.until(lambda: call.activity == "recording")
    assert "Please speak." in call.said
    await call.speak(12)
    await call.until_ended()
    recording = platform.contacts.messages[contact_id]
    assert recording is not None
    assert (recording.seconds, recording.url) == (12, f"https://recordings.example/{recording.sid}")
    assert list(platform.contacts.messages) == [contact_id]
    assert not await let_go(platform, contact_id, "voicemail")


async def test_silence_is_no_message(platform: Platform) -> None:
    call, contact_id = await arrive(platform)
    await let_go(platform, contact_id, "voicemail")
    await call.until_ended()
    assert platform.contacts.messages == {contact_id: None}


async def test_a_recording_that_comes_after_the_caller_hung_up_is_handed_over(platform: Platform) -> None:
    call, contact_id = await arrive(platform)
    await let_go(platform, contact_id, "voicemail")
    await call.until(lambda: call.activity == "recording")
    await call.hang_up()
    assert platform.contacts.messages == {}
    assert platform.contacts.ended == []
    ready = {"CallSid": call.sid, "RecordingStatus": "completed", "RecordingDuration": "7"}
    ready["RecordingUrl"] = "https://recordings.example/RE1"
    answers = [await platform.provider.webhooks.post(platform.hooks + "/voice/recording", ready) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [204, 204]
    recording = platform.contacts.messages[contact_id]
    assert recording is not None
    assert (recording.sid, recording.seconds) == ("RE1", 7)


async def test_a_recording_that_never_comes_is_waited_for_no_longer_than_a_lost_call(platform: Platform) -> None:
    call, contact_id = await arrive(platform)
    await let_go(platform, contact_id, "voicemail")
    await call.until(lambda: call.activity == "recording")
    await call.hang_up()
    [lost] = [owner for work in platform.channels.background if (owner := getattr(work, "__self__", None))]
    assert isinstance(lost, FindLostCalls)
    lost._clock = lambda: datetime.now(UTC) + timedelta(minutes=6)
    assert await lost.once() == 1
    assert platform.contacts.messages == {contact_id: None}
    assert await lost.once() == 0


async def test_a_forged_recording_is_refused(platform: Platform, account: httpx.AsyncClient) -> None:
    call, contact_id = await arrive(platform)
    await let_go(platform, contact_id, "voicemail")
    for door in ("recorded", "recording"):
        refused = await account.post(
            f"{platform.hooks}/voice/{door}",
            data={"CallSid": call.sid, "RecordingStatus": "completed", "RecordingUrl": "https://evil.example/RE1"},
        )
        assert refused.status_code == 403
    assert contact_id not in platform.contacts.messages


async def test_a_caller_passed_on_to_another_queue_is_told_once_and_waits_on(platform: Platform) -> None:
    call, contact_id = await arrive(platform)
    for _ in range(2):
        await platform.channels.voice.announce(
            tenant="acme", contact_id=contact_id, entry=1, announcement="The night desk takes over."
        )
    await call.until(lambda: "The night desk takes over." in call.said and call.activity == "queued")
    assert call.said.count("The night desk takes over.") == 1
    await connect(platform, call, contact_id)
    assert call.agent == "agent-1"
