"""How queues choose, widen their search and overflow: from the door to the pools' own rules."""

from typing import Any

import httpx
import pytest

from services.routing.adapters.settings_documents import from_document, to_document
from services.routing.adapters.wire_commands import decode
from services.routing.domain.commands import ConfigureAgent, ConfigureQueue
from services.routing.domain.organisation import ConfiguredAgent, Queue, RoutingProfile
from services.routing.domain.queue_steps import Overflow, RuleStep, WayOut
from services.routing.domain.settings import Attribute, ChannelOffers, QueueRank, SkillLevel
from switchyard.eventing.records import RawRecord
from switchyard.events.routing.v1 import settings_events_pb2
from switchyard.internal.routing.v1 import commands_pb2 as wire
from switchyard.testing.messages import make_record
from tests.unit.routing_settings.conftest import SettingsBench

RULES: dict[str, Any] = {
    "name": "Billing",
    "choice": "most-skilled",
    "preferred_skills": [{"skill": "english", "level": 4}],
    "sites": ["east"],
    "sticky_seconds": 15,
    "agent_rule": 'contact.attributes["language"] == agent.attributes["language"]',
    "channel_offers": {
        "chat": {"ring_seconds": 15, "at_once": 3, "auto_accept": False},
        "voice": {"ring_seconds": None, "at_once": 1, "auto_accept": True},
    },
    "steps": [
        {"after_seconds": 20, "relax_levels": 2, "when": "contact.priority > 0"},
        {
            "after_seconds": 45.5,
            "raise_priority": 10,
            "add_queues": ["support"],
            "add_sites": ["west"],
            "add_agents": ["zoe"],
        },
        {"after_seconds": 180, "then": {"last_step": "callback", "announcement": "We call you back."}},
    ],
    "overflows": [
        {"on": "length", "limit": 50, "then": {"to_queue": "support"}},
        {"on": "no-staff", "then": {"last_step": "voicemail"}},
    ],
}


async def made(client: httpx.AsyncClient, path: str, body: dict[str, Any]) -> httpx.Response:
    response = await client.put(f"/v1/{path}", json=body)
    assert response.status_code in {200, 201}, response.text
    return response


async def set_up(client: httpx.AsyncClient) -> None:
    for site in ("east", "west"):
        await made(client, f"sites/{site}", {"name": site})
    await made(client, "skills/english", {"name": "English"})
    await made(client, "queues/support", {"name": "Support"})
    await made(client, "agents/zoe", {"name": "Zoe", "skills": [{"skill": "english", "level": 5}]})


def told(bench: SettingsBench, kind: type[Any], subject: str) -> Any:
    """The last command of this kind about this setting, as the pool reads it."""
    message = [
        each
        for each in bench.bus.published
        if each.envelope.type == kind.DESCRIPTOR.full_name and each.envelope.subject.endswith(f"/{subject}")
    ][-1]
    made = make_record(message, offset=0)
    return decode(RawRecord(made.place, message.key.encode(), made.value, made.headers)).command


async def test_a_queues_rules_reach_its_pool_as_they_were_put(bench: SettingsBench) -> None:
    async with bench.client() as client:
        await set_up(client)
        await made(client, "queues/billing", RULES)
    command = told(bench, wire.ConfigureQueue, "billing")
    assert isinstance(command, ConfigureQueue)
    rules = command.rules
    assert (rules.choice, rules.sites, rules.sticky_seconds) == ("most-skilled", ("east",), 15)
    assert rules.preferred_skills == (SkillLevel(skill_id="english", level=4),)
    assert rules.agent_rule == RULES["agent_rule"]
    assert rules.channel_offers == (
        ChannelOffers(channel="chat", ring_seconds=15, at_once=3),
        ChannelOffers(channel="voice", auto_accept=True),
    )
    assert rules.steps == (
        RuleStep(after_seconds=20, relax_levels=2, when="contact.priority > 0"),
        RuleStep(
            after_seconds=45.5,
            raise_priority=10,
            add_queues=("support",),
            add_sites=("west",),
            add_agents=("zoe",),
        ),
        RuleStep(after_seconds=180, then=WayOut(last_step="callback", announcement="We call you back.")),
    )
    assert rules.overflows == (
        Overflow(on="length", limit=50, then=WayOut(to_queue="support")),
        Overflow(on="no-staff", then=WayOut(last_step="voicemail")),
    )


async def test_what_was_read_can_be_put_back_and_changes_nothing(bench: SettingsBench) -> None:
    async with bench.client() as client:
        await set_up(client)
        await made(client, "queues/billing", RULES)
        read = (await client.get("/v1/queues/billing")).json()
        again = await made(client, "queues/billing", read)
    assert {name: read[name] for name in RULES if name not in {"steps", "overflows"}} == {
        name: value for name, value in RULES.items() if name not in {"steps", "overflows"}
    }
    assert read["steps"][2]["then"] == {
        "to_queue": None,
        "last_step": "callback",
        "announcement": "We call you back.",
    }
    assert again.json() == read
    assert again.json()["version"] == 1


