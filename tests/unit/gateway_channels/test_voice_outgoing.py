"""The leg of a customer who is called back: whatever comes twice, late or from an earlier call."""

from collections.abc import Callable
from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from services.gateway.domain import voice_call as calls
from services.gateway.domain import voice_outgoing as outgoing
from services.gateway.domain.voice_call import Call, Connect, HangUp, Stage

NOT_YET = Call(tenant="acme", contact_id="cnt_1", call_sid="", caller="", called="", greeting="Hello", stage=Stage.OVER)
ring = partial(outgoing.dialling, agent_id="a1", caller="+15551234567", called="+15550100")
DIALLING = ring(NOT_YET, offer_id="o1")

Act = Callable[[Call], Call]
ACTS: dict[str, Act] = {
    "accept 1": partial(ring, offer_id="o1"),
    "accept 2": partial(ring, offer_id="o2"),
    "placed": partial(outgoing.placed, ring=1, sid="CA1"),
    "named": partial(outgoing.named, ring=1, sid="CA1"),
    "answered": partial(outgoing.answered, ring=1, sid="CA1"),
    "unanswered": partial(outgoing.unanswered, ring=1),
    "placed again": partial(outgoing.placed, ring=2, sid="CA2"),
    "answered again": partial(outgoing.answered, ring=2, sid="CA2"),
    "connect": partial(calls.connected_to, offer_id="o2", agent_id="a2", agent_address=""),
    "hold": calls.held,
    "part": calls.parted,
    "hang up": calls.hung_up,
    "customer leaves": calls.over,
}


def after(*names: str) -> Call:
    call = NOT_YET
    for name in names:
        call = ACTS[name](call)
    return call


@given(st.lists(st.sampled_from(sorted(ACTS)), max_size=14))
def test_what_comes_twice_in_a_row_changes_nothing_more(acts: list[str]) -> None:
    call = NOT_YET
    for name in acts:
        once = ACTS[name](call)
        assert ACTS[name](once) == once
        call = once


@given(st.lists(st.sampled_from(sorted(ACTS)), max_size=14))
def test_no_leg_is_forgotten_and_none_counted_twice(acts: list[str]) -> None:
    call = NOT_YET
    for name in acts:
        before, call = call, ACTS[name](call)
        assert {*before.earlier_sids, before.call_sid} - {""} <= {*call.earlier_sids, call.call_sid}
        assert call.rings - before.rings in {0, 1}
        assert call.call_sid not in call.earlier_sids


def test_a_customer_who_answers_talks_to_the_agent_of_the_offer() -> None:
    call = after("accept 1", "placed", "answered")
    assert (call.stage, call.call_sid, call.told) == (Stage.TALKING, "CA1", True)
    assert calls.instruction(call) == Connect(offer_id="o1", agent_id="a1", agent_address="")


def test_an_answer_may_come_before_the_order_is_known_to_be_taken() -> None:
    assert after("accept 1", "answered", "placed") == after("accept 1", "answered")


def test_one_that_was_called_off_is_not_answered_and_stays_to_be_ended_until_it_has_a_name() -> None:
    call = after("accept 1", "hang up", "placed")
    assert (call.stage, call.call_sid, call.told) == (Stage.OVER, "CA1", False)
    answered = ACTS["answered"](call)
    assert answered == call
    assert calls.instruction(answered) == HangUp()


def test_the_next_agent_of_a_ringing_call_takes_it_as_it_rings() -> None:
    call = after("accept 1", "placed", "accept 2")
    assert (call.stage, call.offer_id, call.rings, call.call_sid) == (Stage.DIALLING, "o2", 1, "CA1")


def test_the_next_offer_after_nobody_answered_is_another_call() -> None:
    call = after("accept 1", "placed", "unanswered", "accept 2")
    assert (call.stage, call.rings, call.call_sid, call.earlier_sids) == (Stage.DIALLING, 2, "", ("CA1",))
    assert ACTS["answered"](call) == call
    assert ACTS["unanswered"](call) == call


def test_the_same_offer_after_nobody_answered_is_no_other_call() -> None:
    assert after("accept 1", "placed", "unanswered", "accept 1") == after("accept 1", "placed", "unanswered")


def test_a_ringing_customer_is_not_connected_before_they_answer() -> None:
    assert ACTS["connect"](DIALLING) == DIALLING
