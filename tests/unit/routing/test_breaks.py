"""At most so many of a team are on break at once: the next is refused, or waits for somebody to come back."""

import pytest

from services.routing.application.snapshots import restored, snapshot
from services.routing.domain import commands as c
from services.routing.domain.desk_commands import ReportPresence
from services.routing.domain.engine import Step, begin, replay
from services.routing.domain.events import AgentStateChanged
from services.routing.domain.floor.events import BreakGranted, BreakRequested, BreakRequestEnded
from services.routing.domain.floor.rules import BREAKS_AT_ONCE
from services.routing.domain.pool import PoolState
from tests.unit.routing.driver import code, names, the
from tests.unit.routing.test_floor_rules import MINUTE, Floor, told

TEAM = tuple(f"agent-{number}" for number in range(10))
ANN, BOB, CID, DEE = TEAM[:4]


@pytest.fixture
def floor() -> Floor:
    """Ten of a team, of whom two may be on break; two are."""
    driver = Floor()
    driver.queue("billing", ring_seconds=20, wrap_up_seconds=30)
    for agent in TEAM:
        driver.member(agent)
    driver.set(ANN, "not_ready", "break")
    driver.set(BOB, "not_ready", "break")
    return driver


def ask(floor: Floor, agent_id: str) -> Step:
    return floor.do(
        c.SetAgentState(
            id=floor.id(), issued_at=floor.now, agent_id=agent_id, state="not_ready", reason="break", queue=True
        )
    )


def cancel(floor: Floor, agent_id: str) -> Step:
    return floor.do(c.CancelBreak(id=floor.id(), issued_at=floor.now, agent_id=agent_id))


def test_the_third_of_ten_is_refused_and_told_how_many_wait(floor: Floor) -> None:
    ask(floor, DEE)
    refused = floor.set(CID, "not_ready", "break")
    assert code(refused) == "too-many-on-break"
    assert refused.refusal is not None
    assert refused.refusal.detail == "2 of team days are on break and 2 may be; 1 wait for theirs."
    assert floor.shown(CID) == "available"


def test_other_reasons_and_other_teams_are_not_counted(floor: Floor) -> None:
    assert code(floor.set(CID, "not_ready", "meal")) is None
    floor.member("eve", "nights")
    assert code(floor.set("eve", "not_ready", "break")) is None


def test_an_agent_without_a_team_may_always_go(floor: Floor) -> None:
    floor.member("eve", "")
    assert code(floor.set("eve", "not_ready", "break")) is None


def test_whoever_waits_goes_when_somebody_comes_back_in_the_order_of_asking(floor: Floor) -> None:
    assert the(BreakRequested, ask(floor, CID)).position == 1
    assert the(BreakRequested, ask(floor, DEE)).position == 2
    assert floor.shown(CID) == "available"
    back = floor.set(ANN, "available")
    assert the(BreakGranted, back).holder.agent_id == CID
    changed = [event for event in back.events if isinstance(event, AgentStateChanged)]
    assert [(e.holder.agent_id, e.state, e.reason) for e in changed] == [
        (ANN, "available", ""),
        (CID, "not_ready", "break"),
    ]
    assert the(BreakGranted, floor.set(BOB, "offline")).holder.agent_id == DEE


def test_asking_again_keeps_the_place(floor: Floor) -> None:
    ask(floor, CID)
    ask(floor, DEE)
    assert ask(floor, CID).events == ()
    assert the(BreakGranted, floor.set(ANN, "available")).holder.agent_id == CID


def test_a_break_granted_while_a_contact_is_in_hand_begins_when_it_is_over(floor: Floor) -> None:
    for agent in TEAM[3:]:
        floor.set(agent, "offline")
    floor.enqueue("c1")
    floor.accept("c1")
    ask(floor, CID)
    floor.set(ANN, "not_ready", "meal")
    assert (floor.shown(CID), floor.state.agents[CID].set_reason) == ("busy", "break")
    floor.end("c1")
    floor.wrap_up("c1", CID)
    assert floor.shown(CID) == "not_ready"