async def test_customers_are_called_back_within_the_hours_of_a_calendar(bench: SettingsBench) -> None:
    weekly = [{"days": [1, 2, 3, 4, 5], "from": "09:00", "to": "20:00"}]
    callbacks = {"offered": True, "most_attempts": 2, "retry_after_seconds": 600, "business_hours": "calls"}
    async with bench.client() as client:
        await made(client, "business-hours/calls", {"name": "Calls", "time_zone": "Asia/Shanghai", "weekly": weekly})
        shown = (await made(client, "queues/billing", {"name": "Billing", "callbacks": callbacks})).json()
        first = told(bench, wire.ConfigureQueue, "billing").rules
        await made(client, "business-hours/calls", {"name": "Calls", "time_zone": "Asia/Tokyo", "weekly": weekly})
        still_used = (await client.delete("/v1/business-hours/calls")).json()["code"]
    assert shown["callbacks"] == {**callbacks, "give_up_after_seconds": 172_800}
    assert (first.callbacks.most_attempts, first.callbacks.retry_after_seconds) == (2, 600)
    assert (first.callbacks.hours.time_zone, first.opening) == ("Asia/Shanghai", None)
    assert told(bench, wire.ConfigureQueue, "billing").rules.callbacks.hours.time_zone == "Asia/Tokyo"
    assert still_used == "still-used"
    announced = [each for each in bench.bus.published if each.envelope.type.endswith("QueueConfigured")][-1]
    assert settings_events_pb2.QueueConfigured.FromString(announced.data).callbacks_offered


@pytest.mark.parametrize(
    ("field", "value"), [("most_attempts", 0), ("retry_after_seconds", 0), ("give_up_after_seconds", -1)]
)
async def test_callbacks_that_cannot_be_are_refused(bench: SettingsBench, field: str, value: float) -> None:
    async with bench.client() as client:
        refused = await client.put("/v1/queues/billing", json={"name": "Billing", "callbacks": {field: value}})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == f"/callbacks/{field}"


async def test_a_patch_changes_one_rule_and_keeps_the_others(bench: SettingsBench) -> None:
    async with bench.client() as client:
        await set_up(client)
        await made(client, "queues/billing", RULES)
        changed = await client.patch("/v1/queues/billing", json={"choice": "round-robin"})
    assert changed.status_code == 200
    rules = told(bench, wire.ConfigureQueue, "billing").rules
    assert (rules.choice, len(rules.steps), len(rules.overflows)) == ("round-robin", 3, 2)


async def test_an_agents_ranks_attributes_and_interruptions_reach_the_pool(bench: SettingsBench) -> None:
    profile = {
        "name": "Blended",
        "channels": {
            "voice": {"units": 100, "most": 1},
            "email": {"units": 20, "most": 5, "interruptible_by": ["voice"]},
        },
    }
    agent = {
        "name": "Ann",
        "queues": ["support"],
        "queue_ranks": {"support": 2},
        "attributes": {"language": "cmn", "level": "senior"},
        "routing_profile": "blended",
    }
    async with bench.client() as client:
        await set_up(client)
        await made(client, "routing-profiles/blended", profile)
        shown = (await made(client, "agents/ann", agent)).json()
    command = told(bench, wire.ConfigureAgent, "ann")
    assert isinstance(command, ConfigureAgent)
    assert command.profile.queue_ranks == (QueueRank(queue_id="support", rank=2),)
    assert command.profile.attributes == (
        Attribute(name="language", value="cmn"),
        Attribute(name="level", value="senior"),
    )
    interruptions = {each.channel: each.interruptible_by for each in command.profile.channels}
    assert interruptions == {"voice": (), "email": ("voice",)}
    assert (shown["queue_ranks"], shown["attributes"]) == (agent["queue_ranks"], agent["attributes"])


async def test_a_skill_that_nobody_has_yet_is_warned_of_until_somebody_has_it(bench: SettingsBench) -> None:
    queue = {"name": "Cards", "required_skills": [{"skill": "english", "level": 9}]}
    async with bench.client() as client:
        await set_up(client)
        first = (await made(client, "queues/cards", queue)).json()
        listed = {each["id"]: each["warnings"] for each in (await client.get("/v1/queues")).json()["items"]}
        await made(client, "agents/yan", {"name": "Yan", "skills": [{"skill": "english", "level": 9}]})
        then = (await client.get("/v1/queues/cards")).json()
    assert first["warnings"] == [
        {"pointer": "/required_skills/0", "detail": "No agent of pool default has english at level 9."}
    ]
    assert listed == {"cards": first["warnings"], "support": []}
    assert then["warnings"] == []


async def served_queue(client: httpx.AsyncClient) -> None:
    await set_up(client)
    await made(client, "queues/cards", {"name": "Cards"})
    skills = [{"skill": "english", "level": 5}]
    await made(client, "agents/zoe", {"name": "Zoe", "skills": skills, "queues": ["cards"]})


