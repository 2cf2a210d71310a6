"""Who gets which contact."""

import pytest

from services.routing.domain.events import ContactQueued, OfferMade
from services.routing.domain.settings import ChannelCapacity
from tests.unit.routing.driver import Driver, names, skills, the


@pytest.fixture
def pool() -> Driver:
    driver = Driver()
    driver.queue("billing", ring_seconds=20, wrap_up_seconds=30)
    return driver


def test_a_contact_goes_to_the_agent_who_has_been_idle_longest(pool: Driver) -> None:
    pool.agent("ann", "billing")
    pool.later(5)
    pool.agent("bob", "billing")
    pool.later(5)
    offer = the(OfferMade, pool.enqueue("c1"))
    assert offer.holder.agent_id == "ann"
    assert offer.decision.rule == "longest-idle"
    assert [(a.agent_id, a.verdict, a.idle_seconds) for a in offer.decision.considered] == [
        ("ann", "chosen", 10.0),
        ("bob", "idle-less-long", 5.0),
    ]
    assert offer.decision.candidates == 2
    assert offer.expires_at == pool.now + 20_000


def test_finishing_a_contact_puts_an_agent_behind_those_who_stayed_idle(pool: Driver) -> None:
    pool.agent("ann", "billing")
    pool.later(1)
    pool.agent("bob", "billing")
    pool.enqueue("c1")
    pool.accept("c1")
    pool.end("c1")
    pool.later(1)
    pool.wrap_up("c1", "ann")
    pool.enqueue("c2")
    assert pool.with_whom("c2") == "bob"


def test_an_agent_keeps_their_turn_when_the_customer_leaves_while_it_rings(pool: Driver) -> None:
    pool.agent("ann", "billing")
    pool.later(1)
    pool.agent("bob", "billing")
    pool.enqueue("c1")
    pool.later(1)
    pool.end("c1")
    pool.enqueue("c2")
    assert pool.with_whom("c2") == "ann"


def test_the_higher_priority_goes_first_and_then_the_longer_wait(pool: Driver) -> None:
    pool.enqueue("old")
    pool.later(1)
    pool.enqueue("older-than-it-looks", queued_at=pool.now - 5_000)
    pool.enqueue("vip", priority=5)
    offers = [the(OfferMade, pool.agent(agent, "billing")) for agent in ("ann", "bob", "cid")]
    assert [offer.entry.contact_id for offer in offers] == ["vip", "older-than-it-looks", "old"]


def test_a_queues_priority_adds_to_the_contacts(pool: Driver) -> None:
    pool.queue("gold", priority=3)
    pool.enqueue("c1", priority=2)
    assert the(ContactQueued, pool.enqueue("c2", "gold")).priority == 3
    pool.agent("ann", "billing", "gold")
    assert pool.with_whom("c2") == "ann"


def test_an_agent_without_the_skill_or_its_level_is_passed_over(pool: Driver) -> None:
    pool.queue("power", required_skills=skills(outage=5))
    pool.agent("novice", "power", skills=skills(outage=4))
    pool.agent("other", "power")
    pool.enqueue("c1", "power")
    assert pool.with_whom("c1") is None
    pool.agent("expert", "power", skills=skills(outage=5))
    assert pool.with_whom("c1") == "expert"


def test_a_contacts_own_skills_add_to_the_queues(pool: Driver) -> None:
    pool.queue("power", required_skills=skills(outage=5))
    pool.agent("expert", "power", skills=skills(outage=9))
    queued = the(ContactQueued, pool.enqueue("c1", "power", required=skills(cantonese=1, outage=2)))
    assert {s.skill_id: s.level for s in queued.required_skills} == {"cantonese": 1, "outage": 5}
    assert pool.with_whom("c1") is None
    pool.agent("expert", "power", skills=skills(outage=9, cantonese=1))
    assert pool.with_whom("c1") == "expert"


def test_only_agents_of_the_queue_are_asked(pool: Driver) -> None:
    pool.queue("sales")
    pool.agent("ann", "sales")
    pool.enqueue("c1")
    assert pool.with_whom("c1") is None


