"""Settings at the door, and what they tell the pools."""

import httpx
import pytest

from services.routing.application.settings.announce_again import announce_again
from services.routing.application.settings.finish_move import finish_move
from switchyard.events.routing.v1.settings_events_pb2 import AgentConfigured, QueueConfigured
from switchyard.internal.routing.v1.commands_pb2 import ConfigureAgent, ConfigureQueue, RemoveAgent, RemoveQueue
from tests.unit.routing_settings.conftest import SettingsBench

BILLING: dict[str, object] = {
    "id": "billing",
    "name": "Billing",
    "wrap_up_seconds": 30,
    "channel_targets": {"email": 3600},
}
ANN: dict[str, object] = {"id": "ann", "name": "Ann", "queues": ["billing"]}


async def _made(client: httpx.AsyncClient, path: str, body: dict[str, object]) -> httpx.Response:
    response = await client.put(path, json=body)
    assert response.status_code in {200, 201}, response.text
    return response


async def test_a_queue_put_twice_is_made_once_and_told_once(bench: SettingsBench) -> None:
    async with bench.client() as client:
        first = await client.put("/v1/queues/billing", json=BILLING)
        second = await client.put("/v1/queues/billing", json=BILLING)
    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json()["version"] == 1
    assert second.headers["ETag"] == '"1"'
    told = bench.bus.decoded(ConfigureQueue)
    assert [(each.queue_id, each.wrap_up_seconds, each.channel_targets[0].target_seconds) for each in told] == [
        ("billing", 30.0, 3600.0)
    ]
    assert len(bench.bus.decoded(QueueConfigured)) == 1


async def test_an_agent_has_site_and_capacity_from_team_and_profile(bench: SettingsBench) -> None:
    async with bench.client() as client:
        await _made(client, "/v1/sites/east", {"name": "East", "time_zone": "Asia/Shanghai"})
        await _made(client, "/v1/teams/red", {"name": "Red", "site": "east"})
        await _made(client, "/v1/queues/billing", BILLING)
        await _made(client, "/v1/agents/ann", ANN | {"team": "red"})
    told = bench.bus.decoded(ConfigureAgent)[0]
    assert (told.team_id, told.site_id, told.capacity_units) == ("red", "east", 100)
    assert {each.channel: (each.units, each.most) for each in told.channels}["chat"] == (30, 3)


async def test_a_changed_team_is_told_to_the_pools_of_its_agents(bench: SettingsBench) -> None:
    async with bench.client() as client:
        await _made(client, "/v1/sites/east", {"name": "East"})
        await _made(client, "/v1/teams/red", {"name": "Red"})
        await _made(client, "/v1/agents/ann", {"name": "Ann", "team": "red"})
        await _made(client, "/v1/teams/red", {"name": "Red", "site": "east"})
        shown = (await client.get("/v1/agents/ann")).json()
    told = bench.bus.decoded(ConfigureAgent)
    assert [each.site_id for each in told] == ["", "east"]
    assert told[1].version > told[0].version
    assert shown["version"] == 1


async def test_what_does_not_exist_is_pointed_at(bench: SettingsBench) -> None:
    async with bench.client() as client:
        body = {"name": "Ann", "queues": ["nowhere"], "skills": [{"skill": "magic", "level": 3}], "team": "none"}
        refused = await client.put("/v1/agents/ann", json=body)
    assert refused.status_code == 422
    assert refused.json()["code"] == "reference-unknown"
    assert {each["pointer"] for each in refused.json()["errors"]} == {"/team", "/queues/0", "/skills/0/skill"}
    assert bench.bus.published == []


async def test_a_queue_of_another_pool_is_refused_to_an_agent(bench: SettingsBench) -> None:
    async with bench.client() as client:
        await _made(client, "/v1/pools/other", {"name": "Other"})
        await _made(client, "/v1/queues/away", {"name": "Away", "pool": "other"})
        refused = await client.put("/v1/agents/ann", json={"name": "Ann", "queues": ["away"]})
    assert (refused.status_code, refused.json()["code"]) == (422, "crosses-pools")
    assert refused.json()["errors"][0]["pointer"] == "/queues/0"


async def test_an_agent_joins_another_pool_only_after_leaving_the_first(bench: SettingsBench) -> None:
    async with bench.client() as client:
        await _made(client, "/v1/pools/other", {"name": "Other"})
        await _made(client, "/v1/agents/ann", {"name": "Ann"})
        await _made(client, "/v1/agents/ann", {"name": "Ann", "pool": "other"})
        again = await client.put("/v1/agents/ann", json={"name": "Ann", "pool": "default"})
    assert again.json()["code"] == "agent-moving"
    assert len(bench.bus.decoded(ConfigureAgent)) == 1
    assert [each.agent_id for each in bench.bus.decoded(RemoveAgent)] == ["ann"]
    assert bench.bus.decoded(AgentConfigured)[-1].pool_id == "default"
    arguments = {"tenant": "acme", "agent_id": "ann", "left_pool": "default", "cause": "evt"}
    assert await finish_move(bench.ports, **arguments)
    assert not await finish_move(bench.ports, **arguments)
    assert len(bench.bus.decoded(ConfigureAgent)) == 2
    assert bench.bus.decoded(AgentConfigured)[-1].pool_id == "other"
    assert bench.bus.published[-2].key == "acme/other"


