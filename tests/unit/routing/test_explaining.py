"""What a supervisor reads of decisions, and of contacts that nobody takes."""

import inspect
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from prometheus_client import CollectorRegistry

from services.routing.application.explaining import NotExplained
from services.routing.application.live_pool import LivePool
from services.routing.application.ports import PoolKey
from services.routing.domain import choices, policies
from services.routing.domain.queue_steps import RuleStep
from services.routing.domain.remade import DECLINED_LATER, HANDLING_OTHERS
from services.routing.domain.settings import CHOICES, ChannelOffers
from services.routing.entrypoints.candidates_http import candidates_router
from services.routing.entrypoints.decisions_http import Answer, decisions_router
from services.routing.entrypoints.verdicts import VERDICTS
from services.routing.settings import Settings
from switchyard.service.health import Health
from switchyard.service.http import make_app
from switchyard.service.identity import HEADER, Principal, sign_internal
from tests.unit.routing.desk import Desk
from tests.unit.routing.driver import Driver, skills
from tests.unit.routing.past import KEY, past_of


def power_floor() -> Driver:
    pool = Driver()
    pool.queue(
        "power",
        choice="most-skilled",
        required_skills=skills(outage=4),
        sites=("north",),
        steps=(RuleStep(after_seconds=30, relax_levels=2),),
    )
    pool.queue("sales")
    pool.agent("ann", "power", skills=skills(outage=5), site="north")
    pool.agent("bob", "power", skills=skills(outage=9), site="north")
    pool.agent("cid", "power", skills=skills(outage=3), site="north")
    pool.agent("dee", "power", skills=skills(outage=9), site="south")
    pool.agent("eve", "sales", skills=skills(outage=9), site="north")
    pool.agent("fay", "power", site="north")
    return pool


async def ask(
    pool: Driver, path: str, *, tenant: str = "acme", role: str = "supervisor", answer_about: Answer | None = None
) -> httpx.Response:
    settings, live = Settings(), LivePool(key=KEY, partition=0, state=pool.state)
    past = await past_of(pool)

    async def owners(tenant: str) -> Mapping[PoolKey, str]:
        return {}

    app = make_app("routing", settings=settings, registry=CollectorRegistry(), health=Health())
    who = Principal(tenant=tenant, subject="sue", roles=frozenset({role}), credential_id="internal:sue")
    token = sign_internal(who, settings.internal_secret.get_secret_value(), datetime.now(UTC))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://here", headers={HEADER: token}) as client:
        app.include_router(candidates_router({KEY: live}, owners, address="http://here", client=client))
        app.include_router(decisions_router(answer_about or past.answer_about, past.journal.of_contact))
        return await client.get(path)


async def decisions(pool: Driver, contact: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await ask(pool, f"/v1/contacts/{contact}/decisions")).json()["items"]
    return found


async def test_a_decision_says_in_one_sentence_who_was_asked_and_why_not_the_others() -> None:
    pool = power_floor()
    pool.enqueue("c1", "power")
    (decision,) = await decisions(pool, "c1")
    assert decision["sentence"] == (
        "Offered to bob, most skilled; ann less skilled in what is asked for, dee is at a site that is not asked yet, "
        "eve does not serve its queues, cid has the skill outage at too low a level, fay lacks the skill outage."
    )
    assert (decision["rule_step"], decision["state_version"]) == (0, 1)
    considered = decision["considered"]
    assert [(a["agent"], a["rank"], a["measure"]) for a in considered[:2]] == [("bob", 1, -9), ("ann", 1, -5)]
    assert [a["agent"] for a in considered if a["looked_at"]] == ["bob", "ann"]
    assert [(a["agent"], a["skill"]) for a in considered if a["skill"]] == [("cid", "outage"), ("fay", "outage")]
    assert (decision["candidates_complete"], decision["agents"], len(considered)) == (True, 6, 6)


async def test_many_of_whom_the_same_is_to_be_said_are_counted() -> None:
    pool = power_floor()
    for number in range(4):
        pool.agent(f"bare{number}", "power", site="north")
        pool.agent(f"slow{number}", "power", skills=skills(outage=5), site="north")
        pool.agent(f"gone{number}", "power", skills=skills(outage=5), site="north", available=False)
    pool.enqueue("c1", "power")
    (decision,) = await decisions(pool, "c1")
    assert decision["sentence"] == (
        "Offered to bob, most skilled; 5 less skilled in what is asked for, dee is at a site that is not asked yet, "
        "eve does not serve its queues, 4 are not available, cid has the skill outage at too low a level, "
        "5 lack the skill outage."
    )
    assert decision["verdicts"]["skill-missing"] == 5
    assert sum(decision["verdicts"].values()) == decision["agents"] == 18


async def test_a_decision_names_the_rule_step_in_force() -> None:
    pool = power_floor()
    for agent in ("ann", "bob"):
        pool.set(agent, "offline")
    pool.enqueue("c1", "power")
    pool.later(30)
    (decision,) = await decisions(pool, "c1")
    assert decision["sentence"].startswith(
        "Offered to cid, most skilled, after step 1 of the queue's rules; bob and ann are not available, dee is"
    )


