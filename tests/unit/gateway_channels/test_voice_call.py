"""What a caller's leg does: every stage, and every report that comes twice or late."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.adapters.twilio_twiml import TwilioTwiml
from services.gateway.domain import voice_call as calls
from services.gateway.domain.voice_call import Ask, Call, Connect, HangUp, Hold, KeepLine, Question, Stage

CALL = Call(tenant="acme", contact_id="cnt_1", call_sid="CA1", caller="+1555", called="+1556", greeting="您好")
TALKING = calls.connected_to(CALL, offer_id="o1", agent_id="a1", agent_address="")
QUESTION = Question(delivery_id="ntc_1", text="1-5?", scale_max=5)

Act = Callable[[Call], Call]
ACTS: dict[str, Act] = {
    "accept 1": lambda call: calls.connected_to(call, offer_id="o1", agent_id="a1", agent_address=""),
    "accept 2": lambda call: calls.connected_to(call, offer_id="o2", agent_id="a2", agent_address=""),
    "hold": calls.held,
    "part": calls.parted,
    "agent hangs up": lambda call: calls.agent_left(call, offer_id="o1", answered=True),
    "move": lambda call: calls.moving_to_room(call, offer_id="o1", leg="CA2"),
    "move fails": lambda call: calls.not_in_room(call, leg="CA2"),
    "agent is busy": lambda call: calls.agent_left(call, offer_id="o1", answered=False),
    "ask": lambda call: calls.asked(call, QUESTION),
    "patience ends": calls.patience_ended,
    "caller leaves": calls.over,
    "tell": lambda call: calls.let_go(call, last_step="message", announcement="Closed."),
    "take a message": lambda call: calls.let_go(call, last_step="voicemail", announcement=""),
    "settle": calls.settled,
    "hear on hold": lambda call: calls.hears_on_hold(call, announcement="One moment."),
    "pass on": lambda call: calls.passed_on(call, entry=1),
}


@given(st.lists(st.sampled_from(sorted(ACTS)), max_size=12))
def test_a_call_that_is_over_stays_over_whatever_comes(acts: list[str]) -> None:
    call = CALL
    for name in acts:
        after = ACTS[name](call)
        if call.stage is Stage.OVER:
            assert after.stage is Stage.OVER
        call = after


@given(st.lists(st.sampled_from(sorted(ACTS)), max_size=12))
def test_what_comes_twice_in_a_row_changes_nothing_more(acts: list[str]) -> None:
    call = CALL
    for name in acts:
        once = ACTS[name](call)
        if name != "agent is busy":
            assert ACTS[name](once) == once
        call = once


def test_a_report_about_an_earlier_agent_is_passed_over() -> None:
    second = calls.connected_to(calls.held(TALKING), offer_id="o2", agent_id="a2", agent_address="")
    assert calls.agent_left(second, offer_id="o1", answered=True) == second


def test_an_agent_is_rung_three_times_and_no_more() -> None:
    call = TALKING
    for _ in range(calls.MOST_DIALS):
        call = calls.agent_left(call, offer_id="o1", answered=False)
    assert call.stage is Stage.PARTING


def test_a_question_is_put_only_to_a_caller_kept_for_it() -> None:
    assert calls.asked(TALKING, QUESTION) == TALKING
    assert calls.asked(calls.parted(TALKING), QUESTION).stage is Stage.ASKING


def test_every_stage_knows_what_to_do() -> None:
    asking = calls.asked(calls.parted(TALKING), QUESTION)
    assert calls.instruction(CALL) == Hold()
    assert calls.instruction(TALKING) == Connect(offer_id="o1", agent_id="a1", agent_address="")
    assert calls.instruction(calls.parted(TALKING)) == KeepLine()
    assert calls.instruction(asking) == Ask(question=QUESTION)
    assert calls.instruction(calls.over(CALL)) == HangUp()


TWIML = TwilioTwiml("https://sw.example/", patience_seconds=7)
BASE = "https://sw.example/v1/providers/twilio/acme/voice"


def test_a_greeting_is_said_before_the_queue() -> None:
    document = TWIML.render(CALL, Hold(greeting="您好"))
    assert document.endswith(
        '<Response><Say language="zh-CN">您好</Say>'
        f'<Enqueue action="{BASE}/queue" method="POST" waitUrl="{BASE}/wait" waitUrlMethod="POST">switchyard</Enqueue>'
        "</Response>"
    )


@pytest.mark.parametrize(
    ("address", "leg"),
    [
        ("", "<Client>a1</Client>"),
        ("+8613800000000", "<Number>+8613800000000</Number>"),
        ("sip:a@b", "<Sip>sip:a@b</Sip>"),
    ],
)
def test_an_agent_is_dialled_where_they_are(address: str, leg: str) -> None:
    connect = Connect(offer_id="o&1", agent_id="a1", agent_address=address)
    document = TWIML.render(CALL, connect)
    assert leg in document
    assert f'action="{BASE}/dialled?offer=o%261"' in document


def test_a_question_takes_one_digit() -> None:
    document = TWIML.render(CALL, Ask(question=QUESTION))
    assert f'<Gather action="{BASE}/survey?delivery=ntc_1" method="POST" numDigits="1" timeout="8">' in document


def test_a_kept_caller_waits_as_long_as_is_set() -> None:
    assert '<Pause length="7" />' in TWIML.render(CALL, KeepLine())


def test_a_greeting_cannot_bring_its_own_verbs() -> None:
    document = TWIML.render(replace(CALL, greeting="x"), Hold(greeting="<Dial>+1900</Dial>"))
    assert "<Dial>" not in document


def test_a_caller_who_is_let_go_hears_why_and_the_line_ends() -> None:
    told = calls.let_go(CALL, last_step="message", announcement="We are closed.")
    document = TwilioTwiml("https://x").render(told, calls.instruction(told))
    assert (told.stage, told.told) == (Stage.TELLING, False)
    assert document.index("We are closed.") < document.index("<Hangup")


@pytest.mark.parametrize(("step", "words"), [("callback", "回电"), ("message", "稍后再拨"), ("", "稍后再拨")])
def test_without_an_announcement_the_words_are_in_the_language_of_the_greeting(step: str, words: str) -> None:
    told = calls.let_go(CALL, last_step=step, announcement="")
    assert words in TwilioTwiml("https://x").render(told, calls.instruction(told))


def test_a_message_is_recorded_and_reported_to_the_same_call() -> None:
    recording = calls.let_go(CALL, last_step="voicemail", announcement="Speak.")
    document = TwilioTwiml("https://x").render(recording, calls.instruction(recording))
    assert 'action="https://x/v1/providers/twilio/acme/voice/recorded"' in document
    assert 'recordingStatusCallback="https://x/v1/providers/twilio/acme/voice/recording"' in document
    assert document.index("Speak.") < document.index("<Record") < document.index("<Redirect")


def test_who_hangs_up_while_recording_is_awaited_for_the_recording() -> None:
    left = calls.over(calls.let_go(CALL, last_step="voicemail", announcement=""))
    assert (left.stage, left.is_live) == (Stage.AWAITED, True)
    assert calls.over(left) == left
    assert calls.settled(left).stage is Stage.OVER


def test_who_talks_is_not_let_go() -> None:
    assert calls.let_go(TALKING, last_step="message", announcement="") == TALKING


def test_who_is_passed_on_before_they_wait_hears_it_on_hold() -> None:
    twiml = TwilioTwiml("https://x")
    passed_on = calls.passed_on(CALL, entry=1)
    assert (passed_on.told, calls.passed_on(passed_on, entry=1)) == (False, passed_on)
    assert "One moment." not in twiml.waiting(passed_on)
    assert "One moment." in twiml.waiting(calls.hears_on_hold(passed_on, announcement="One moment."))


def test_an_agents_leg_that_was_moved_takes_the_caller_along() -> None:
    moving = calls.moving_to_room(replace(TALKING, told=True), offer_id="o1", leg="CA2")
    both = calls.agent_left(moving, offer_id="o1", answered=True)
    assert calls.instruction(both) == calls.JoinRoom(offer_id="o1")
    left = calls.agent_left(both, offer_id="o1", answered=True, from_room=True)
    assert left.stage is Stage.PARTING


def test_the_next_agent_begins_outside_the_room() -> None:
    moving = calls.moving_to_room(TALKING, offer_id="o1", leg="CA2")
    second = calls.connected_to(calls.held(moving), offer_id="o2", agent_id="a2", agent_address="")
    assert (second.room_leg, second.in_room) == ("", False)
    assert isinstance(calls.instruction(second), Connect)


def test_only_the_agent_who_talks_is_moved() -> None:
    assert calls.moving_to_room(CALL, offer_id="o1", leg="CA2") == CALL
    assert calls.moving_to_room(TALKING, offer_id="o9", leg="CA2") == TALKING


def test_a_move_that_failed_lets_the_agents_end_count_again() -> None:
    failed = calls.not_in_room(calls.moving_to_room(TALKING, offer_id="o1", leg="CA2"), leg="CA2")
    assert calls.agent_left(failed, offer_id="o1", answered=True).stage is Stage.PARTING
