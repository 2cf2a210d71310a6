"""How a queue chooses among the agents who may have a contact, and in which order an agent serves its queues."""

import pytest

from services.routing.domain.events import OfferMade
from services.routing.domain.settings import CHOICES
from tests.unit.routing.driver import Driver, skills, the


def handled(pool: Driver, contact_id: str, seconds: float) -> None:
    """Let whoever is offered a contact talk for a while and write it up at once."""
    pool.accept(contact_id)
    agent_id = pool.with_whom(contact_id) or ""
    pool.later(seconds)
    pool.end(contact_id)
    pool.wrap_up(contact_id, agent_id)


def test_the_longest_idle_agent_is_chosen_unless_the_queue_says_otherwise() -> None:
    pool = Driver()
    pool.queue("billing")
    pool.agent("ann", "billing")
    pool.later(1)
    pool.agent("bob", "billing")
    assert the(OfferMade, pool.enqueue("c1")).holder.agent_id == "ann"


def test_the_most_skilled_agent_is_chosen_by_required_and_preferred_skills_together() -> None:
    pool = Driver()
    pool.queue("power", choice="most-skilled", required_skills=skills(outage=2), preferred_skills=skills(cantonese=1))
    pool.agent("ann", "power", skills=skills(outage=6))
    pool.agent("bob", "power", skills=skills(outage=3, cantonese=5))
    pool.agent("cid", "power", skills=skills(cantonese=10))
    decision = the(OfferMade, pool.enqueue("c1", "power")).decision
    assert decision.rule == "most-skilled"
    assert [(a.agent_id, a.verdict, a.measure) for a in decision.considered] == [
        ("bob", "chosen", -8),
        ("ann", "less-skilled", -6),
    ]


def test_the_least_occupied_agent_is_the_one_who_handled_least_since_signing_in() -> None:
    pool = Driver()
    pool.queue("billing", choice="least-occupied")
    pool.agent("ann", "billing")
    pool.later(1)
    pool.agent("bob", "billing")
    pool.enqueue("c1")
    handled(pool, "c1", 100)
    pool.enqueue("c2")
    assert pool.with_whom("c2") == "bob"
    handled(pool, "c2", 30)
    assert the(OfferMade, pool.enqueue("c3")).holder.agent_id == "bob"
    handled(pool, "c3", 90)
    decision = the(OfferMade, pool.enqueue("c4")).decision
    assert [(a.agent_id, a.verdict) for a in decision.considered] == [("ann", "chosen"), ("bob", "more-occupied")]


def test_signing_in_again_begins_a_new_count_of_handling() -> None:
    pool = Driver()
    pool.queue("billing", choice="least-occupied")
    pool.agent("ann", "billing")
    pool.enqueue("c1")
    handled(pool, "c1", 100)
    pool.agent("bob", "billing")
    pool.enqueue("c2")
    handled(pool, "c2", 10)
    pool.set("ann", "offline")
    pool.set("ann", "available")
    assert the(OfferMade, pool.enqueue("c3")).holder.agent_id == "ann"


def test_round_robin_goes_through_all_agents_however_long_each_talks() -> None:
    pool = Driver()
    pool.queue("billing", choice="round-robin")
    for agent in ("ann", "bob", "cid"):
        pool.agent(agent, "billing")
    turns = []
    for number, seconds in enumerate((50, 1, 20, 3, 60, 1)):
        pool.enqueue(f"c{number}")
        turns.append(pool.with_whom(f"c{number}"))
        handled(pool, f"c{number}", seconds)
    assert turns == ["ann", "bob", "cid", "ann", "bob", "cid"]


def test_a_contact_goes_first_to_agents_who_rank_its_queue_higher() -> None:
    pool = Driver()
    pool.queue("billing")
    pool.queue("sales")
    pool.agent("ann", "billing", "sales", ranks={"billing": 2, "sales": 1})
    pool.later(10)
    pool.agent("bob", "billing", "sales")
    decision = the(OfferMade, pool.enqueue("c1", "billing")).decision
    assert [(a.agent_id, a.verdict, a.rank) for a in decision.considered] == [
        ("bob", "chosen", 1),
        ("ann", "lower-rank", 2),
    ]


def test_a_freed_agent_looks_into_the_queue_that_it_ranks_first_even_where_others_wait_longer() -> None:
    pool = Driver()
    pool.queue("billing")
    pool.queue("sales")
    pool.agent("ann", "billing", "sales", ranks={"billing": 2, "sales": 1}, available=False)
    pool.enqueue("old", "billing", priority=5)
    pool.later(60)
    pool.enqueue("new", "sales")
    assert the(OfferMade, pool.set("ann", "available")).entry.contact_id == "new"


@pytest.mark.parametrize("choice", CHOICES)
def test_an_idle_agent_comes_before_one_who_has_something_in_every_choice(choice: str) -> None:
    pool = Driver()
    pool.queue("billing", choice=choice, preferred_skills=skills(tech=1))
    pool.agent("ann", "billing", skills=skills(tech=9))
    pool.enqueue("c1", channel="chat")
    pool.accept("c1")
    pool.agent("bob", "billing")
    assert the(OfferMade, pool.enqueue("c2", channel="chat")).holder.agent_id == "bob"


@pytest.mark.parametrize("choice", CHOICES)
def test_a_change_of_choice_holds_for_who_waits_already(choice: str) -> None:
    pool = Driver()
    pool.queue("billing")
    pool.enqueue("c1")
    pool.queue("billing", choice=choice)
    offer = the(OfferMade, pool.agent("ann", "billing"))
    assert offer.decision.rule == choice


class TestLastAgent:
    """A contact is kept for its customer's last agent for a bounded time."""

    def pool(self) -> Driver:
        pool = Driver()
        pool.queue("billing", sticky_seconds=30)
        pool.agent("ann", "billing")
        pool.later(1)
        pool.agent("bob", "billing")
        return pool

    def test_the_last_agent_is_chosen_although_another_is_idle_longer(self) -> None:
        assert the(OfferMade, self.pool().enqueue("c1", last_agent="bob")).holder.agent_id == "bob"

    def test_a_contact_waits_for_its_last_agent_and_then_goes_to_anybody(self) -> None:
        pool = self.pool()
        pool.enqueue("other", last_agent="bob")
        pool.accept("other")
        assert not [e for e in pool.enqueue("c1", last_agent="bob").events if isinstance(e, OfferMade)]
        assert pool.later(29.9) == []
        widened, offer, _ = pool.later(0.1)
        assert (type(widened).__name__, getattr(widened, "reason", "")) == ("SearchWidened", "kept-over")
        assert isinstance(offer, OfferMade)
        assert offer.holder.agent_id == "ann"

    def test_nobody_waits_for_an_agent_who_is_not_signed_in_or_may_not_have_the_contact(self) -> None:
        pool = self.pool()
        pool.set("bob", "offline")
        assert the(OfferMade, pool.enqueue("c1", last_agent="bob")).holder.agent_id == "ann"
        pool.queue("sales", sticky_seconds=30)
        pool.agent("cid", "sales")
        assert the(OfferMade, pool.enqueue("c2", "sales", last_agent="bob")).holder.agent_id == "cid"

    def test_a_last_agent_who_declines_is_asked_again_only_once_the_time_is_over_and_others_had_it(self) -> None:
        pool = self.pool()
        pool.enqueue("c1", last_agent="bob")
        pool.reject("c1")
        pool.later(30)
        assert pool.with_whom("c1") in {"ann", "bob"}