def test_an_agent_takes_three_chats_and_not_a_fourth(pool: Driver) -> None:
    pool.agent("ann", "billing")
    for contact in ("c1", "c2", "c3", "c4"):
        pool.enqueue(contact, channel="chat")
    assert [pool.with_whom(c) for c in ("c1", "c2", "c3", "c4")] == ["ann", "ann", "ann", None]


def test_a_call_waits_while_its_agent_chats_and_other_channels_pass_it(pool: Driver) -> None:
    pool.agent("ann", "billing")
    pool.enqueue("chat", channel="chat")
    pool.enqueue("call", channel="voice")
    pool.later(1)
    pool.enqueue("mail", channel="email")
    assert [pool.with_whom(c) for c in ("chat", "call", "mail")] == ["ann", None, "ann"]


def test_channels_share_one_capacity(pool: Driver) -> None:
    pool.agent("ann", "billing")
    for contact in ("c1", "c2"):
        pool.enqueue(contact, channel="chat")
    for contact in ("m1", "m2", "m3"):
        pool.enqueue(contact, channel="email")
    assert [pool.with_whom(c) for c in ("m1", "m2", "m3")] == ["ann", "ann", None]
    assert pool.state.agents["ann"].held_units == 100


def test_an_idle_agent_comes_before_one_who_has_something(pool: Driver) -> None:
    pool.agent("ann", "billing")
    pool.enqueue("c1", channel="chat")
    pool.accept("c1")
    pool.later(60)
    pool.agent("bob", "billing")
    pool.enqueue("c2", channel="chat")
    assert pool.with_whom("c2") == "bob"


def test_units_are_held_until_the_wrap_up_is_over(pool: Driver) -> None:
    pool.agent("ann", "billing")
    pool.enqueue("c1")
    pool.accept("c1")
    pool.enqueue("c2")
    pool.end("c1")
    assert pool.with_whom("c2") is None
    done = pool.wrap_up("c1", "ann")
    assert names(done) == ["WrapUpCompleted", "OfferMade", "AgentStateChanged"]
    assert pool.with_whom("c2") == "ann"


def test_whoever_rejects_is_not_asked_again_while_others_are_available(pool: Driver) -> None:
    pool.agent("ann", "billing")
    pool.agent("bob", "billing")
    pool.enqueue("c1")
    pool.reject("c1")
    assert pool.with_whom("c1") == "bob"
    pool.enqueue("c2")
    assert pool.with_whom("c2") == "ann"


def test_a_declined_contact_waits_for_an_available_agent_who_is_busy(pool: Driver) -> None:
    pool.agent("ann", "billing")
    pool.agent("bob", "billing")
    pool.enqueue("c1")
    pool.enqueue("c2")
    pool.accept("c2")
    pool.reject("c1")
    assert pool.with_whom("c1") is None
    pool.end("c2")
    pool.wrap_up("c2", "bob")
    assert pool.with_whom("c1") == "bob"


def test_when_all_have_declined_the_contact_is_offered_again(pool: Driver) -> None:
    pool.agent("ann", "billing")
    pool.agent("bob", "billing")
    pool.enqueue("c1")
    pool.reject("c1")
    again = pool.reject("c1")
    offer = the(OfferMade, again)
    assert offer.holder.agent_id == "ann"
    assert offer.decision.rule == "all-declined"


@pytest.mark.parametrize("rules", [{"choice": "most-skilled"}, {"choice": "longest-idle"}])
def test_who_has_just_declined_is_asked_again_only_when_all_others_were(pool: Driver, rules: dict[str, str]) -> None:
    pool.queue("billing", required_skills=skills(english=1), **rules)
    for rank, name in enumerate(("ann", "bob", "cid"), 1):
        pool.agent(name, "billing", skills=skills(english=9 - rank), ranks={"billing": rank})
    pool.enqueue("c1")
    asked = []
    for _ in range(8):
        asked.append(pool.with_whom("c1"))
        pool.reject("c1")
    assert asked == ["ann", "bob", "cid", "ann", "bob", "cid", "ann", "bob"]


