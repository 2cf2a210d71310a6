"""A supervisor assigns by hand, changes priority and takes over; every intervention is an event with its author."""

import pytest

from services.routing.domain.desk_events import ContactAssignedByHand, ContactPriorityChanged, ContactTakenOver
from services.routing.domain.events import AgentStateChanged, ContactTransferred, OfferMade, OfferWithdrawn
from tests.unit.routing.desk import Desk
from tests.unit.routing.driver import BLENDED, code, names, skills, the


@pytest.fixture
def pool() -> Desk:
    return Desk()


def test_a_contact_is_assigned_beyond_queue_and_skills(pool: Desk) -> None:
    pool.agent("bob", "billing", skills=skills(tech=5))
    pool.agent("ann")
    pool.set("bob", "not_ready", "meal")
    pool.enqueue("c1", required=skills(tech=5))
    done = pool.assign("c1", "ann")
    assert names(done) == ["OfferMade", "ContactAssignedByHand", "AgentStateChanged"]
    assert the(OfferMade, done).decision.rule == "assigned-by-hand"
    told = the(ContactAssignedByHand, done)
    assert (told.by, told.holder.agent_id, told.forced) == ("sue", "ann", False)
    assert code(pool.accept("c1")) is None


def test_a_contact_that_rings_elsewhere_is_withdrawn_from_there(pool: Desk) -> None:
    pool.agent("bob", "billing")
    pool.enqueue("c1")
    pool.agent("ann")
    done = pool.assign("c1", "ann")
    withdrawn = the(OfferWithdrawn, done)
    assert (withdrawn.holder.agent_id, withdrawn.reason) == ("bob", "assigned-by-hand")
    assert pool.with_whom("c1") == "ann"
    assert pool.shown("bob") == "available"


def test_a_contact_that_rings_at_the_agent_already_is_left_there(pool: Desk) -> None:
    pool.agent("ann", "billing")
    pool.enqueue("c1")
    done = pool.assign("c1", "ann")
    assert (done.events, done.refusal) == ((), None)


def test_an_assigned_offer_that_is_let_ring_waits_again_in_its_place(pool: Desk) -> None:
    pool.agent("ann")
    pool.enqueue("c1")
    before = pool.state.contacts["c1"]
    pool.assign("c1", "ann")
    pool.later(20)
    assert pool.shown("ann") == "not_ready"
    after = pool.state.contacts["c1"]
    assert getattr(after, "rank", None) == getattr(before, "rank", "none")


def test_capacity_holds_unless_forced(pool: Desk) -> None:
    pool.agent("ann", "billing")
    pool.enqueue("c1")
    pool.accept("c1")
    pool.enqueue("c2")
    assert code(pool.assign("c2", "ann")) == "agent-at-capacity"
    done = pool.assign("c2", "ann", force=True)
    assert the(ContactAssignedByHand, done).forced
    assert pool.state.agents["ann"].held_units == 200


def test_an_agent_who_is_not_ready_is_asked_only_by_force(pool: Desk) -> None:
    pool.agent("ann", "billing")
    pool.set("ann", "not_ready", "meal")
    pool.enqueue("c1")
    assert code(pool.assign("c1", "ann")) == "agent-not-available"
    assert code(pool.assign("c1", "ann", force=True)) is None


def test_nobody_is_given_what_they_cannot_take_even_by_force(pool: Desk) -> None:
    pool.agent("ann", "billing", available=False)
    pool.agent("bob", "billing", channels=BLENDED[1:])
    pool.enqueue("c1")
    assert code(pool.assign("c1", "ann", force=True)) == "agent-not-available"
    assert code(pool.assign("c1", "bob", force=True)) == "channel-not-served"
    assert code(pool.assign("c1", "nobody")) == "agent-unknown"
    assert code(pool.assign("c9", "ann")) == "contact-unknown"


def test_a_conversation_is_not_assigned_but_taken_over(pool: Desk) -> None:
    pool.agent("ann", "billing")
    pool.enqueue("c1")
    pool.accept("c1")
    pool.agent("bob", "billing")
    assert code(pool.assign("c1", "bob")) == "contact-connected"


def test_a_raised_priority_overtakes_who_came_before(pool: Desk) -> None:
    pool.enqueue("c1")
    pool.later(60)
    pool.enqueue("c2")
    changed = the(ContactPriorityChanged, pool.prioritise("c2", 5))
    assert (changed.own_priority, changed.by) == (5, "sue")
    pool.agent("ann", "billing")
    assert pool.with_whom("c2") == "ann"


def test_a_priority_set_back_counts_the_whole_wait_again(pool: Desk) -> None:
    pool.enqueue("c1")
    pool.later(60)
    pool.enqueue("c2")
    pool.prioritise("c2", 5)
    pool.prioritise("c2", 0)
    pool.agent("ann", "billing")
    assert pool.with_whom("c1") == "ann"


