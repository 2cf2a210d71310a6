"""What a supervisor reads of decisions, and of contacts that nobody takes."""

import inspect
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from prometheus_client import CollectorRegistry

from services.routing.application.live_pool import LivePool
from services.routing.application.ports import JournalEntry, PoolKey
from services.routing.domain import choices, policies
from services.routing.domain.queue_steps import RuleStep
from services.routing.domain.settings import CHOICES
from services.routing.entrypoints.candidates_http import candidates_router
from services.routing.entrypoints.decisions_http import decisions_router
from services.routing.entrypoints.verdicts import VERDICTS
from services.routing.settings import Settings
from switchyard.service.health import Health
from switchyard.service.http import make_app
from switchyard.service.identity import HEADER, Principal, sign_internal
from tests.unit.routing.driver import Driver, skills

KEY = PoolKey(tenant="acme", pool_id="front")


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


async def ask(pool: Driver, path: str, *, tenant: str = "acme", role: str = "supervisor") -> httpx.Response:
    settings, live = Settings(), LivePool(key=KEY, partition=0, state=pool.state)
    entry = JournalEntry(
        pool=KEY,
        sequence=7,
        batch_id="b",
        now=pool.now,
        place=None,
        published_through=0,
        contact_sequence=0,
        agent_sequence=0,
        steps=tuple(step for _, step in pool.steps),
    )

    async def owners(tenant: str) -> Mapping[PoolKey, str]:
        return {}

    async def entries_of(tenant: str, contact_id: str) -> list[JournalEntry]:
        return [entry]

    app = make_app("routing", settings=settings, registry=CollectorRegistry(), health=Health())
    who = Principal(tenant=tenant, subject="sue", roles=frozenset({role}), credential_id="internal:sue")
    token = sign_internal(who, settings.internal_secret.get_secret_value(), datetime.now(UTC))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://here", headers={HEADER: token}) as client:
        app.include_router(candidates_router({KEY: live}, owners, address="http://here", client=client))
        app.include_router(decisions_router(entries_of))
        return await client.get(path)


async def decisions(pool: Driver, contact: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await ask(pool, f"/v1/contacts/{contact}/decisions")).json()["items"]
    return found


async def test_a_decision_says_in_one_sentence_who_was_asked_and_why_not_the_others() -> None:
    pool = power_floor()
    pool.enqueue("c1", "power")
    (decision,) = await decisions(pool, "c1")
    assert decision["sentence"] == "Offered to bob, most skilled; ann less skilled in what is asked for."
    assert (decision["rule_step"], decision["state_version"]) == (0, 7)
    assert [(a["agent"], a["rank"], a["measure"]) for a in decision["considered"]] == [("bob", 1, -9), ("ann", 1, -5)]


async def test_a_decision_names_the_rule_step_in_force() -> None:
    pool = power_floor()
    for agent in ("ann", "bob"):
        pool.set(agent, "offline")
    pool.enqueue("c1", "power")
    pool.later(30)
    (decision,) = await decisions(pool, "c1")
    assert decision["sentence"] == "Offered to cid, most skilled, after step 1 of the queue's rules."


async def test_a_decision_says_that_all_had_declined() -> None:
    pool = power_floor()
    pool.set("bob", "offline")
    pool.enqueue("c1", "power")
    pool.reject("c1")
    first, again = await decisions(pool, "c1")
    assert first["agent"] == again["agent"] == "ann"
    assert again["sentence"] == "Offered to ann, most skilled, asked again since all had declined."


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
    later = {choices.why_later((1, 0, 0, "a"), (1, 1, 0, "b"), each) for each in CHOICES} | {"lower-rank"}
    assert len(rules) > 8
    assert rules | later <= set(VERDICTS)
