"""Floor rules and shifts at the door, and what they tell the pools."""

from typing import Any

import pytest

from services.routing.application.settings.announce_again import announce_again
from services.routing.domain.floor.rules import DEFAULT_RULES
from switchyard.internal.routing.v1.commands_pb2 import CancelShift, ConfigureFloorRule, PlanShift, RemoveFloorRule
from tests.unit.routing_settings.conftest import SettingsBench

LONG_BREAK: dict[str, Any] = {
    "name": "Night breaks",
    "type": "not-ready",
    "reasons": ["break"],
    "limit_seconds": 900,
    "team": "nights",
}
SHIFT: dict[str, Any] = {
    "agent": "ann",
    "begins_at": "2026-11-25T08:00:00.000Z",
    "ends_at": "2026-11-25T16:00:00.000Z",
    "meals": [{"begins_at": "2026-11-25T12:00:00.000Z", "ends_at": "2026-11-25T12:30:00.000Z"}],
}


async def told(bench: SettingsBench, kind: type[Any]) -> list[tuple[str, Any]]:
    """Give the commands of a kind with the key of the pool they went to."""
    name = kind.DESCRIPTOR.full_name
    return [(m.key, kind.FromString(m.data)) for m in bench.bus.published if m.envelope.type == name]


async def test_the_handbooks_rules_hold_without_being_made(bench: SettingsBench) -> None:
    async with bench.client() as client:
        listed = (await client.get("/v1/floor-rules")).json()
        assert [item["id"] for item in listed["items"]] == sorted(rule.rule_id for rule in DEFAULT_RULES)
        rule = (await client.get("/v1/floor-rules/break-10-minutes")).json()
        assert (rule["type"], rule["reasons"], rule["limit_seconds"]) == ("not-ready", ["break"], 600.0)
        assert [(r["rung"], r["after_seconds"]) for r in rule["ladder"]] == [
            ("reminder", 0.0),
            ("warning", 120.0),
            ("reported", 600.0),
        ]


async def test_a_list_of_rules_is_walked_page_by_page_with_the_default_ones_among_them(bench: SettingsBench) -> None:
    async with bench.client() as client:
        await client.put("/v1/teams/nights", json={"name": "Nights"})
        await client.put("/v1/floor-rules/c-long-break", json=LONG_BREAK)
        await client.patch("/v1/floor-rules/breaks-at-once", json={"most": 3, "share": None})
        found, cursor = [], ""
        while cursor is not None:
            page = (await client.get(f"/v1/floor-rules?limit=2&cursor={cursor}")).json()
            found += [item["id"] for item in page["items"]]
            cursor = page["next"]
        assert found == sorted([*(rule.rule_id for rule in DEFAULT_RULES), "c-long-break"])
        of_team = (await client.get("/v1/floor-rules?team=nights")).json()
        assert [item["id"] for item in of_team["items"]] == ["c-long-break"]
        kept = (await client.get("/v1/floor-rules?type=breaks-at-once")).json()
        assert [(item["id"], item["most"], item["version"]) for item in kept["items"]] == [("breaks-at-once", 3, 1)]


async def test_a_rule_reaches_every_pool_and_those_made_later(bench: SettingsBench) -> None:
    async with bench.client() as client:
        await client.put("/v1/pools/south", json={"name": "South"})
        await client.put("/v1/teams/nights", json={"name": "Nights"})
        made = await client.put("/v1/floor-rules/long-break", json=LONG_BREAK)
        assert made.status_code == 201
        assert made.json()["ladder"][1] == {"rung": "warning", "after_seconds": 120.0, "on_repeat": 3}
        rules = await told(bench, ConfigureFloorRule)
        assert [key for key, _ in rules] == ["acme/default", "acme/south"]
        assert (rules[0][1].rule_id, rules[0][1].team_id, rules[0][1].limit_seconds) == ("long-break", "nights", 900)
        await client.put("/v1/pools/west", json={"name": "West"})
        assert [key for key, _ in (await told(bench, ConfigureFloorRule))[2:]] == [
            "acme/default",
            "acme/south",
            "acme/west",
        ]


