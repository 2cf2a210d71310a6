"""Agents sign in and out, join and leave; queues come and go; commands come twice or too late."""

from dataclasses import replace

import pytest

from services.routing.domain import commands as c
from services.routing.domain.engine import begin
from services.routing.domain.events import (
    AgentJoinedPool,
    AgentLeftPool,
    AgentStateChanged,
    ContactFlowedOut,
    OfferWithdrawn,
)
from services.routing.domain.settings import AgentProfile, QueueRules
from tests.unit.routing.driver import Driver, code, names, the


@pytest.fixture
def pool() -> Driver:
    driver = Driver()
    driver.queue("billing", ring_seconds=20, wrap_up_seconds=30)
    return driver


def test_a_new_agent_joins_offline(pool: Driver) -> None:
    done = pool.agent("ann", "billing", available=False)
    assert names(done) == ["AgentJoinedPool", "AgentProfiled"]
    assert the(AgentJoinedPool, done).pool_id == "front"
    assert pool.shown("ann") == "offline"


def test_a_change_tells_what_was_shown_before_and_since_when(pool: Driver) -> None:
    pool.agent("ann", "billing", available=False)
    joined = pool.now
    pool.later(10)
    changed = the(AgentStateChanged, pool.set("ann", "available"))
    assert (changed.previous_state, changed.previous_since) == ("offline", joined)


def test_setting_the_same_state_again_changes_nothing(pool: Driver) -> None:
    pool.agent("ann", "billing")
    again = pool.set("ann", "available")
    assert (again.events, again.refusal) == ((), None)


@pytest.mark.parametrize(
    ("state", "reason"), [("busy", ""), ("ringing", ""), ("not_ready", "bored"), ("available", "meal"), ("", "")]
)
def test_only_the_known_states_and_reasons_can_be_set(pool: Driver, state: str, reason: str) -> None:
    pool.agent("ann", "billing")
    assert code(pool.set("ann", state, reason)) == "state-unknown"


def test_an_unknown_agent_is_refused(pool: Driver) -> None:
    assert code(pool.set("nobody", "available")) == "agent-unknown"


def test_signing_out_with_contacts_in_hand_is_refused(pool: Driver) -> None:
    pool.agent("ann", "billing")
    pool.enqueue("c1")
    pool.accept("c1")
    assert code(pool.set("ann", "offline")) == "agent-holds-contacts"
    pool.end("c1")
    assert code(pool.set("ann", "offline")) == "agent-holds-contacts"
    pool.wrap_up("c1", "ann")
    assert code(pool.set("ann", "offline")) is None


def test_a_set_state_is_told_while_the_agent_is_busy(pool: Driver) -> None:
    pool.agent("ann", "billing")
    pool.enqueue("c1")
    pool.accept("c1")
    changed = the(AgentStateChanged, pool.set("ann", "not_ready", "meal"))
    assert (changed.state, changed.set_state, changed.set_reason) == ("busy", "not_ready", "meal")
    assert (changed.previous_state, changed.held_units) == ("busy", 100)


def test_a_removed_agent_finishes_what_it_holds_and_then_leaves(pool: Driver) -> None:
    pool.agent("ann", "billing")
    pool.enqueue("chat", channel="chat")
    pool.accept("chat")
    pool.enqueue("ring", channel="chat")
    done = pool.remove_agent("ann")
    assert the(OfferWithdrawn, done).reason == "agent-left"
    assert pool.with_whom("ring") is None
    pool.end("chat")
    left = pool.wrap_up("chat", "ann")
    assert names(left) == ["WrapUpCompleted", "AgentStateChanged", "AgentLeftPool"]
    assert the(AgentStateChanged, left).state == "offline"
    assert the(AgentLeftPool, left).agent_id == "ann"
    assert "ann" not in pool.state.agents


def test_an_idle_agent_leaves_at_once(pool: Driver) -> None:
    pool.agent("ann", "billing", available=False)
    assert names(pool.remove_agent("ann")) == ["AgentLeaving", "AgentLeftPool"]


def test_an_older_setting_does_not_bring_a_removed_agent_back(pool: Driver) -> None:
    pool.agent("ann", "billing")
    old = pool.state.agents["ann"].profile
    pool.remove_agent("ann")
    again = pool.do(c.ConfigureAgent(id="again", issued_at=pool.now, profile=old))
    assert (again.events, again.refusal) == ((), None)


def test_an_older_setting_of_a_queue_is_ignored(pool: Driver) -> None:
    rules = QueueRules(queue_id="billing", ring_seconds=1, version=1)
    assert pool.do(c.ConfigureQueue(id="x", issued_at=pool.now, rules=rules)).events == ()
    assert pool.state.queues["billing"].ring_seconds == 20