async def test_a_queue_with_contacts_in_it_is_kept_until_they_are_gone(bench: SettingsBench) -> None:
    async with bench.client() as client:
        await _made(client, "/v1/queues/billing", BILLING)
        bench.engines.contacts["default", "billing"] = 3
        kept = await client.delete("/v1/queues/billing")
        assert (await client.get("/v1/queues/billing")).status_code == 200
        assert bench.bus.decoded(RemoveQueue) == []
        bench.engines.contacts.clear()
        gone = await client.delete("/v1/queues/billing")
    assert (kept.status_code, kept.json()["code"], gone.status_code) == (409, "queue-not-empty", 204)
    assert "3" in kept.json()["detail"]


async def test_a_queue_is_kept_while_its_engine_cannot_be_asked_who_is_in_it(bench: SettingsBench) -> None:
    async with bench.client() as client:
        await _made(client, "/v1/queues/billing", BILLING)
        bench.engines.moving.add("default")
        later = await client.delete("/v1/queues/billing")
        assert (await client.get("/v1/queues/billing")).status_code == 200
    assert (later.status_code, later.json()["code"], later.headers["retry-after"]) == (503, "pool-moving", "1")


async def test_a_used_queue_cannot_be_removed_and_an_unused_one_leaves_its_pool(bench: SettingsBench) -> None:
    async with bench.client() as client:
        await _made(client, "/v1/queues/billing", BILLING)
        await _made(client, "/v1/agents/ann", ANN)
        used = await client.delete("/v1/queues/billing")
        await _made(client, "/v1/agents/ann", {"name": "Ann"})
        gone = await client.delete("/v1/queues/billing")
        missing = await client.get("/v1/queues/billing")
        again = await client.put("/v1/queues/billing", json=BILLING)
    assert (used.status_code, used.json()["code"]) == (409, "still-used")
    assert (gone.status_code, missing.status_code) == (204, 404)
    assert [each.queue_id for each in bench.bus.decoded(RemoveQueue)] == ["billing"]
    assert (again.status_code, again.json()["version"]) == (201, 3)


async def test_a_change_of_a_version_that_is_no_longer_current_is_refused(bench: SettingsBench) -> None:
    async with bench.client() as client:
        await _made(client, "/v1/queues/billing", BILLING)
        changed = await client.patch("/v1/queues/billing", json={"priority": 3}, headers={"If-Match": '"1"'})
        refused = await client.patch("/v1/queues/billing", json={"priority": 4}, headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.json()["priority"], changed.json()["name"]) == (200, 3, "Billing")
    assert (refused.status_code, refused.json()["code"]) == (412, "version-stale")


async def test_wrong_fields_are_named(bench: SettingsBench) -> None:
    async with bench.client() as client:
        refused = await client.put("/v1/queues/q", json={"name": "Q", "ring_seconds": -1, "colour": "red"})
        patched = await client.put("/v1/queues/q", json={"name": "Q"})
        bad_patch = await client.patch("/v1/queues/q", json={"required_skills": [{"skill": "a", "level": 11}]})
    assert refused.status_code == 422
    assert {each["pointer"] for each in refused.json()["errors"]} == {"/ring_seconds", "/colour"}
    assert patched.status_code == 201
    assert [each["pointer"] for each in bad_patch.json()["errors"]] == ["/required_skills/0/level"]


async def test_another_tenant_sees_and_changes_nothing(bench: SettingsBench) -> None:
    async with bench.client() as client:
        await _made(client, "/v1/queues/billing", BILLING)
    async with bench.client("other") as stranger:
        listed = (await stranger.get("/v1/queues")).json()
        answers = [
            await stranger.get("/v1/queues/billing"),
            await stranger.patch("/v1/queues/billing", json={"priority": 1}),
            await stranger.delete("/v1/queues/billing"),
        ]
    assert listed["items"] == []
    assert [answer.status_code for answer in answers] == [404, 404, 404]


async def test_an_agent_may_read_settings_but_not_change_them(bench: SettingsBench) -> None:
    async with bench.client("acme", "agent") as client:
        assert (await client.get("/v1/queues")).status_code == 200
        assert (await client.put("/v1/queues/billing", json=BILLING)).status_code == 403


async def test_lists_are_paged_by_cursor(bench: SettingsBench) -> None:
    async with bench.client() as client:
        for number in range(5):
            await _made(client, f"/v1/skills/skill-{number}", {"name": str(number)})
        first = (await client.get("/v1/skills?limit=3")).json()
        second = (await client.get(f"/v1/skills?limit=3&cursor={first['next']}")).json()
    assert [each["id"] for each in first["items"] + second["items"]] == [f"skill-{number}" for number in range(5)]
    assert second["next"] is None


async def test_everything_is_announced_again_under_the_same_version(bench: SettingsBench) -> None:
    async with bench.client() as client:
        await _made(client, "/v1/queues/billing", BILLING)
        await _made(client, "/v1/agents/ann", ANN)
        assert await announce_again(bench.ports) == 2
        shown = (await client.get("/v1/queues/billing")).json()
    assert shown["version"] == 1
    assert len(bench.bus.decoded(QueueConfigured)) == 2
    assert len(bench.bus.decoded(AgentConfigured)) == 2


@pytest.mark.parametrize(
    ("path", "code", "pointer"),
    [
        ("shifts?sort=-begins_at", "sort-unknown", "?sort"),
        ("shifts?foo=bar", "parameter-unknown", "?foo"),
        ("agents?team=days&skill=english", "parameter-unknown", "?skill"),
        ("sites?id=x", "parameter-unknown", "?id"),
    ],
)
async def test_a_list_refuses_what_it_does_not_know_to_ask(
    bench: SettingsBench, path: str, code: str, pointer: str
) -> None:
    async with bench.client() as client:
        refused = await client.get(f"/v1/{path}")
        known = await client.get("/v1/agents?pool=default&team=days&queue=billing&limit=5&cursor=")
    assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]
    assert known.status_code == 200
