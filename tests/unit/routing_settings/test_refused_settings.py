"""Settings that cannot work: refused when saved, with the field named, and nothing told to any pool."""

import asyncio
from typing import Any

import pytest

from tests.unit.routing_settings.conftest import SettingsBench
from tests.unit.routing_settings.test_queue_rules import made, set_up


async def refused(bench: SettingsBench, path: str, body: dict[str, Any]) -> tuple[str, set[str]]:
    """Put a thing that must be refused; returns the code and the pointers."""
    async with bench.client() as client:
        await set_up(client)
        before = len(bench.bus.published)
        answer = await client.put(f"/v1/{path}", json={"name": "X"} | body)
        missing = await client.get(f"/v1/{path}")
    assert (answer.status_code, missing.status_code) == (422, 404), answer.text
    assert len(bench.bus.published) == before
    problem = answer.json()
    assert all(each["detail"] for each in problem["errors"])
    return problem["code"], {each["pointer"] for each in problem["errors"]}


TO_SUPPORT = {"to_queue": "support"}


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"choice": "cleverest"}, "/choice"),
        ({"sticky_seconds": -1}, "/sticky_seconds"),
        ({"channel_offers": {"chat": {"at_once": 0}}}, "/channel_offers/chat/at_once"),
        ({"channel_offers": {"chat": {"ring_seconds": -5}}}, "/channel_offers/chat/ring_seconds"),
        ({"steps": [{"after_seconds": -1, "relax_levels": 1}]}, "/steps/0/after_seconds"),
        ({"steps": [{"after_seconds": 1, "relax_levels": -1}]}, "/steps/0/relax_levels"),
        ({"steps": [{"after_seconds": 1, "raise_priority": -1}]}, "/steps/0/raise_priority"),
        ({"steps": [{"after_seconds": 1}]}, "/steps/0"),
        ({"steps": [{"after_seconds": 1, "when": "true"}]}, "/steps/0"),
        (
            {"steps": [{"after_seconds": 9, "relax_levels": 1}, {"after_seconds": 9, "relax_levels": 2}]},
            "/steps/1/after_seconds",
        ),
        (
            {"steps": [{"after_seconds": 9, "then": TO_SUPPORT}, {"after_seconds": 10, "relax_levels": 2}]},
            "/steps/1",
        ),
        ({"steps": [{"after_seconds": 1, "then": {}}]}, "/steps/0/then"),
        ({"steps": [{"after_seconds": 1, "then": TO_SUPPORT | {"last_step": "voicemail"}}]}, "/steps/0/then"),
        ({"steps": [{"after_seconds": 1, "then": {"last_step": "shrug"}}]}, "/steps/0/then/last_step"),
        ({"steps": [{"after_seconds": 1, "add_queues": ["support", "support"]}]}, "/steps/0/add_queues/1"),
        ({"steps": [{"after_seconds": 1, "add_queues": ["x"]}]}, "/steps/0/add_queues/0"),
        ({"overflows": [{"on": "boredom", "then": TO_SUPPORT}]}, "/overflows/0/on"),
        ({"overflows": [{"on": "length", "then": TO_SUPPORT}]}, "/overflows/0/limit"),
        ({"overflows": [{"on": "length", "limit": -1, "then": TO_SUPPORT}]}, "/overflows/0/limit"),
        ({"overflows": [{"on": "no-staff", "limit": 3, "then": TO_SUPPORT}]}, "/overflows/0/limit"),
        ({"overflows": [{"on": "no-staff", "then": TO_SUPPORT}] * 2}, "/overflows/1/on"),
        ({"overflows": [{"on": "no-staff", "then": {}}]}, "/overflows/0/then"),
        ({"sites": ["east", "east"]}, "/sites/1"),
        ({"preferred_skills": [{"skill": "english", "level": 3}] * 2}, "/preferred_skills/1"),
        ({"preferred_skills": [{"skill": "english", "level": 11}]}, "/preferred_skills/0/level"),
    ],
)
async def test_a_queue_that_makes_no_sense_is_refused(bench: SettingsBench, body: dict[str, Any], pointer: str) -> None:
    _, pointers = await refused(bench, "queues/x", body)
    assert pointers == {pointer}