async def test_a_decision_says_that_all_had_declined() -> None:
    pool = power_floor()
    pool.set("bob", "offline")
    pool.enqueue("c1", "power")
    pool.reject("c1")
    first, again = await decisions(pool, "c1")
    assert first["agent"] == again["agent"] == "ann"
    assert again["sentence"].startswith("Offered to ann, asked again since all had declined; bob is not")


async def test_a_hand_is_named_where_it_leaves_an_offer_to_one() -> None:
    pool = Desk()
    pool.queue("billing", channel_offers=(ChannelOffers(channel="chat", at_once=2),))
    for name in ("ann", "bob"):
        pool.agent(name, "billing")
    pool.enqueue("c1", channel="chat")
    pool.assign("c1", "bob")
    *_, left = await decisions(pool, "c1")
    assert left["sentence"] == "Left to bob alone, by the hand of sue; ann may have it."
    assert (left["rule"], left["agent"], left["candidates"]) == ("assigned-by-hand", "bob", 0)


async def test_what_cannot_be_made_again_is_told_as_it_was_recorded() -> None:
    pool = power_floor()
    pool.enqueue("c1", "power")

    async def fails(tenant: str, contact_id: str) -> bytes | None:
        raise NotExplained("out of memory")

    (decision,) = (await ask(pool, "/v1/contacts/c1/decisions", answer_about=fails)).json()["items"]
    assert decision["sentence"] == "Offered to bob, most skilled; ann less skilled in what is asked for."
    assert [a["agent"] for a in decision["considered"]] == ["bob", "ann"]
    assert (decision["candidates_complete"], decision["candidates_missing"]) == (False, "not-made-again")
    unknown = await ask(pool, "/v1/contacts/c2/decisions", answer_about=fails)
    assert (unknown.status_code, unknown.json()["code"]) == (404, "contact-unknown")


async def test_decisions_are_for_overseers_and_of_the_tenants_own_contacts() -> None:
    pool = power_floor()
    pool.enqueue("c1", "power")
    assert (await ask(pool, "/v1/contacts/c1/decisions", tenant="other")).status_code == 404
    assert (await ask(pool, "/v1/contacts/c1/decisions", role="agent")).status_code == 403
    assert (await ask(pool, "/v1/contacts/c1/decisions", role="partner")).status_code == 403
    assert (await ask(pool, "/v1/contacts/c2/decisions")).json()["code"] == "contact-unknown"


async def test_a_waiting_contact_shows_for_every_agent_the_first_rule_that_rules_them_out() -> None:
    pool = power_floor()
    pool.enqueue("busy", "power")
    pool.accept("busy")
    pool.set("ann", "not_ready", "break")
    pool.enqueue("c1", "power")
    shown = (await ask(pool, "/v1/contacts/c1/candidates")).json()
    assert {each["agent"]: each["verdict"] for each in shown["items"]} == {
        "ann": "not-available",
        "bob": "at-capacity",
        "cid": "skill-too-low",
        "dee": "site-not-asked",
        "eve": "queue-not-served",
        "fay": "skill-missing",
    }
    assert (shown["agents"], shown["eligible"], shown["rule_step"]) == (6, 0, 0)
    assert shown["required_skills"] == [{"skill": "outage", "level": 4}]
    assert all(each["reason"] for each in shown["items"])


async def test_who_may_have_a_ringing_contact_is_listed_in_the_order_of_their_turns() -> None:
    pool = power_floor()
    pool.enqueue("c1", "power", channel="chat")
    shown = (await ask(pool, "/v1/contacts/c1/candidates")).json()
    assert [each["agent"] for each in shown["items"] if each["verdict"] == "eligible"] == ["ann", "bob"]
    pool.accept("c1")
    assert (await ask(pool, "/v1/contacts/c1/candidates")).json()["code"] == "contact-not-waiting"


@pytest.mark.parametrize(("tenant", "role", "status"), [("other", "supervisor", 404), ("acme", "agent", 403)])
async def test_candidates_are_for_supervisors_of_the_tenant(tenant: str, role: str, status: int) -> None:
    pool = power_floor()
    pool.set("bob", "offline")
    pool.set("ann", "offline")
    pool.enqueue("c1", "power")
    assert (await ask(pool, "/v1/contacts/c1/candidates", tenant=tenant, role=role)).status_code == status


def test_every_word_of_the_engine_has_its_sentence() -> None:
    rules = set(re.findall(r'(?:return|else) "([a-z-]+)"', inspect.getsource(policies)))
    later = {choices.why_later((1, 0, 0, "a"), (1, 1, 0, "b"), each) for each in CHOICES} | {
        "lower-rank",
        HANDLING_OTHERS,
        DECLINED_LATER,
        policies.RULE_NOT_MET,
        policies.RULE_FAILED,
    }
    assert len(rules) > 8
    assert rules | later <= set(VERDICTS)