def test_who_waits_in_a_removed_queue_flows_out(pool: Driver) -> None:
    pool.agent("ann", "billing")
    pool.enqueue("rings")
    pool.enqueue("waits")
    done = pool.remove_queue("billing")
    assert names(done) == [
        "OfferWithdrawn",
        "ContactFlowedOut",
        "ContactFlowedOut",
        "QueueRemoved",
        "AgentStateChanged",
    ]
    assert {event.reason for event in done.events if isinstance(event, ContactFlowedOut)} == {"queue-removed"}
    assert code(pool.enqueue("late")) == "queue-unknown"


def test_a_conversation_outlives_its_queue(pool: Driver) -> None:
    pool.agent("ann", "billing")
    pool.enqueue("c1")
    pool.accept("c1")
    pool.remove_queue("billing")
    assert names(pool.end("c1")) == ["ContactEnded", "AgentStateChanged"]


def test_a_smaller_capacity_lets_the_agent_finish_what_it_holds(pool: Driver) -> None:
    pool.agent("ann", "billing")
    for contact in ("c1", "c2"):
        pool.enqueue(contact, channel="chat")
    profile = AgentProfile(agent_id="ann", queue_ids=("billing",), capacity_units=10, version=99)
    pool.do(c.ConfigureAgent(id="smaller", issued_at=pool.now, profile=profile))
    pool.enqueue("c3", channel="chat")
    assert [pool.with_whom(contact) for contact in ("c1", "c2", "c3")] == ["ann", "ann", None]


def test_a_repeated_command_does_nothing_and_is_answered_as_before(pool: Driver) -> None:
    pool.agent("ann", "billing")
    command = c.EnqueueContact(
        id="once", issued_at=pool.now, contact_id="c1", entry=1, queue_id="billing", channel="chat", queued_at=pool.now
    )
    pool.do(command)
    again = pool.do(command)
    assert (again.repeated, again.events, again.refusal) == (True, (), None)


def test_a_repeated_refusal_is_the_same_though_the_state_has_changed(pool: Driver) -> None:
    command = c.SetAgentState(id="once", issued_at=pool.now, agent_id="ann", state="available")
    assert code(pool.do(command)) == "agent-unknown"
    pool.agent("ann", "billing", available=False)
    assert code(pool.do(command)) == "agent-unknown"


def test_a_command_older_than_its_answer_would_be_kept_is_refused(pool: Driver) -> None:
    old = pool.now - 600_001
    command = c.EnqueueContact(
        id="old", issued_at=old, contact_id="c1", entry=1, queue_id="billing", channel="chat", queued_at=old
    )
    assert code(pool.do(command)) == "command-expired"


def test_an_end_and_a_setting_are_never_too_late(pool: Driver) -> None:
    old = pool.now - 3_600_000
    end = c.EndContact(id="end", issued_at=old, contact_id="c1", ended_by="customer")
    rules = c.ConfigureQueue(id="rules", issued_at=old, rules=QueueRules(queue_id="new", version=1))
    assert (code(pool.do(end)), code(pool.do(rules))) == (None, None)


def test_answers_are_forgotten_after_ten_minutes_and_ends_after_twenty(pool: Driver) -> None:
    pool.end("c1")
    assert pool.state.answers
    pool.later(600.001)
    assert not pool.state.answers
    pool.later(599.998)
    assert "c1" in pool.state.ends
    pool.later(0.002)
    assert not pool.state.ends


def test_time_never_runs_backwards(pool: Driver) -> None:
    assert begin(pool.state, pool.now - 5_000) == pool.now


def test_a_second_chat_is_told_as_a_change_of_load(pool: Driver) -> None:
    pool.agent("ann", "billing")
    pool.enqueue("c1", channel="chat")
    pool.accept("c1")
    pool.later(5)
    pool.enqueue("c2", channel="chat")
    pool.later(7)
    changed = the(AgentStateChanged, pool.end("c2"))
    assert (changed.state, changed.previous_state) == ("busy", "busy")
    assert (changed.held_units, changed.previous_held_units) == (30, 60)
    assert changed.previous_since == pool.now - 7_000


def test_another_capacity_is_told_of_who_is_signed_in_and_of_nobody_else(pool: Driver) -> None:
    pool.agent("ann", "billing", available=False)
    profile = pool.state.agents["ann"].profile
    assert names(pool.configure(replace(profile, capacity_units=50, version=2))) == ["AgentProfiled"]
    pool.set("ann", "available")
    done = pool.configure(replace(profile, capacity_units=80, version=3))
    assert names(done) == ["AgentProfiled", "AgentStateChanged"]
    assert the(AgentStateChanged, done).capacity_units == 80
    assert names(pool.configure(replace(profile, capacity_units=80, version=4))) == ["AgentProfiled"]
