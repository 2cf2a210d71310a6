"""A contact that breaks a rule is parked and announced, and the pool goes on without it."""

import pytest

from services.routing.application.snapshots import restored, snapshot
from services.routing.domain import matching
from services.routing.domain.agent import Agent
from services.routing.domain.engine import TimerBroke, begin, fire_due, park, replay
from services.routing.domain.events import (
    ContactFlowedOut,
    ContactParked,
    ContactQueued,
    OfferMade,
    OfferWithdrawn,
)
from services.routing.domain.policies import POLICIES_OF_LAST_RESORT, ROUTING_POLICIES
from services.routing.domain.pool import PoolState
from services.routing.domain.stays import Offered, Waiting
from tests.unit.routing.driver import Driver, code, names, the

#: Comes before the others where they are equally old.
POISON = "bad"


def breaks_on_poison(waiting: Waiting, _: Agent) -> str | None:
    """Stand for an expression that divides by an attribute of the contact."""
    return None if 1 / (waiting.entry.contact_id != POISON) else "never"


@pytest.fixture
def broken_rule(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setattr("services.routing.domain.lane.ROUTING_POLICIES", (*ROUTING_POLICIES, breaks_on_poison))
    monkeypatch.setattr(
        "services.routing.domain.lane.POLICIES_OF_LAST_RESORT", (*POLICIES_OF_LAST_RESORT, breaks_on_poison)
    )
    return monkeypatch


def a_pool() -> Driver:
    pool = Driver()
    pool.queue("billing", ring_seconds=5, wrap_up_seconds=0)
    return pool


def test_the_guilty_contact_is_parked_and_the_next_one_has_the_agent(broken_rule: pytest.MonkeyPatch) -> None:
    pool = a_pool()
    pool.enqueue(POISON)
    pool.enqueue("c1")
    step = pool.agent("ann", "billing")
    parked = the(ContactParked, step)
    assert (parked.entry.contact_id, parked.reason, parked.error) == (POISON, "matching-failed", "ZeroDivisionError")
    assert the(OfferMade, step).entry.contact_id == "c1"
    assert code(step) is None


def test_a_contact_that_breaks_a_rule_as_it_comes_is_queued_and_parked(broken_rule: pytest.MonkeyPatch) -> None:
    pool = a_pool()
    pool.agent("ann", "billing")
    assert names(pool.enqueue(POISON)) == ["ContactQueued", "ContactParked"]
    assert "OfferMade" in names(pool.enqueue("c1"))


def test_a_parked_contact_is_asked_about_no_more(broken_rule: pytest.MonkeyPatch) -> None:
    pool = a_pool()
    pool.agent("ann", "billing")
    pool.enqueue(POISON)
    pool.enqueue("c1")
    pool.accept("c1")
    assert "ContactParked" not in names(pool.end("c1"))
    assert [each.entry.contact_id for each in pool.state.parked_in("billing")] == [POISON]


def test_whoever_declined_the_guilty_contact_still_gets_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """An agent is set aside while others are looked at; a rule that raises just then must not lose the agent."""
    monkeypatch.setattr(
        "services.routing.domain.lane.ROUTING_POLICIES", (*ROUTING_POLICIES, breaks_on_poison_at("bob"))
    )
    pool = a_pool()
    pool.agent("ann", "billing")
    pool.enqueue(POISON)
    pool.agent("bob", "billing")
    assert "ContactParked" in names(pool.reject(POISON))
    assert the(OfferMade, pool.enqueue("c1")).holder.agent_id == "ann"
    assert the(OfferMade, pool.enqueue("c2")).holder.agent_id == "bob"


def breaks_on_poison_at(agent_id: str) -> object:
    def rule(waiting: Waiting, agent: Agent) -> str | None:
        return breaks_on_poison(waiting, agent) if agent.id == agent_id else None

    return rule


def test_a_parked_contact_may_leave(broken_rule: pytest.MonkeyPatch) -> None:
    pool = a_pool()
    pool.agent("ann", "billing")
    pool.enqueue(POISON)
    assert names(pool.end(POISON)) == ["ContactAbandoned"]
    assert POISON not in pool.state.contacts


def test_a_transfer_takes_a_parked_contact_out_once_the_rule_is_mended(broken_rule: pytest.MonkeyPatch) -> None:
    pool = a_pool()
    pool.agent("ann", "billing")
    pool.enqueue(POISON)
    assert names(pool.transfer(POISON, "billing"))[-1] == "ContactParked"
    broken_rule.undo()
    step = pool.transfer(POISON, "billing")
    assert the(ContactFlowedOut, step).entry.number == 2
    assert the(ContactQueued, step).entry.number == 3
    assert the(OfferMade, step).entry.contact_id == POISON


def test_a_parked_contact_flows_out_with_its_queue(broken_rule: pytest.MonkeyPatch) -> None:
    pool = a_pool()
    pool.agent("ann", "billing")
    pool.enqueue(POISON)
    assert the(ContactFlowedOut, pool.remove_queue("billing")).reason == "queue-removed"


def test_it_stays_parked_over_a_restart_and_a_replay(broken_rule: pytest.MonkeyPatch) -> None:
    pool = a_pool()
    pool.agent("ann", "billing")
    pool.enqueue(POISON)
    replayed = PoolState(pool_id="front")
    for now, step in pool.steps:
        replay(replayed, step, begin(replayed, now))
    assert list(snapshot(restored(snapshot(pool.state)))) == list(snapshot(replayed)) == list(snapshot(pool.state))
    assert restored(snapshot(pool.state)).parked_in("billing") == pool.state.parked_in("billing")


def test_an_index_that_is_out_of_step_parks_one_contact_and_stops_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    pool = a_pool()
    pool.enqueue("c1")

    def misses(state: PoolState, contact: Waiting, now: int) -> None: ...

    monkeypatch.setattr(matching, "_chosen", misses)
    assert the(ContactParked, pool.agent("ann", "billing")).error == "IndexOutOfStepError"


def test_a_timer_that_breaks_names_its_offer_and_its_contact_is_parked(monkeypatch: pytest.MonkeyPatch) -> None:
    pool = a_pool()
    pool.agent("ann", "billing")
    pool.enqueue("c1")

    def broken(offer: Offered, now: int) -> object:
        raise ZeroDivisionError

    monkeypatch.setattr("services.routing.domain.decisions.deadlines.time_out", broken)
    before = list(snapshot(pool.state))
    with pytest.raises(TimerBroke) as broke:
        list(fire_due(pool.state, pool.now + 5_000, pool.now + 5_000))
    assert broke.value.key == ("hold", "off_front.1")
    step = park(restored(before), broke.value.key, broke.value.error, pool.now + 5_000)
    assert step is not None
    assert the(OfferWithdrawn, step).reason == "contact-parked"
    assert (the(ContactParked, step).reason, the(ContactParked, step).error) == ("timer-failed", "ZeroDivisionError")
    assert park(pool.state, ("hold", "off_front.9"), "ZeroDivisionError", pool.now) is None