async def test_what_a_queues_rules_name_must_exist(bench: SettingsBench) -> None:
    body = {
        "preferred_skills": [{"skill": "magic", "level": 1}],
        "sites": ["moon"],
        "steps": [
            {"after_seconds": 1, "add_queues": ["none"], "add_sites": ["mars"], "add_agents": ["nobody"]},
            {"after_seconds": 2, "then": {"to_queue": "nowhere"}},
        ],
        "overflows": [{"on": "no-staff", "then": {"to_queue": "neverwhere"}}],
    }
    code, pointers = await refused(bench, "queues/x", body)
    assert code == "reference-unknown"
    assert pointers == {
        *("/preferred_skills/0/skill", "/sites/0", "/steps/0/add_queues/0", "/steps/0/add_sites/0"),
        *("/steps/0/add_agents/0", "/steps/1/then/to_queue", "/overflows/0/then/to_queue"),
    }


async def test_what_a_queues_rules_name_must_be_of_its_pool(bench: SettingsBench) -> None:
    async with bench.client() as client:
        await made(client, "pools/other", {"name": "Other"})
    body = {
        "pool": "other",
        "steps": [{"after_seconds": 1, "add_queues": ["support"], "add_agents": ["zoe"]}],
        "overflows": [{"on": "no-staff", "then": TO_SUPPORT}],
    }
    code, pointers = await refused(bench, "queues/x", body)
    assert code == "crosses-pools"
    assert pointers == {"/steps/0/add_queues/0", "/steps/0/add_agents/0", "/overflows/0/then/to_queue"}


@pytest.mark.parametrize(
    "rules",
    [
        {"agent_rule": "contact.priority"},
        {"agent_rule": "1 +"},
        {"agent_rule": "agent.salary > 3"},
        {"agent_rule": 'contact.priority == "high"'},
        {"agent_rule": "[1, 2].all(x, x > 0)"},
        {"agent_rule": "(" * 100 + "true" + ")" * 100},
        {"steps": [{"after_seconds": 1, "relax_levels": 1, "when": 'agent.id == "ann"'}]},
    ],
)
async def test_an_expression_that_does_not_compile_is_refused(bench: SettingsBench, rules: dict[str, Any]) -> None:
    code, pointers = await refused(bench, "queues/x", rules)
    assert code == "expression-invalid"
    assert pointers == {"/agent_rule" if "agent_rule" in rules else "/steps/0/when"}


async def test_half_of_a_surrogate_pair_is_refused(bench: SettingsBench) -> None:
    async with bench.client() as client:
        body = b'{"name": "X", "agent_rule": "contact.queue == \'\\ud800\'"}'
        answer = await client.put("/v1/queues/x", content=body, headers={"content-type": "application/json"})
    assert answer.status_code in {400, 422}, answer.text


async def test_an_expression_that_is_too_long_is_refused(bench: SettingsBench) -> None:
    _, pointers = await refused(bench, "queues/x", {"agent_rule": "true" + " || true" * 200})
    assert pointers == {"/agent_rule"}


def leading_to(queue: str, *, by_step: bool) -> dict[str, Any]:
    if by_step:
        return {"steps": [{"after_seconds": 60, "then": {"to_queue": queue}}]}
    return {"overflows": [{"on": "no-staff", "then": {"to_queue": queue}}]}


@pytest.mark.parametrize("by_step", [True, False])
async def test_a_circle_of_ways_out_over_several_queues_is_refused(bench: SettingsBench, *, by_step: bool) -> None:
    async with bench.client() as client:
        await made(client, "queues/a", {"name": "A"})
        await made(client, "queues/c", {"name": "C"} | leading_to("a", by_step=True))
        await made(client, "queues/b", {"name": "B"} | leading_to("c", by_step=False))
        answer = await client.patch("/v1/queues/a", json=leading_to("b", by_step=by_step))
        unchanged = (await client.get("/v1/queues/a")).json()
        elsewhere = await client.patch("/v1/queues/b", json={"priority": 3})
    assert (answer.status_code, answer.json()["code"]) == (422, "cycle-of-overflows")
    pointer = "/steps/0/then/to_queue" if by_step else "/overflows/0/then/to_queue"
    assert [each["pointer"] for each in answer.json()["errors"]] == [pointer]
    assert unchanged["version"] == 1
    assert elsewhere.status_code == 200