def test_a_request_can_be_given_up(floor: Floor) -> None:
    ask(floor, CID)
    assert the(BreakRequestEnded, cancel(floor, CID)).reason == "cancelled"
    assert names(floor.set(ANN, "available")) == ["AgentStateChanged"]
    assert code(cancel(floor, CID)) == "break-not-requested"


def test_nobody_waits_for_a_break_who_is_not_signed_in(floor: Floor) -> None:
    floor.set(CID, "offline")
    assert code(ask(floor, CID)) == "too-many-on-break"


def test_signing_out_gives_up_the_request(floor: Floor) -> None:
    ask(floor, CID)
    assert the(BreakRequestEnded, floor.set(CID, "offline")).reason == "signed-out"


@pytest.mark.parametrize("reason", ["", "meal", "meeting"])
@pytest.mark.parametrize("forced_by", ["", "sue"])
def test_a_break_does_not_take_an_agent_out_of_what_they_were_set_to_since(
    floor: Floor, reason: str, forced_by: str
) -> None:
    ask(floor, CID)
    ask(floor, DEE)
    away = c.SetAgentState(
        id=floor.id(), issued_at=floor.now, agent_id=CID, state="not_ready", reason=reason, forced_by=forced_by
    )
    assert the(BreakRequestEnded, floor.do(away)).reason == "not-ready"
    assert the(BreakGranted, floor.set(ANN, "available")).holder.agent_id == DEE
    assert names(floor.set(BOB, "available")) == ["AgentStateChanged"]
    assert (floor.state.agents[CID].set_state, floor.state.agents[CID].set_reason) == ("not_ready", reason)


def test_who_is_in_a_meeting_may_wait_for_the_break_after_it(floor: Floor) -> None:
    floor.set(CID, "not_ready", "meeting")
    ask(floor, CID)
    moved = c.SetAgentState(
        id=floor.id(), issued_at=floor.now, agent_id=CID, state="not_ready", reason="meeting", seat="A1"
    )
    assert names(floor.do(moved)) == ["AgentStateChanged"]
    floor.set(CID, "available")
    assert the(BreakGranted, floor.set(ANN, "available")).holder.agent_id == CID


def test_who_missed_an_offer_still_waits_for_the_break(floor: Floor) -> None:
    for agent in TEAM[3:]:
        floor.set(agent, "offline")
    ask(floor, CID)
    floor.enqueue("c1")
    assert floor.with_whom("c1") == CID
    assert "BreakRequestEnded" not in [type(event).__name__ for event in floor.later(20)]
    assert floor.state.agents[CID].set_reason == "system"
    assert the(BreakGranted, floor.set(ANN, "available")).holder.agent_id == CID


def test_whoever_leaves_the_pool_makes_room_and_waits_no_more(floor: Floor) -> None:
    ask(floor, CID)
    ask(floor, DEE)
    assert the(BreakRequestEnded, floor.remove_agent(CID)).reason == "agent-left"
    assert the(BreakGranted, floor.remove_agent(ANN)).holder.agent_id == DEE


def test_a_wider_rule_lets_go_who_waits(floor: Floor) -> None:
    ask(floor, CID)
    assert the(BreakGranted, floor.rule("breaks-at-once", BREAKS_AT_ONCE, most=3)).holder.agent_id == CID


def test_a_narrower_rule_makes_a_breach_of_who_went_last(floor: Floor) -> None:
    narrower = floor.rule("breaks-at-once", BREAKS_AT_ONCE, most=1)
    assert told(narrower) == [("breaks-at-once", "reminder")]
    assert floor.open_breaches(BOB) == [("breaks-at-once", "reminder")]
    assert told(floor.set(ANN, "available")) == [("breaks-at-once", "ended: rule-changed")]


def test_a_contact_that_the_others_declined_is_offered_again_when_the_last_hope_goes_on_break(floor: Floor) -> None:
    for agent in TEAM[4:]:
        floor.set(agent, "offline")
    floor.enqueue("call")
    floor.accept("call")
    talks = floor.with_whom("call")
    assert talks is not None
    floor.enqueue("mail", channel="email")
    idle = floor.with_whom("mail")
    floor.reject("mail")
    assert floor.with_whom("mail") is None
    ask(floor, talks)
    floor.set(ANN, "offline")
    assert floor.with_whom("mail") == idle