def test_who_declined_longest_ago_is_asked_again_also_where_a_later_one_has_nothing(pool: Driver) -> None:
    pool.agent("ann", "billing")
    pool.agent("bob", "billing")
    pool.enqueue("c1", channel="chat")
    pool.reject("c1")
    pool.enqueue("c2", channel="chat")
    assert pool.with_whom("c2") == "ann"
    pool.accept("c2")
    again = pool.reject("c1")
    offer = the(OfferMade, again)
    assert (offer.holder.agent_id, offer.decision.rule) == ("ann", "all-declined")


def test_a_contact_nobody_else_can_take_comes_back_when_the_last_other_agent_signs_out(pool: Driver) -> None:
    pool.agent("ann", "billing")
    pool.agent("bob", "billing")
    pool.enqueue("c1")
    pool.enqueue("c2")
    pool.accept("c2")
    pool.reject("c1")
    assert pool.with_whom("c1") is None
    pool.set("bob", "not_ready", "break")
    assert pool.with_whom("c1") == "ann"


def test_an_agent_who_rejects_gets_the_next_contact_rather_than_the_same(pool: Driver) -> None:
    pool.agent("ann", "billing")
    pool.enqueue("c1")
    pool.enqueue("c2")
    pool.reject("c1")
    assert (pool.with_whom("c1"), pool.with_whom("c2")) == (None, "ann")


def test_looser_skills_of_a_queue_reach_who_waits_in_it(pool: Driver) -> None:
    pool.queue("power", required_skills=skills(outage=5))
    pool.agent("ann", "power")
    pool.enqueue("c1", "power")
    done = pool.queue("power")
    assert names(done) == ["QueueRuled", "OfferMade", "AgentStateChanged"]
    assert pool.with_whom("c1") == "ann"


def test_a_changed_priority_of_a_queue_moves_who_waits_in_it(pool: Driver) -> None:
    pool.queue("gold")
    pool.enqueue("c1")
    pool.later(1)
    pool.enqueue("c2", "gold")
    pool.queue("gold", priority=1)
    pool.agent("ann", "billing", "gold")
    assert pool.with_whom("c2") == "ann"


def test_a_new_queue_of_an_agent_is_served_at_once(pool: Driver) -> None:
    pool.agent("ann")
    pool.enqueue("c1")
    assert "OfferMade" in names(pool.agent("ann", "billing", available=False))


def test_an_agent_who_can_take_no_calls_gets_none(pool: Driver) -> None:
    pool.agent("ann", "billing", channels=(ChannelCapacity(channel="chat", units=30, most=3),))
    pool.enqueue("c1", channel="voice")
    assert pool.with_whom("c1") is None


def test_an_assignment_looks_at_a_handful_of_five_hundred_agents(pool: Driver) -> None:
    for number in range(500):
        pool.agent(f"agent-{number}", "billing")
    looked_at = []
    for number in range(400):
        offer = the(OfferMade, pool.enqueue(f"c{number}"))
        looked_at.append(len(offer.decision.considered))
        pool.accept(f"c{number}")
        if number % 2:
            pool.end(f"c{number}")
            pool.wrap_up(f"c{number}", offer.holder.agent_id)
    assert max(looked_at) <= 5


def test_rules_that_change_while_it_rings_hold_when_the_contact_waits_again(pool: Driver) -> None:
    pool.queue("gold")
    pool.agent("ann", "billing", "gold")
    pool.enqueue("c1", "gold")
    pool.enqueue("c2")
    pool.queue("gold", required_skills=skills(outage=5), ring_seconds=20)
    pool.reject("c1")
    assert (pool.with_whom("c1"), pool.with_whom("c2")) == (None, "ann")


def test_a_declined_contact_comes_back_when_the_last_other_agent_leaves_the_pool(pool: Driver) -> None:
    pool.agent("ann", "billing")
    pool.agent("bob", "billing")
    pool.enqueue("c1")
    pool.enqueue("c2")
    pool.accept("c2")
    pool.reject("c1")
    pool.agent("bob", available=False)
    assert pool.with_whom("c1") == "ann"
