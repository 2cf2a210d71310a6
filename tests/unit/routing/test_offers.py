"""What becomes of an offer."""

import pytest

from services.routing.domain import commands as c
from services.routing.domain.events import (
    AgentStateChanged,
    ContactAbandoned,
    OfferAccepted,
    OfferMade,
    OfferRejected,
    OfferTimedOut,
    OfferWithdrawn,
)
from tests.unit.routing.driver import Driver, code, names, the


@pytest.fixture
def pool() -> Driver:
    driver = Driver()
    driver.queue("billing", ring_seconds=20, wrap_up_seconds=30)
    driver.agent("ann", "billing")
    driver.later(1)
    return driver


def test_an_accepted_offer_makes_the_agent_busy(pool: Driver) -> None:
    pool.enqueue("c1")
    pool.later(3)
    done = pool.accept("c1")
    accepted = the(OfferAccepted, done)
    assert accepted.offered_at == pool.now - 3_000
    assert the(AgentStateChanged, done).state == "busy"
    assert the(AgentStateChanged, done).previous_state == "ringing"
    assert the(AgentStateChanged, done).previous_since == pool.now - 3_000


def test_a_second_accept_is_refused(pool: Driver) -> None:
    pool.enqueue("c1")
    pool.accept("c1")
    assert code(pool.accept("c1")) == "offer-closed"


def test_another_agent_may_not_accept(pool: Driver) -> None:
    pool.enqueue("c1")
    offer_id, _ = pool.offer_of("c1")
    answer = pool.do(c.AcceptOffer(id="x", issued_at=pool.now, offer_id=offer_id, agent_id="bob"))
    assert code(answer) == "offer-of-another-agent"


@pytest.mark.parametrize(
    ("offer_id", "expected"),
    [
        ("off_front.1", "offer-closed"),
        ("off_front.2", "offer-unknown"),
        ("off_front.0", "offer-unknown"),
        ("off_back.1", "offer-unknown"),
        ("off_front.x", "offer-unknown"),
        ("", "offer-unknown"),
        ("off_front." + "9" * 5000, "offer-unknown"),
    ],
)
def test_a_closed_offer_is_told_from_one_that_never_was(pool: Driver, offer_id: str, expected: str) -> None:
    pool.enqueue("c1")
    pool.end("c1")
    assert code(pool.do(c.AcceptOffer(id="x", issued_at=pool.now, offer_id=offer_id, agent_id="ann"))) == expected


def test_a_rejection_leaves_the_agent_available_and_the_contact_in_its_place(pool: Driver) -> None:
    pool.agent("bob", "billing")
    pool.enqueue("c1")
    pool.later(2)
    pool.enqueue("c2")
    done = pool.reject("c1", reason="wrong-language")
    assert the(OfferRejected, done).reason == "wrong-language"
    assert pool.state.agents["ann"].set_state == "available"
    assert pool.state.contacts["c1"].entry.queued_at == pool.now - 2_000


def test_an_offer_that_times_out_sets_the_agent_not_ready_and_goes_on_to_the_next(pool: Driver) -> None:
    pool.agent("bob", "billing")
    pool.enqueue("c1")
    assert pool.later(19.999) == []
    events = pool.later(0.001)
    assert names(events) == ["OfferTimedOut", "OfferMade", "AgentStateChanged", "AgentStateChanged"]
    assert the(OfferTimedOut, events).holder.agent_id == "ann"
    assert the(OfferMade, events).holder.agent_id == "bob"
    ann, bob = (event for event in events if isinstance(event, AgentStateChanged))
    assert (ann.holder.agent_id, ann.state, ann.reason, ann.set_state) == ("ann", "not_ready", "system", "not_ready")
    assert (bob.holder.agent_id, bob.state) == ("bob", "ringing")


def test_an_accept_in_the_batch_of_its_time_out_still_counts(pool: Driver) -> None:
    pool.enqueue("c1")
    pool.now += 60_000
    assert names(pool.accept("c1")) == ["OfferAccepted", "AgentStateChanged"]
    assert pool.later(0) == []


def test_a_timed_out_contact_keeps_its_place(pool: Driver) -> None:
    pool.enqueue("c1")
    pool.later(1)
    pool.enqueue("c2")
    pool.later(20)
    pool.agent("bob", "billing")
    assert pool.with_whom("c1") == "bob"


def test_an_offer_is_withdrawn_when_the_customer_leaves(pool: Driver) -> None:
    pool.enqueue("c1")
    done = pool.end("c1")
    assert names(done) == ["OfferWithdrawn", "ContactAbandoned", "AgentStateChanged"]
    assert the(OfferWithdrawn, done).reason == "customer-left"
    assert the(ContactAbandoned, done).ended_by == "customer"
    assert the(AgentStateChanged, done).state == "available"
    assert pool.later(60) == []


def test_a_withdrawn_offer_frees_the_agent_for_the_next_contact(pool: Driver) -> None:
    pool.enqueue("c1")
    pool.enqueue("c2")
    assert the(OfferMade, pool.end("c1")).entry.contact_id == "c2"


def test_signing_out_while_it_rings_gives_the_offer_back(pool: Driver) -> None:
    pool.enqueue("c1")
    done = pool.set("ann", "offline")
    assert names(done) == ["OfferWithdrawn", "AgentStateChanged"]
    assert the(OfferWithdrawn, done).reason == "agent-left"
    assert the(AgentStateChanged, done).state == "offline"
    assert pool.with_whom("c1") is None
    pool.agent("bob", "billing")
    assert pool.with_whom("c1") == "bob"


def test_an_offer_rings_on_while_its_agent_goes_not_ready(pool: Driver) -> None:
    pool.enqueue("c1")
    changed = the(AgentStateChanged, pool.set("ann", "not_ready", "break"))
    assert (changed.state, changed.set_state, changed.set_reason) == ("ringing", "not_ready", "break")
    assert names(pool.accept("c1")) == ["OfferAccepted", "AgentStateChanged"]
    pool.end("c1")
    assert the(AgentStateChanged, pool.wrap_up("c1", "ann")).state == "not_ready"


def test_offers_are_numbered_per_pool(pool: Driver) -> None:
    pool.enqueue("c1")
    pool.end("c1")
    assert the(OfferMade, pool.enqueue("c2")).offer_id == "off_front.2"
