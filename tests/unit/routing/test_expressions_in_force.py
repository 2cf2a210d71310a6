"""What expressions over contacts and agents do in a pool: rules of queues, and conditions of steps."""

from services.routing.domain.events import OfferMade
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