async def test_two_changes_at_the_same_moment_make_no_circle(
    bench: SettingsBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = bench.ports.store.find

    async def find_slowly(*wanted: Any) -> Any:
        """As a database answers: others go on meanwhile."""
        found = await find(*wanted)
        await asyncio.sleep(0)
        return found

    async with bench.client() as client:
        await made(client, "queues/a", {"name": "A"})
        await made(client, "queues/b", {"name": "B"})
        monkeypatch.setattr(bench.ports.store, "find", find_slowly)
        answers = await asyncio.gather(
            client.patch("/v1/queues/a", json=leading_to("b", by_step=True)),
            client.patch("/v1/queues/b", json=leading_to("a", by_step=True)),
        )
    assert sorted(answer.status_code for answer in answers) == [200, 422]


async def test_a_queue_that_leads_to_itself_is_refused(bench: SettingsBench) -> None:
    code, pointers = await refused(bench, "queues/x", leading_to("x", by_step=False))
    assert (code, pointers) == ("cycle-of-overflows", {"/overflows/0/then/to_queue"})


async def test_two_ways_to_one_queue_are_no_circle(bench: SettingsBench) -> None:
    async with bench.client() as client:
        await set_up(client)
        await made(client, "queues/b", {"name": "B"} | leading_to("support", by_step=True))
        both = leading_to("b", by_step=True) | leading_to("support", by_step=False)
        await made(client, "queues/a", {"name": "A"} | both)


VOICE = {"units": 100, "most": 1}


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"capacity_units": 0, "channels": {"voice": VOICE}}, "/capacity_units"),
        ({"capacity_units": 99, "channels": {"voice": VOICE}}, "/channels/voice/units"),
        ({"channels": {}}, "/channels"),
        ({"channels": {"voice": {"units": 0, "most": 1}}}, "/channels/voice/units"),
        ({"channels": {"voice": {"units": 1, "most": 0}}}, "/channels/voice/most"),
        ({"channels": {"voice": VOICE | {"interruptible_by": ["voice"]}}}, "/channels/voice/interruptible_by/0"),
        ({"channels": {"voice": VOICE | {"interruptible_by": ["fax"]}}}, "/channels/voice/interruptible_by/0"),
    ],
)
async def test_a_profile_without_capacity_is_refused(bench: SettingsBench, body: dict[str, Any], pointer: str) -> None:
    _, pointers = await refused(bench, "routing-profiles/x", body)
    assert pointers == {pointer}


async def test_interruptions_in_a_circle_are_refused(bench: SettingsBench) -> None:
    channels = {
        "voice": VOICE | {"interruptible_by": ["chat"]},
        "chat": VOICE | {"interruptible_by": ["email"]},
        "email": VOICE | {"interruptible_by": ["voice"]},
        "sms": VOICE | {"interruptible_by": ["voice"]},
    }
    code, pointers = await refused(bench, "routing-profiles/x", {"channels": channels})
    assert code == "setting-impossible"
    assert pointers == {f"/channels/{each}/interruptible_by/0" for each in ("voice", "chat", "email")}


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"queue_ranks": {"support": 1}}, "/queue_ranks/support"),
        ({"queues": ["support"], "queue_ranks": {"support": 0}}, "/queue_ranks/support"),
        ({"attributes": {"language": "x" * 257}}, "/attributes/language"),
        ({"attributes": {f"a{number}": "" for number in range(21)}}, "/attributes"),
        ({"skills": [{"skill": "english", "level": 3}, {"skill": "english", "level": 5}]}, "/skills/1"),
        # An agent is at the site of the one team they are in.
        ({"team": ["red", "blue"]}, "/team"),
        ({"site": "east"}, "/site"),
    ],
)
async def test_an_agent_that_makes_no_sense_is_refused(
    bench: SettingsBench, body: dict[str, Any], pointer: str
) -> None:
    _, pointers = await refused(bench, "agents/x", body)
    assert pointers == {pointer}


