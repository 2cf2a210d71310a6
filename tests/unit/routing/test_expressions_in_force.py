"""What expressions over contacts and agents do in a pool: rules of queues, and conditions of steps."""

from services.routing.domain.candidacy import candidacy
from services.routing.domain.events import ContactParked, OfferMade
from services.routing.domain.queue_steps import RuleStep
from tests.unit.routing.driver import Driver, names, skills, the

SAME_LANGUAGE = "contact.attributes['language'] == agent.attributes['language']"


def bilingual_floor() -> Driver:
    pool = Driver()
    pool.queue("billing", agent_rule=SAME_LANGUAGE)
    pool.agent("ann", "billing", attributes={"language": "cmn"})
    pool.later(1)
    pool.agent("bob", "billing", attributes={"language": "yue"})
    return pool


def test_a_queues_rule_leaves_only_agents_for_whom_it_holds() -> None:
    pool = bilingual_floor()
    offers = [
        the(OfferMade, pool.enqueue(f"c-{language}", attributes={"language": language})).holder.agent_id
        for language in ("yue", "cmn")
    ]
    assert offers == ["bob", "ann"]


def test_a_rule_that_cannot_be_evaluated_holds_for_nobody() -> None:
    assert names(bilingual_floor().enqueue("c1", attributes={"tongue": "yue"})) == ["ContactQueued"]


def pool_with_numbers() -> Driver:
    pool = Driver()
    pool.queue("billing", agent_rule="int(contact.attributes['n']) > int(agent.attributes['least'])")
    return pool


def test_a_contact_on_which_the_rule_fails_is_parked_and_the_next_is_offered() -> None:
    pool = pool_with_numbers()
    pool.agent("ann", "billing", attributes={"least": "3"})
    _, parked = pool.enqueue("c1", attributes={"n": "abc"}).events
    assert isinstance(parked, ContactParked)
    assert (parked.reason, parked.error) == ("matching-failed", "AgentRuleFailed")
    assert the(OfferMade, pool.enqueue("c2", attributes={"n": "5"})).holder.agent_id == "ann"
    assert [each.entry.contact_id for each in pool.state.parked_in("billing")] == ["c1"]


def test_an_agent_on_whom_the_rule_fails_parks_nobody_while_it_can_be_worked_out_for_another() -> None:
    pool = pool_with_numbers()
    pool.agent("ann", "billing", attributes={"least": "none"})
    pool.agent("bob", "billing", attributes={"least": "9"})
    assert names(pool.enqueue("c1", attributes={"n": "5"})) == ["ContactQueued"]
    found = candidacy(pool.state, "c1")
    assert found is not None
    assert {each.agent.id: each.verdict for each in found.candidates} == {
        "ann": "rule-failed",
        "bob": "agent-rule-not-met",
    }


def test_a_rule_fails_no_more_for_who_was_removed() -> None:
    pool = pool_with_numbers()
    pool.agent("ann", "billing", attributes={"least": "3"})
    pool.enqueue("c1", attributes={"n": "abc"})
    pool.remove_agent("ann")
    assert names(pool.enqueue("c2", attributes={"n": "abc"})) == ["ContactQueued"]


def test_a_contact_on_which_the_condition_of_a_step_fails_is_parked() -> None:
    pool = Driver()
    rule = "int(contact.attributes['n']) > 3"
    pool.queue("billing", steps=(RuleStep(after_seconds=10, relax_levels=1, when=rule),))
    pool.enqueue("good", attributes={"n": "4"})
    pool.enqueue("bad", attributes={"n": "four"})
    pool.enqueue("none")
    assert sorted(names(pool.later(10))) == ["ContactParked", "SearchWidened", "StepPassed"]
    (parked,) = pool.state.parked_in("billing")
    assert (parked.entry.contact_id, parked.reason, parked.error) == ("bad", "step-failed", "ExpressionFailed")


def test_a_step_that_fails_as_its_contact_is_given_back_parks_it_and_the_agents_answer_stands() -> None:
    pool = Driver()
    step = RuleStep(after_seconds=10, relax_levels=1, when="1 / contact.priority > 0")
    pool.queue("billing", ring_seconds=60, steps=(step,))
    pool.agent("ann", "billing")
    pool.enqueue("c1")
    pool.later(20)
    assert names(pool.reject("c1"))[:2] == ["OfferRejected", "ContactParked"]


def test_an_agent_who_comes_to_meet_the_rule_gets_who_waits() -> None:
    pool = bilingual_floor()
    pool.enqueue("c1", attributes={"language": "wuu"})
    done = pool.agent("cid", "billing", attributes={"language": "wuu"})
    assert the(OfferMade, done).holder.agent_id == "cid"


def test_a_rule_may_compare_what_the_contact_requires_with_what_the_agent_knows() -> None:
    pool = Driver()
    pool.queue("power", agent_rule="agent.skills['outage'] > contact.skills['outage'] + 1 || agent.team == 'experts'")
    pool.agent("ann", "power", skills=skills(outage=5))
    pool.agent("bob", "power", skills=skills(outage=7))
    assert the(OfferMade, pool.enqueue("c1", "power", required=skills(outage=5))).holder.agent_id == "bob"


def test_a_step_is_passed_over_where_its_condition_does_not_hold() -> None:
    pool = Driver()
    vip = "contact.attributes['tier'] == 'gold' && contact.waited_seconds >= 10"
    pool.queue("billing", steps=(RuleStep(after_seconds=10, add_queues=("sales",), when=vip),))
    pool.queue("sales")
    pool.agent("bob", "sales", available=False)
    pool.enqueue("plain")
    pool.enqueue("gold", attributes={"tier": "gold"})
    assert sorted(names(pool.later(10))) == ["SearchWidened", "StepPassed"]
    assert the(OfferMade, pool.set("bob", "available")).entry.contact_id == "gold"
    assert pool.later(100) != [], "the step is behind both of them, and only the offer runs out"


def test_expressions_hold_again_after_a_restart() -> None:
    pool = bilingual_floor()
    pool.enqueue("c1", attributes={"language": "wuu"})
    pool.restart()
    assert names(pool.agent("cid", "billing", attributes={"language": "cmn"}))[0] == "AgentStateChanged"
    assert pool.with_whom("c1") is None
