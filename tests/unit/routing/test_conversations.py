"""How contacts end, are passed on and written up."""

import pytest

from services.routing.domain.events import (
    AgentStateChanged,
    ContactAbandoned,
    ContactEnded,
    ContactFlowedOut,
    ContactQueued,
    ContactTransferred,
    OfferMade,
    OfferWithdrawn,
    WrapUpCompleted,
)
from services.routing.domain.settings import ChannelOffers
from tests.unit.routing.driver import Driver, code, names, skills, the


@pytest.fixture
def pool() -> Driver:
    driver = Driver()
    driver.queue("billing", ring_seconds=20, wrap_up_seconds=30)
    driver.queue("sales", ring_seconds=20, wrap_up_seconds=30, target_seconds=60)
    driver.agent("ann", "billing")
    return driver


def talking(pool: Driver, contact_id: str = "c1") -> None:
    pool.enqueue(contact_id)
    pool.accept(contact_id)


def test_an_ended_conversation_begins_the_wrap_up(pool: Driver) -> None:
    talking(pool)
    pool.later(40)
    done = pool.end("c1")
    ended = the(ContactEnded, done)
    assert (ended.ended_by, ended.answered_at) == ("customer", pool.now - 40_000)
    assert the(AgentStateChanged, done).state == "wrap_up"


def test_the_holder_may_end_a_contact_and_nobody_else(pool: Driver) -> None:
    pool.agent("bob", "billing")
    talking(pool)
    assert code(pool.end("c1", by="agent", agent_id="bob")) == "not-the-holder"
    assert the(ContactEnded, pool.end("c1", by="agent", agent_id="ann")).ended_by == "agent"


def test_an_agent_may_not_end_what_only_rings(pool: Driver) -> None:
    pool.enqueue("c1")
    assert code(pool.end("c1", by="agent", agent_id="ann")) == "not-the-holder"


def test_an_agent_may_not_end_what_is_not_here(pool: Driver) -> None:
    assert code(pool.end("c1", by="agent", agent_id="ann")) == "contact-unknown"


def test_a_customer_who_leaves_while_waiting_has_abandoned(pool: Driver) -> None:
    pool.enqueue("c1", "sales")
    assert names(pool.end("c1")) == ["ContactAbandoned"]
    assert "c1" not in pool.state.contacts


def test_a_second_end_changes_nothing(pool: Driver) -> None:
    talking(pool)
    pool.end("c1")
    again = pool.end("c1", by="agent", agent_id="ann")
    assert (again.events, again.refusal) == ((), None)


def test_an_end_that_comes_before_its_enqueue_meets_it(pool: Driver) -> None:
    pool.end("c1", by="system")
    done = pool.enqueue("c1")
    assert names(done) == ["ContactQueued", "ContactAbandoned"]
    assert the(ContactAbandoned, done).ended_by == "system"


def test_an_end_meets_every_later_entry(pool: Driver) -> None:
    talking(pool)
    pool.end("c1")
    assert names(pool.enqueue("c1", entry=2)) == ["ContactQueued", "ContactAbandoned"]
    assert names(pool.enqueue("c1", entry=3)) == ["ContactQueued", "ContactAbandoned"]


def test_a_contact_that_waits_is_not_queued_twice(pool: Driver) -> None:
    pool.enqueue("c1", "sales")
    assert code(pool.enqueue("c1", "sales")) == "already-queued"


def test_an_unknown_queue_is_refused(pool: Driver) -> None:
    assert code(pool.enqueue("c1", "nowhere")) == "queue-unknown"
    talking(pool)
    assert code(pool.transfer("c1", "nowhere", agent_id="ann")) == "queue-unknown"


def test_wrap_up_ends_with_its_disposition(pool: Driver) -> None:
    talking(pool)
    pool.end("c1")
    pool.later(10)
    done = the(WrapUpCompleted, pool.wrap_up("c1", "ann", "resolved"))
    assert (done.disposition, done.timed_out, done.ended_at) == ("resolved", False, pool.now - 10_000)


def test_wrap_up_has_a_limit(pool: Driver) -> None:
    talking(pool)
    pool.end("c1")
    assert pool.later(29.999) == []
    events = pool.later(0.001)
    assert names(events) == ["WrapUpCompleted", "AgentStateChanged"]
    assert the(WrapUpCompleted, events).timed_out
    assert code(pool.wrap_up("c1", "ann")) == "not-in-wrap-up"


def test_no_wrap_up_time_means_none(pool: Driver) -> None:
    pool.queue("billing", wrap_up_seconds=0)
    talking(pool)
    done = pool.end("c1")
    assert names(done) == ["ContactEnded", "WrapUpCompleted", "AgentStateChanged"]
    assert the(AgentStateChanged, done).state == "available"


def test_wrap_up_waits_for_the_conversation_to_end(pool: Driver) -> None:
    talking(pool)
    assert code(pool.wrap_up("c1", "ann")) == "contact-connected"