async def test_an_agent_whom_steps_of_a_queue_name_stays_in_its_pool(bench: SettingsBench) -> None:
    async with bench.client() as client:
        await set_up(client)
        await made(client, "pools/other", {"name": "Other"})
        await made(client, "queues/x", {"name": "X", "steps": [{"after_seconds": 1, "add_agents": ["zoe"]}]})
        answer = await client.patch("/v1/agents/zoe", json={"pool": "other"})
    assert (answer.status_code, answer.json()["code"]) == (422, "crosses-pools")
    assert [each["pointer"] for each in answer.json()["errors"]] == ["/pool"]


@pytest.mark.parametrize("name", ["   ", "\u3000", "a\u0000b", "a\nb", "\u007f"])
@pytest.mark.parametrize("path", ["sites", "teams", "skills", "pools", "queues", "agents"])
async def test_a_name_that_nobody_can_read_is_refused(bench: SettingsBench, path: str, name: str) -> None:
    code, pointers = await refused(bench, f"{path}/x", {"name": name})
    assert (code, pointers) == ("setting-impossible", {"/name"})


async def test_a_holidays_name_is_held_to_the_same(bench: SettingsBench) -> None:
    dates = [{"date": "2027-01-01", "name": "New Year", "closed": True}]
    _, pointers = await refused(
        bench, "holidays/x", {"dates": [*dates, dates[0] | {"date": "2027-05-01", "name": " "}]}
    )
    assert pointers == {"/dates/1/name"}


@pytest.mark.parametrize(
    ("path", "body", "pointer"),
    [
        ("agents", {"skills": [{"skill": "english", "level": "3"}]}, "/skills/0/level"),
        ("agents", {"skills": [{"skill": "english", "level": True}]}, "/skills/0/level"),
        ("agents", {"queues": ["support"], "queue_ranks": {"support": True}}, "/queue_ranks/support"),
        ("queues", {"priority": True}, "/priority"),
        ("queues", {"wrap_up_seconds": "30"}, "/wrap_up_seconds"),
        ("queues", {"steps": [{"after_seconds": True, "relax_levels": 1}]}, "/steps/0/after_seconds"),
        ("queues", {"callbacks": {"offered": "yes"}}, "/callbacks/offered"),
        ("routing-profiles", {"channels": {"voice": {"units": "100", "most": 1}}}, "/channels/voice/units"),
        (
            "business-hours",
            {"time_zone": "UTC", "weekly": [{"days": [True], "from": "09:00", "to": "17:00"}]},
            "/weekly/0/days/0",
        ),
        ("holidays", {"make_up_like": "1"}, "/make_up_like"),
        ("floor-rules", {"type": "not-ready", "reasons": ["break"], "limit_seconds": "9"}, "/limit_seconds"),
    ],
)
async def test_a_text_or_a_truth_is_no_number(
    bench: SettingsBench, path: str, body: dict[str, Any], pointer: str
) -> None:
    code, pointers = await refused(bench, f"{path}/x", body)
    assert (code, pointers) == ("invalid-request", {pointer})


async def test_a_switch_of_the_emergency_is_no_text(bench: SettingsBench) -> None:
    async with bench.client() as client:
        answer = await client.put("/v1/emergency", json={"on": "yes"})
    assert [each["pointer"] for each in answer.json()["errors"]] == ["/on"]


async def test_a_queue_is_named_once_by_an_agent(bench: SettingsBench) -> None:
    code, pointers = await refused(bench, "agents/x", {"queues": ["support", "support"]})
    assert (code, pointers) == ("setting-impossible", {"/queues/1"})