def test_journal_and_snapshot_give_the_same_requests(floor: Floor) -> None:
    ask(floor, CID)
    ask(floor, DEE)
    floor.later(11 * MINUTE)
    floor.set(ANN, "available")
    state = PoolState(pool_id=floor.state.pool_id)
    for now, step in floor.steps:
        begin(state, now)
        replay(state, step, now)
    assert list(snapshot(state)) == list(snapshot(floor.state))
    again = restored(snapshot(floor.state))
    assert list(again.floor.requests) == [DEE]
    assert list(snapshot(again)) == list(snapshot(floor.state))


def sent_on_break(floor: Floor, agent_id: str, *, queue: bool = False, seat: str = "") -> Step:
    """Let a supervisor set it."""
    return floor.do(
        c.SetAgentState(
            id=floor.id(),
            issued_at=floor.now,
            agent_id=agent_id,
            state="not_ready",
            reason="break",
            forced_by="sue",
            queue=queue,
            seat=seat,
        )
    )


def test_whom_a_supervisor_sends_on_break_goes_although_there_is_no_room(floor: Floor) -> None:
    assert the(AgentStateChanged, sent_on_break(floor, CID)).forced_by == "sue"
    assert floor.shown(CID) == "not_ready"


def test_whom_a_supervisor_sends_on_break_breaks_no_rule_by_going_but_by_staying_away(floor: Floor) -> None:
    assert told(sent_on_break(floor, CID)) == []
    assert told(floor.set(ANN, "available")) == []
    assert [rule for rule, _ in told(floor.later(10 * MINUTE))] == ["break-10-minutes"] * 2
    assert floor.open_breaches(CID) == [("break-10-minutes", "reminder")]


def test_a_break_that_a_supervisor_orders_makes_no_breach_of_anothers(floor: Floor) -> None:
    floor.set(BOB, "available")
    floor.enqueue("c1")
    talks = floor.with_whom("c1")
    assert talks is not None
    floor.accept("c1")
    assert code(floor.set(talks, "not_ready", "break")) is None
    sent_on_break(floor, next(agent for agent in TEAM if floor.shown(agent) == "available"))
    floor.end("c1")
    assert told(floor.wrap_up("c1", talks)) == []
    assert floor.shown(talks) == "not_ready"


def test_a_break_that_was_ordered_while_a_contact_was_in_hand_is_still_ordered_when_it_begins(floor: Floor) -> None:
    floor.enqueue("c1")
    talks = floor.with_whom("c1")
    assert talks is not None
    floor.accept("c1")
    sent_on_break(floor, talks, seat="A1")
    floor.end("c1")
    again = restored(snapshot(floor.state))
    assert told(floor.wrap_up("c1", talks)) == []
    assert floor.shown(talks) == "not_ready"
    assert again.agents[talks].sent
    floor.set(talks, "available")
    assert not floor.state.agents[talks].sent


def test_who_waits_for_a_break_and_is_sent_on_one_waits_no_longer(floor: Floor) -> None:
    ask(floor, CID)
    assert the(BreakRequestEnded, sent_on_break(floor, CID)).reason == "on-break"


def test_a_supervisor_may_ask_for_an_agents_place_in_line(floor: Floor) -> None:
    assert the(BreakRequested, sent_on_break(floor, CID, queue=True)).holder.agent_id == CID
    assert floor.shown(CID) == "available"


def test_who_is_on_break_above_the_limit_still_says_where_they_sit(floor: Floor) -> None:
    sent_on_break(floor, CID)
    assert code(sent_on_break(floor, CID, queue=True, seat="A1")) is None
    assert floor.state.agents[CID].seat == "A1"


def test_an_agent_whose_connection_is_lost_is_there_again_by_asking_for_a_break(floor: Floor) -> None:
    lost = ReportPresence(id=floor.id(), issued_at=floor.now, agent_id=CID, present=False, version=1, grace_seconds=30)
    floor.do(lost)
    assert names(ask(floor, CID)) == ["BreakRequested", "AgentPresenceRegained"]
    assert floor.state.agents[CID].available()
