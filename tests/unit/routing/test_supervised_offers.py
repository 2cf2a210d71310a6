"""A supervisor's hand on contacts that ring at several agents, are parked, or wait under rule steps."""

import pytest

from services.routing.domain.desk_events import ContactAssignedByHand, ContactPriorityChanged, ContactTakenOver
from services.routing.domain.emergency import Emergency
from services.routing.domain.events import OfferMade, OfferWithdrawn, SearchWidened, WorkInterrupted
from services.routing.domain.queue_steps import Overflow, RuleStep, WayOut
from services.routing.domain.settings import ChannelOffers
from services.routing.domain.stays import Parked, Waiting
from services.routing.domain.timers import HOLD, STEP
from tests.unit.routing.desk import Desk
from tests.unit.routing.driver import code, names, the
from tests.unit.routing.emergencies import declare
from tests.unit.routing.test_interrupting import BLENDED as INTERRUPTED_BY_CALLS
from tests.unit.routing.test_parking import POISON, breaks_on_poison


@pytest.fixture
def pool() -> Desk:
    """Ann and Bob are rung at once; Cid has another queue."""
    desk = Desk()
    desk.queue(
        "billing",
        wrap_up_seconds=30,
        channel_offers=(ChannelOffers(channel="voice", ring_seconds=12, at_once=5),),
        steps=(RuleStep(after_seconds=60, raise_priority=3),),
    )
    for agent, queues in (("ann", ["billing"]), ("bob", ["billing"]), ("cid", [])):
        desk.agent(agent, *queues)
        desk.later(1)
    return desk


def ringing(pool: Desk, contact_id: str) -> list[str]:
    return [offer.holder.agent_id for offer in pool.state.offers_of(contact_id)]


def test_an_assigned_contact_stops_ringing_at_everybody_else(pool: Desk) -> None:
    pool.enqueue("c1")
    assert ringing(pool, "c1") == ["ann", "bob"]
    offers = pool.state.offers_of("c1")
    done = pool.assign("c1", "cid")
    assert names(done)[:4] == ["OfferWithdrawn", "OfferWithdrawn", "OfferMade", "ContactAssignedByHand"]
    assert {event.reason for event in done.events if isinstance(event, OfferWithdrawn)} == {"assigned-by-hand"}
    assert ringing(pool, "c1") == ["cid"]
    assert [pool.shown(agent) for agent in ("ann", "bob", "cid")] == ["available", "available", "ringing"]
    assert [pool.state.timers.due_of((HOLD, offer.offer_id)) for offer in offers] == [None, None]
    assert pool.state.timers.due_of((HOLD, the(OfferMade, done).offer_id)) == pool.now + 12_000


def test_assigned_to_one_of_those_asked_it_rings_on_there_alone(pool: Desk) -> None:
    pool.enqueue("c1")
    _, second = pool.state.offers_of("c1")
    done = pool.assign("c1", "bob")
    assert the(OfferWithdrawn, done).holder.agent_id == "ann"
    assert the(ContactAssignedByHand, done).offer_id == second.offer_id
    assert (ringing(pool, "c1"), pool.shown("ann")) == (["bob"], "available")
    assert pool.assign("c1", "bob").events == ()
    assert code(pool.accept_as(second.offer_id, "bob")) is None


def test_an_assignment_that_is_refused_leaves_every_offer_as_it_was(pool: Desk) -> None:
    pool.enqueue("c1")
    pool.set("cid", "not_ready", "meal")
    assert code(pool.assign("c1", "cid")) == "agent-not-available"
    assert ringing(pool, "c1") == ["ann", "bob"]


def test_what_rings_at_several_is_taken_over_only_when_one_of_them_has_it(pool: Desk) -> None:
    pool.enqueue("c1")
    assert code(pool.take_over("c1", "cid")) == "contact-offered"
    pool.accept("c1")
    assert code(pool.take_over("c1", "cid")) is None
    assert pool.with_whom("c1") == "cid"
    assert [pool.shown(agent) for agent in ("ann", "bob", "cid")] == ["wrap_up", "available", "busy"]


def test_a_priority_changed_while_it_rings_holds_whoever_declines_last(pool: Desk) -> None:
    pool.enqueue("c1")
    pool.prioritise("c1", -1)
    offers = pool.state.offers_of("c1")
    assert {offer.waiting.own_priority for offer in offers} == {-1}
    assert [pool.state.timers.due_of((HOLD, offer.offer_id)) for offer in offers] == [pool.now + 12_000] * 2
    pool.restart()
    for agent in ("ann", "bob"):
        pool.set(agent, "not_ready")
        pool.reject("c1")
    waiting = pool.state.contacts["c1"]
    assert isinstance(waiting, Waiting)
    assert (waiting.own_priority, -waiting.rank[0]) == (-1, -1)


def test_steps_add_to_a_priority_set_by_hand_before_and_after(pool: Desk) -> None:
    for agent in ("ann", "bob"):
        pool.set(agent, "not_ready")
    pool.enqueue("c1")
    pool.prioritise("c1", 2)
    assert the(SearchWidened, pool.later(60)).priority == 5
    assert the(ContactPriorityChanged, pool.prioritise("c1", 4)).priority == 7
    pool.queue("billing", priority=10)
    waiting = pool.state.contacts["c1"]
    assert isinstance(waiting, Waiting)
    assert -waiting.rank[0] == 17