async def test_a_removed_rule_leaves_every_pool_and_a_default_one_becomes_what_it_was(bench: SettingsBench) -> None:
    async with bench.client() as client:
        await client.patch("/v1/floor-rules/break-10-minutes", json={"limit_seconds": 300})
        assert (await client.delete("/v1/floor-rules/break-10-minutes")).status_code == 204
        assert [(key, message.rule_id) for key, message in await told(bench, RemoveFloorRule)] == [
            ("acme/default", "break-10-minutes")
        ]
        assert (await client.get("/v1/floor-rules/break-10-minutes")).json()["limit_seconds"] == 600
        refused = await client.delete("/v1/floor-rules/break-10-minutes")
        assert (refused.status_code, refused.json()["code"]) == (409, "built-in")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"type": "sleeping"}, "/type"),
        ({"site": "north"}, "/team"),
        ({"reasons": []}, "/reasons"),
        ({"reasons": ["bored"]}, "/reasons"),
        ({"type": "sign-in"}, "/reasons"),
        ({"most": 2}, "/share"),
        ({"type": "breaks-at-once", "reasons": []}, "/share"),
        ({"limit_seconds": -1}, "/limit_seconds"),
        ({"share": 2}, "/share"),
        ({"ladder": []}, "/ladder"),
        ({"ladder": [{"rung": "fired"}]}, "/ladder/0/rung"),
        ({"ladder": [{"rung": "reminder", "after_seconds": 5}]}, "/ladder"),
        ({"ladder": [{"rung": "warning"}, {"rung": "reminder", "after_seconds": 5}]}, "/ladder"),
        ({"colour": "red"}, "/colour"),
    ],
)
async def test_a_rule_that_makes_no_sense_is_refused_with_the_field_named(
    bench: SettingsBench, change: dict[str, Any], pointer: str
) -> None:
    async with bench.client() as client:
        await client.put("/v1/teams/nights", json={"name": "Nights"})
        refused = await client.put("/v1/floor-rules/long-break", json={**LONG_BREAK, **change})
        assert refused.status_code == 422
        assert pointer in [error["pointer"] for error in refused.json()["errors"]]
        assert await told(bench, ConfigureFloorRule) == []


async def test_a_rule_for_a_team_that_is_not_there_is_refused_and_its_team_cannot_go(bench: SettingsBench) -> None:
    async with bench.client() as client:
        refused = await client.put("/v1/floor-rules/long-break", json=LONG_BREAK)
        assert (refused.status_code, refused.json()["code"]) == (422, "reference-unknown")
        await client.put("/v1/teams/nights", json={"name": "Nights"})
        await client.put("/v1/floor-rules/long-break", json=LONG_BREAK)
        assert (await client.delete("/v1/teams/nights")).json()["code"] == "still-used"


async def test_a_shift_is_planned_changed_and_cancelled_in_every_pool(bench: SettingsBench) -> None:
    async with bench.client() as client:
        await client.put("/v1/agents/ann", json={"name": "Ann"})
        made = await client.put("/v1/shifts/monday", json=SHIFT)
        assert (made.status_code, made.json()["night"], made.json()["begins_at"]) == (
            201,
            False,
            "2026-11-25T08:00:00.000Z",
        )
        moved = await client.patch("/v1/shifts/monday", json={"ends_at": "2026-11-25T17:00:00.000Z"})
        assert moved.status_code == 200
        planned = [message for _, message in await told(bench, PlanShift)]
        assert [(m.agent_id, m.version, m.ends_at.ToJsonString()) for m in planned] == [
            ("ann", 1, "2026-11-25T16:00:00Z"),
            ("ann", 2, "2026-11-25T17:00:00Z"),
        ]
        assert planned[0].meals[0].begins_at.ToJsonString() == "2026-11-25T12:00:00Z"
        assert [item["id"] for item in (await client.get("/v1/shifts?agent=ann")).json()["items"]] == ["monday"]
        await client.delete("/v1/shifts/monday")
        assert [message.shift_id for _, message in await told(bench, CancelShift)] == ["monday"]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"agent": "nobody"}, "/agent"),
        ({"ends_at": "2026-11-25T08:00:00.000Z"}, "/ends_at"),
        ({"ends_at": "2026-11-28T08:00:00.000Z"}, "/ends_at"),
        ({"begins_at": "2026-11-25T08:00:00"}, "/begins_at"),
        ({"begins_at": "9999-12-31T00:00:00Z", "ends_at": "9999-12-31T08:00:00Z"}, "/begins_at"),
        ({"meals": [{"begins_at": "2026-11-25T07:00:00Z", "ends_at": "2026-11-25T09:00:00Z"}]}, "/meals"),
    ],
)
async def test_a_shift_that_cannot_be_is_refused_with_the_field_named(
    bench: SettingsBench, change: dict[str, Any], pointer: str
) -> None:
    async with bench.client() as client:
        await client.put("/v1/agents/ann", json={"name": "Ann"})
        refused = await client.put("/v1/shifts/monday", json={**SHIFT, **change})
        assert refused.status_code == 422
        assert pointer in [error["pointer"] for error in refused.json()["errors"]]
        assert await told(bench, PlanShift) == []


