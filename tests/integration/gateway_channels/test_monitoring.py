"""Supervisors on calls against the fake provider: they listen, whisper, barge in, and leave; the talk goes on."""

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from services.gateway.adapters.twilio_rooms import TwilioRooms
from services.gateway.application.messages import SendRefused, SendUnavailable
from services.gateway.domain.voice_call import Call
from switchyard.testing.twilio_provider import FakeCall
from switchyard.testing.twilio_rooms import Participant
from tests.integration.gateway_channels import test_voice
from tests.integration.gateway_channels.harness import Platform, eventually
from tests.integration.gateway_channels.test_voice import arrive, connect

account = test_voice.account


@pytest_asyncio.fixture
async def talk(platform: Platform, account: httpx.AsyncClient) -> AsyncIterator[tuple[FakeCall, str]]:
    """A caller and an agent who talk."""
    call, contact_id = await arrive(platform)
    await connect(platform, call, contact_id)
    yield call, contact_id


async def follow(platform: Platform, contact_id: str, mode: str = "listen", who: str = "sue") -> None:
    await platform.channels.monitors.follow(tenant="acme", contact_id=contact_id, supervisor_id=who, mode=mode)


def followers(platform: Platform) -> list[Participant]:
    room = platform.provider.rooms.find("off_p.1")
    return [] if room is None else room.followers


async def test_who_listens_is_muted_in_the_room_of_caller_and_agent(
    platform: Platform, talk: tuple[FakeCall, str]
) -> None:
    call, contact_id = talk
    await follow(platform, contact_id)
    await call.until(lambda: call.room == "off_p.1")
    (sue,) = followers(platform)
    assert (sue.address, sue.muted, sue.coaches) == ("client:sue", True, "")
    assert (call.connected, call.connections) == (True, 1)
    assert platform.contacts.ended == []


@pytest.mark.parametrize(("mode", "muted", "coached"), [("whisper", False, True), ("barge", False, False)])
async def test_a_mode_says_who_hears_the_supervisor(
    platform: Platform, talk: tuple[FakeCall, str], mode: str, muted: bool, coached: bool
) -> None:
    call, contact_id = talk
    await follow(platform, contact_id, mode)
    (sue,) = followers(platform)
    assert sue.muted is muted
    assert sue.coaches == (call.legs[-1].sid if coached else "")


async def test_changing_the_mode_rings_nobody_again(platform: Platform, talk: tuple[FakeCall, str]) -> None:
    _, contact_id = talk
    await follow(platform, contact_id)
    (before,) = followers(platform)
    for mode in ("whisper", "barge", "barge"):
        await follow(platform, contact_id, mode)
    (after,) = followers(platform)
    assert after.call_sid == before.call_sid
    assert (after.muted, after.coaches) == (False, "")


async def test_two_supervisors_follow_one_call(platform: Platform, talk: tuple[FakeCall, str]) -> None:
    call, contact_id = talk
    await follow(platform, contact_id)
    await follow(platform, contact_id, "whisper", "tom")
    assert [each.address for each in followers(platform)] == ["client:sue", "client:tom"]
    assert call.connections == 1


async def test_when_the_supervisor_leaves_the_talk_goes_on(platform: Platform, talk: tuple[FakeCall, str]) -> None:
    call, contact_id = talk
    await follow(platform, contact_id)
    await call.until(lambda: call.room == "off_p.1")
    for _ in range(2):
        await platform.channels.monitors.leave(tenant="acme", contact_id=contact_id, supervisor_id="sue")
    assert followers(platform) == []
    assert call.connected
    assert platform.contacts.ended == []


async def test_an_agent_who_hangs_up_in_the_room_ends_the_contact(
    platform: Platform, talk: tuple[FakeCall, str]
) -> None:
    call, contact_id = talk
    await follow(platform, contact_id)
    await call.until(lambda: call.room == "off_p.1")
    call.hang_up_agent()
    await eventually(lambda: platform.contacts.ended)
    assert platform.contacts.ended == [(contact_id, "agent", "agent-1")]
    assert followers(platform) == []


async def test_a_caller_who_hangs_up_in_the_room_ends_the_contact(
    platform: Platform, talk: tuple[FakeCall, str]
) -> None:
    call, contact_id = talk
    await follow(platform, contact_id)
    await call.until(lambda: call.room == "off_p.1")
    await call.hang_up()
    assert platform.contacts.ended == [(contact_id, "customer", "")]


async def test_a_transfer_out_of_the_room_holds_the_caller_and_rings_the_next_agent(
    platform: Platform, talk: tuple[FakeCall, str]
) -> None:
    call, contact_id = talk
    await follow(platform, contact_id)
    await call.until(lambda: call.room == "off_p.1")
    await platform.channels.voice.hold(tenant="acme", contact_id=contact_id, offer_id="off_p.1")
    await call.until(lambda: call.activity == "queued")
    assert followers(platform) == []
    await connect(platform, call, contact_id, offer="off_p.2", agent="agent-2")
    assert (call.agent, call.connections) == ("agent-2", 2)
    assert platform.contacts.ended == []
    await follow(platform, contact_id)
    await call.until(lambda: call.room == "off_p.2")


async def test_a_repeated_report_that_the_agents_leg_left_keeps_the_caller_in_the_room(
    platform: Platform, talk: tuple[FakeCall, str]
) -> None:
    call, contact_id = talk
    await follow(platform, contact_id)
    await call.until(lambda: call.room == "off_p.1")
    again = await platform.provider.webhooks.post(
        f"{platform.hooks}/voice/dialled?offer=off_p.1", call.fields() | {"DialCallStatus": "completed"}
    )
    assert "off_p.1</Conference>" in again.text
    assert platform.contacts.ended == []


async def test_a_call_that_waits_is_not_followed(platform: Platform, account: httpx.AsyncClient) -> None:
    _, contact_id = await arrive(platform)
    with pytest.raises(SendRefused) as refused:
        await follow(platform, contact_id)
    assert refused.value.code == "agent-not-on-line"


async def test_a_call_whose_agent_has_just_hung_up_is_not_followed(
    platform: Platform, talk: tuple[FakeCall, str]
) -> None:
    call, contact_id = talk
    call.legs[-1].status = "completed"
    with pytest.raises(SendRefused) as refused:
        await follow(platform, contact_id)
    assert refused.value.code == "agent-not-on-line"


async def test_a_provider_that_does_not_answer_is_told_so_and_asked_again(
    platform: Platform, talk: tuple[FakeCall, str]
) -> None:
    call, contact_id = talk
    platform.provider.faults += ["", "lose-answer"]
    with pytest.raises(SendUnavailable):
        await follow(platform, contact_id)
    await follow(platform, contact_id)
    await call.until(lambda: call.room == "off_p.1")
    assert [each.address for each in followers(platform)] == ["client:sue"]


async def test_an_agent_who_hangs_up_in_the_moment_of_the_move_is_told_apart_from_the_move(
    platform: Platform, talk: tuple[FakeCall, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    call, contact_id = talk
    move = TwilioRooms.move_agent

    async def too_late(rooms: TwilioRooms, of: Call, leg: str) -> None:
        call.hang_up_agent()
        await call.until(lambda: call.room == "off_p.1")
        await move(rooms, of, leg)

    monkeypatch.setattr(TwilioRooms, "move_agent", too_late)
    with pytest.raises(SendRefused) as refused:
        await follow(platform, contact_id)
    assert refused.value.code == "agent-gone"
    await platform.channels.voice.release(tenant="acme", contact_id=contact_id)
    await call.until_ended()