def test_a_changed_priority_keeps_the_time_of_the_next_step(pool: Desk) -> None:
    for agent in ("ann", "bob"):
        pool.set(agent, "not_ready")
    pool.enqueue("c1")
    due = pool.state.timers.due_of((STEP, "c1"))
    pool.later(20)
    pool.prioritise("c1", 2)
    assert pool.state.timers.due_of((STEP, "c1")) == due == pool.now + 40_000


def test_a_decision_by_hand_names_the_step_that_the_contact_was_at(pool: Desk) -> None:
    for agent in ("ann", "bob"):
        pool.set(agent, "not_ready")
    pool.enqueue("c1")
    pool.later(60)
    assert the(OfferMade, pool.assign("c1", "cid")).decision.rule_step == 1


def test_a_parked_contact_is_assigned_by_hand_and_its_priority_changes(
    pool: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.routing.domain.lane.ROUTING_POLICIES", (breaks_on_poison,))
    pool.enqueue(POISON)
    assert isinstance(pool.state.contacts[POISON], Parked)
    assert the(ContactPriorityChanged, pool.prioritise(POISON, 2)).priority == 2
    pool.restart()
    assert code(pool.take_over(POISON, "cid")) == "contact-parked"
    assert code(pool.assign(POISON, "cid")) is None
    pool.accept(POISON)
    assert pool.with_whom(POISON) == "cid"
    assert pool.state.unanswered["billing"] == 0


def test_who_takes_unasked_is_given_an_assigned_contact_unasked() -> None:
    pool = Desk()
    pool.queue("billing", channel_offers=(ChannelOffers(channel="chat", auto_accept=True),))
    pool.agent("ann")
    pool.enqueue("c1", channel="chat")
    assert names(pool.assign("c1", "ann"))[:3] == ["OfferMade", "OfferAccepted", "ContactAssignedByHand"]
    assert pool.shown("ann") == "busy"


def test_a_take_over_leads_out_of_no_queue_however_full_it_is() -> None:
    pool = Desk()
    pool.queue("sales")
    pool.queue("billing", overflows=(Overflow(on="no-staff", then=WayOut(to_queue="sales")),))
    pool.agent("ann", "billing")
    pool.enqueue("c1")
    pool.accept("c1")
    pool.agent("sue")
    pool.force("ann", "offline", force=True)
    done = pool.take_over("c1", "sue")
    assert "ContactFlowedOut" not in names(done)
    stay = pool.state.contacts["c1"]
    assert (stay.entry.queue_id, pool.with_whom("c1")) == ("billing", "sue")


def test_an_emergency_gives_up_who_sits_at_the_site_not_who_belongs_to_it() -> None:
    pool = Desk()
    pool.agent("ann", "billing", site="north", available=False)
    pool.agent("bob", "billing", site="south", available=False)
    pool.sit("ann", site="south")
    pool.sit("bob", site="north")
    declare(pool, Emergency(closed_sites=("north",)))
    pool.restart()
    pool.enqueue("c1")
    assert pool.with_whom("c1") == "ann"
    assert not pool.state.agents["bob"].available()
    pool.force("bob", "offline")
    pool.sit("bob", site="south")
    assert pool.state.agents["bob"].available()


def test_an_agent_at_a_site_that_is_given_up_is_assigned_nothing() -> None:
    pool = Desk()
    pool.agent("ann", site="north")
    declare(pool, Emergency(closed_sites=("north",)))
    pool.enqueue("c1")
    refused = pool.assign("c1", "ann").refusal
    assert refused is not None
    assert (refused.code, refused.detail) == (
        "agent-not-available",
        "Agent ann takes nothing now: it is at a site that is given up.",
    )


def at_email(agent_id: str) -> Desk:
    """A pool with an agent who is at an e-mail that calls interrupt."""
    pool = Desk()
    pool.agent(agent_id, "billing", channels=INTERRUPTED_BY_CALLS)
    pool.enqueue("mail", channel="email")
    pool.accept("mail")
    return pool


def test_a_call_assigned_by_hand_sets_email_work_aside_like_any_other() -> None:
    pool = at_email("ann")
    pool.queue("sales")
    pool.enqueue("call", "sales")
    done = pool.assign("call", "ann")
    assert names(done)[:3] == ["WorkInterrupted", "OfferMade", "ContactAssignedByHand"]
    assert the(WorkInterrupted, done).by_offer_id == the(OfferMade, done).offer_id
    assert pool.state.agents["ann"].held_units == 100
    assert "WorkResumed" in names(pool.reject("call"))


def test_a_call_that_is_taken_over_sets_email_work_aside_and_gives_it_back() -> None:
    pool = at_email("sue")
    pool.set("sue", "not_ready")
    pool.agent("ann", "billing")
    pool.enqueue("call")
    pool.accept("call")
    pool.set("sue", "available")
    done = pool.take_over("call", "sue")
    assert the(WorkInterrupted, done).by_offer_id == the(ContactTakenOver, done).offer_id
    pool.end("call", "agent", "sue")
    assert "WorkResumed" in names(pool.wrap_up("call", "sue"))
    assert pool.with_whom("mail") == "sue"