def test_a_transfer_in_the_pool_is_the_next_entry_with_the_same_priority(pool: Driver) -> None:
    pool.enqueue("c1", priority=4, required=skills(cantonese=1))
    pool.agent("ann", "billing", skills=skills(cantonese=1))
    pool.accept("c1")
    pool.later(30)
    done = pool.transfer("c1", "sales", agent_id="ann")
    assert names(done) == ["ContactTransferred", "ContactQueued", "AgentStateChanged"]
    queued = the(ContactQueued, done)
    assert (queued.entry.number, queued.entry.queue_id, queued.transferred_from) == (2, "sales", "billing")
    assert (queued.priority, queued.entry.queued_at, queued.entry.target_seconds) == (4, pool.now, 60)
    assert queued.required_skills == skills(cantonese=1)
    assert the(AgentStateChanged, done).state == "wrap_up"
    assert the(WrapUpCompleted, pool.wrap_up("c1", "ann")).transferred


def test_whoever_passes_a_contact_on_is_not_the_first_to_get_it_back(pool: Driver) -> None:
    pool.queue("billing", wrap_up_seconds=0)
    pool.agent("ann", "billing", "sales")
    pool.agent("bob", "sales")
    talking(pool)
    pool.later(5)
    assert the(OfferMade, pool.transfer("c1", "sales", agent_id="ann")).holder.agent_id == "bob"


def test_a_transfer_to_another_pool_ends_the_entry_here(pool: Driver) -> None:
    talking(pool)
    done = pool.transfer("c1", "field", agent_id="ann", to_pool="back")
    passed_on = the(ContactTransferred, done)
    assert names(done) == ["ContactTransferred", "AgentStateChanged"]
    assert (passed_on.to_queue, passed_on.to_pool) == ("field", "back")
    assert "c1" not in pool.state.contacts


def test_an_agent_passes_on_only_what_it_talks_with(pool: Driver) -> None:
    pool.agent("bob", "sales")
    talking(pool)
    assert code(pool.transfer("c1", "sales", agent_id="bob")) == "not-the-holder"
    assert code(pool.transfer("c9", "sales", agent_id="ann")) == "contact-unknown"


def test_a_supervisor_moves_a_waiting_contact(pool: Driver) -> None:
    pool.enqueue("c1", "sales", priority=1)
    done = pool.transfer("c1", "billing")
    assert names(done)[:2] == ["ContactFlowedOut", "ContactQueued"]
    left = the(ContactFlowedOut, done)
    assert (left.reason, left.to_queue, left.to_pool) == ("transfer", "billing", "front")
    assert the(ContactQueued, done).priority == 1
    assert pool.with_whom("c1") == "ann"


def test_a_supervisor_moves_what_rings_and_the_offers_are_withdrawn(pool: Driver) -> None:
    pool.queue("billing", channel_offers=(ChannelOffers(channel="voice", at_once=2),))
    pool.agent("bob", "billing", "sales")
    pool.enqueue("c1", priority=2)
    assert len(pool.state.rings["c1"]) == 2
    done = pool.transfer("c1", "sales")
    assert names(done)[:4] == ["OfferWithdrawn", "OfferWithdrawn", "ContactFlowedOut", "ContactQueued"]
    assert {event.reason for event in done.events if isinstance(event, OfferWithdrawn)} == {"moved"}
    queued = the(ContactQueued, done)
    assert (queued.entry.number, queued.entry.queue_id, queued.transferred_from) == (2, "sales", "billing")
    assert (queued.own_priority, pool.with_whom("c1")) == (2, "bob")
    assert pool.shown("ann") == "available"


def test_what_rings_is_moved_to_another_pool(pool: Driver) -> None:
    pool.enqueue("c1")
    done = pool.transfer("c1", "field", to_pool="back")
    assert names(done)[:2] == ["OfferWithdrawn", "ContactFlowedOut"]
    assert (the(ContactFlowedOut, done).to_pool, "c1" in pool.state.contacts) == ("back", False)


def test_what_rings_is_moved_neither_by_its_agent_nor_to_a_queue_that_is_not_there(pool: Driver) -> None:
    pool.enqueue("c1")
    assert code(pool.transfer("c1", "sales", agent_id="ann")) == "not-the-holder"
    assert code(pool.transfer("c1", "nowhere")) == "queue-unknown"
    assert pool.with_whom("c1") == "ann"


def test_an_agent_wraps_up_the_first_of_two_talks_with_one_contact_first(pool: Driver) -> None:
    pool.agent("ann", "billing", "sales")
    pool.enqueue("c1", channel="chat")
    pool.accept("c1")
    pool.transfer("c1", "sales", agent_id="ann")
    pool.accept("c1")
    pool.end("c1")
    assert the(WrapUpCompleted, pool.wrap_up("c1", "ann")).entry.number == 1
    assert the(WrapUpCompleted, pool.wrap_up("c1", "ann")).entry.number == 2