@pytest.mark.parametrize(
    ("begins", "ends"),
    [("08:00", "16:00"), ("07:00", "08:01"), ("15:59", "20:00"), ("10:00", "11:00"), ("07:00", "17:00")],
)
async def test_an_agent_is_not_on_duty_twice_at_once(bench: SettingsBench, begins: str, ends: str) -> None:
    other = {"agent": "ann", "begins_at": f"2026-11-25T{begins}:00Z", "ends_at": f"2026-11-25T{ends}:00Z"}
    async with bench.client() as client:
        await client.put("/v1/agents/ann", json={"name": "Ann"})
        await client.put("/v1/shifts/monday", json=SHIFT)
        refused = await client.put("/v1/shifts/second", json=other)
        assert (refused.status_code, refused.json()["code"]) == (422, "shifts-overlap")
        assert [error["pointer"] for error in refused.json()["errors"]] == ["/begins_at"]
        assert "monday" in refused.json()["detail"]
        assert [message.shift_id for _, message in await told(bench, PlanShift)] == ["monday"]


async def test_a_shift_may_begin_as_another_ends_or_be_another_agents_or_its_own_place_taken(
    bench: SettingsBench,
) -> None:
    late = {"agent": "ann", "begins_at": SHIFT["ends_at"], "ends_at": "2026-11-25T20:00:00.000Z"}
    async with bench.client() as client:
        await client.put("/v1/agents/ann", json={"name": "Ann"})
        await client.put("/v1/agents/bob", json={"name": "Bob"})
        made = [
            await client.put("/v1/shifts/early", json=SHIFT),
            await client.put("/v1/shifts/late", json=late),
            await client.put("/v1/shifts/other", json=SHIFT | {"agent": "bob"}),
            await client.put("/v1/shifts/early", json=SHIFT | {"meals": []}),
        ]
        assert [answer.status_code for answer in made] == [201, 201, 201, 200]
        assert (await client.delete("/v1/shifts/early")).status_code == 204
        assert (await client.put("/v1/shifts/again", json=SHIFT)).status_code == 201


async def test_an_agent_goes_only_when_no_shift_is_still_to_come(bench: SettingsBench) -> None:
    past = {"agent": "ann", "begins_at": "2016-01-01T08:00:00Z", "ends_at": "2016-01-01T16:00:00Z"}
    far = {"agent": "ann", "begins_at": "2036-01-01T08:00:00Z", "ends_at": "2036-01-01T16:00:00Z"}
    async with bench.client() as client:
        await client.put("/v1/agents/ann", json={"name": "Ann"})
        await client.put("/v1/shifts/past", json=past)
        await client.put("/v1/shifts/far", json=far)
        kept = await client.delete("/v1/agents/ann")
        assert (kept.status_code, kept.json()["code"]) == (409, "still-used")
        assert "far" in kept.json()["detail"]
        assert "past" not in kept.json()["detail"]
        await client.delete("/v1/shifts/far")
        assert (await client.delete("/v1/agents/ann")).status_code == 204
        assert [item["id"] for item in (await client.get("/v1/shifts")).json()["items"]] == ["past"]


async def test_rules_and_shifts_to_come_are_told_again_and_shifts_that_are_over_are_not(bench: SettingsBench) -> None:
    async with bench.client() as client:
        await client.put("/v1/agents/ann", json={"name": "Ann"})
        await client.patch("/v1/floor-rules/break-10-minutes", json={"limit_seconds": 300})
        far = {"agent": "ann", "begins_at": "2036-01-01T08:00:00Z", "ends_at": "2036-01-01T16:00:00Z"}
        past = {"agent": "ann", "begins_at": "2016-01-01T08:00:00Z", "ends_at": "2016-01-01T16:00:00Z"}
        await client.put("/v1/shifts/far", json=far)
        await client.put("/v1/shifts/past", json=past)
        before = len(await told(bench, PlanShift))
        await announce_again(bench.ports)
        assert [(m.shift_id, m.version) for _, m in (await told(bench, PlanShift))[before:]] == [("far", 2)]
        assert [m.version for _, m in await told(bench, ConfigureFloorRule)] == [1, 2]