async def test_a_queue_that_is_served_cannot_ask_for_what_nobody_has(bench: SettingsBench) -> None:
    async with bench.client() as client:
        await served_queue(client)
        await made(client, "skills/outage", {"name": "Outage"})
        asked = [{"skill": "english", "level": 5}, {"skill": "english", "level": 6}, {"skill": "outage", "level": 1}]
        for index, skill in enumerate(asked):
            answer = await client.patch("/v1/queues/cards", json={"required_skills": [skill]})
            assert answer.status_code == (422 if index else 200), answer.text
        problem = answer.json()
        shown = (await client.get("/v1/queues/cards")).json()
        allowed = await client.patch("/v1/queues/cards?allow_unstaffed=true", json={"required_skills": [asked[-1]]})
    assert (allowed.status_code, allowed.json()["warnings"]) == (200, problem["errors"])
    assert problem["code"] == "skill-unstaffed"
    assert problem["errors"] == [
        {"pointer": "/required_skills/0", "detail": "No agent of pool default has outage."},
    ]
    assert shown["required_skills"] == [asked[0]]


@pytest.mark.parametrize("step", [{"relax_levels": 4}, {"add_agents": ["zoe"]}])
async def test_a_level_that_steps_bring_within_reach_is_asked_for_at_first(
    bench: SettingsBench, step: dict[str, Any]
) -> None:
    async with bench.client() as client:
        await served_queue(client)
        rules = {"required_skills": [{"skill": "english", "level": 9}], "steps": [{"after_seconds": 20} | step]}
        answer = await client.patch("/v1/queues/cards", json=rules)
        assert answer.status_code == 200, answer.text
        too_little = {"steps": [{"after_seconds": 20, "relax_levels": 3}]}
        answer = await client.put("/v1/queues/cards", json={"name": "Cards"} | rules | too_little)
    assert (answer.status_code, answer.json().get("code")) == (422, "skill-unstaffed")


async def test_a_queue_whose_last_skilled_agent_left_can_still_be_changed(bench: SettingsBench) -> None:
    async with bench.client() as client:
        await served_queue(client)
        await made(client, "queues/cards", {"name": "Cards", "required_skills": [{"skill": "english", "level": 5}]})
        await made(client, "agents/zoe", {"name": "Zoe", "queues": ["cards"]})
        changed = await client.patch("/v1/queues/cards", json={"ring_seconds": 9})
    assert changed.status_code == 200, changed.text
    assert [each["pointer"] for each in changed.json()["warnings"]] == ["/required_skills/0"]


async def test_an_agent_of_another_pool_does_not_staff_a_skill(bench: SettingsBench) -> None:
    async with bench.client() as client:
        await made(client, "pools/other", {"name": "Other"})
        await made(client, "skills/english", {"name": "English"})
        skills = [{"skill": "english", "level": 9}]
        await made(client, "agents/yan", {"name": "Yan", "pool": "other", "skills": skills})
        shown = (await made(client, "queues/cards", {"name": "Cards", "preferred_skills": skills})).json()
    assert [each["pointer"] for each in shown["warnings"]] == ["/preferred_skills/0"]


async def test_what_steps_and_ways_out_name_cannot_be_removed(bench: SettingsBench) -> None:
    async with bench.client() as client:
        await set_up(client)
        await made(client, "queues/billing", RULES)
        used = ("queues/support", "sites/east", "sites/west", "agents/zoe", "skills/english")
        answers = {path: (await client.delete(f"/v1/{path}")).json()["code"] for path in used}
    assert set(answers.values()) == {"still-used"}


async def test_the_examples_of_the_documentation_are_accepted(bench: SettingsBench) -> None:
    async with bench.client() as client:
        await set_up(client)
        shown = (await client.get("/openapi.json")).json()["components"]["schemas"]["QueueModel-Input"]["properties"]
        names = ("agent_rule", "channel_offers", "steps", "overflows")
        examples = {name: shown[name]["examples"][0] for name in names}
        await made(client, "queues/example", {"name": "Example"} | examples)
    assert all(shown[name]["description"] for name in (*names, "choice", "preferred_skills", "sites", "sticky_seconds"))


async def test_a_queue_of_an_earlier_version_is_read_without_rules() -> None:
    stored = to_document(Queue(id="q", name="Q"))
    newer = {
        *("choice", "preferred_skills", "sites", "sticky_seconds", "agent_rule"),
        *("channel_offers", "steps", "overflows"),
    }
    older = {name: value for name, value in stored.items() if name not in newer}
    assert len(older) == len(stored) - len(newer)
    assert from_document(Queue, older) == Queue(id="q", name="Q")


async def test_an_agent_and_a_profile_of_an_earlier_version_are_read() -> None:
    agent = to_document(ConfiguredAgent(id="a", name="A", queues=("q",)))
    older = {name: value for name, value in agent.items() if name not in {"queue_ranks", "attributes"}}
    assert from_document(ConfiguredAgent, older) == ConfiguredAgent(id="a", name="A", queues=("q",))
    profile = {"id": "p", "name": "P", "capacity_units": 9, "channels": {"voice": {"units": 9, "most": 1}}}
    read = from_document(RoutingProfile, profile)
    assert [(each.channel, each.interruptible_by) for each in read.channels] == [("voice", ())]