def test_a_priority_changed_while_it_rings_counts_when_it_comes_back(pool: Desk) -> None:
    pool.agent("ann", "billing")
    pool.enqueue("c1")
    pool.enqueue("c2")
    pool.prioritise("c1", -1)
    pool.reject("c1")
    assert pool.with_whom("c2") == "ann"


def test_the_queues_priority_stays_when_a_contacts_own_is_changed(pool: Desk) -> None:
    pool.queue("gold", priority=7)
    pool.enqueue("c1", "gold")
    assert the(ContactPriorityChanged, pool.prioritise("c1", 2)).priority == 9
    assert pool.prioritise("c1", 2).events == ()


def test_a_conversation_has_no_priority_any_more(pool: Desk) -> None:
    pool.agent("ann", "billing")
    pool.enqueue("c1")
    pool.accept("c1")
    assert code(pool.prioritise("c1", 2)) == "contact-connected"
    assert code(pool.prioritise("c9", 2)) == "contact-unknown"


def test_a_conversation_is_taken_over_in_one_instant(pool: Desk) -> None:
    pool.agent("ann", "billing")
    pool.enqueue("c1")
    pool.accept("c1")
    pool.agent("sue")
    done = pool.take_over("c1", "sue")
    assert names(done)[:5] == [
        "ContactTransferred",
        "ContactQueued",
        "OfferMade",
        "OfferAccepted",
        "ContactTakenOver",
    ]
    told = the(ContactTakenOver, done)
    assert (told.previous.agent_id, told.holder.agent_id, told.by) == ("ann", "sue", "sue")
    assert the(ContactTransferred, done).entry.number + 1 == told.entry.number
    assert (pool.shown("ann"), pool.shown("sue")) == ("wrap_up", "busy")
    assert pool.with_whom("c1") == "sue"


def test_who_was_taken_over_from_writes_up_and_goes_on(pool: Desk) -> None:
    pool.agent("ann", "billing")
    pool.enqueue("c1")
    pool.accept("c1")
    pool.agent("sue")
    pool.take_over("c1", "sue")
    assert code(pool.wrap_up("c1", "ann")) is None
    assert pool.shown("ann") == "available"
    pool.end("c1", "agent", "sue")
    assert pool.shown("sue") == "wrap_up"


def test_without_time_for_wrap_up_a_take_over_frees_the_holder(pool: Desk) -> None:
    pool.queue("quick", wrap_up_seconds=0)
    pool.agent("ann", "quick")
    pool.enqueue("c1", "quick")
    pool.accept("c1")
    pool.agent("sue")
    pool.take_over("c1", "sue")
    assert (pool.shown("ann"), pool.shown("sue")) == ("available", "busy")


def test_only_what_another_talks_with_is_taken_over(pool: Desk) -> None:
    pool.enqueue("c1")
    assert code(pool.take_over("c1", "sue")) == "contact-waiting"
    pool.agent("ann", "billing")
    pool.agent("sue")
    assert code(pool.take_over("c1", "sue")) == "contact-offered"
    pool.accept("c1")
    assert code(pool.take_over("c1", "ann")) == "already-the-holder"
    assert code(pool.take_over("c9", "sue")) == "contact-unknown"


def test_a_taker_who_is_full_takes_over_by_force_only(pool: Desk) -> None:
    for agent, contact in (("ann", "c1"), ("sue", "c2")):
        pool.agent(agent, "billing")
        pool.enqueue(contact)
        pool.accept(contact)
    assert code(pool.take_over("c1", "sue")) == "agent-at-capacity"
    assert code(pool.take_over("c1", "sue", force=True)) is None


def test_a_forced_state_names_who_forced_it(pool: Desk) -> None:
    pool.agent("ann", "billing")
    changed = the(AgentStateChanged, pool.force("ann", "not_ready", "coaching"))
    assert (changed.set_state, changed.set_reason, changed.forced_by) == ("not_ready", "coaching", "sue")
    assert the(AgentStateChanged, pool.set("ann", "available")).forced_by == ""


def test_a_forced_sign_out_gives_offers_back_and_spares_conversations(pool: Desk) -> None:
    pool.agent("ann", "billing")
    for contact in ("talks", "rings"):
        pool.enqueue(contact, channel="chat")
    pool.accept("talks")
    assert code(pool.force("ann", "offline")) == "agent-holds-contacts"
    done = pool.force("ann", "offline", force=True)
    changed = the(AgentStateChanged, done)
    assert the(OfferWithdrawn, done).reason == "agent-left"
    assert (changed.state, changed.set_state, changed.held_units) == ("busy", "offline", 30)
    assert (pool.with_whom("talks"), pool.with_whom("rings")) == ("ann", None)
    pool.end("talks", "agent", "ann")
    pool.wrap_up("talks", "ann")
    assert pool.shown("ann") == "offline"
    assert pool.with_whom("rings") is None
