"""One call that puts a tenant's pools under an emergency."""

from typing import Any

import pytest

from services.routing.application.settings.announce_again import announce_again
from switchyard.events.routing.v1.emergency_events_pb2 import EmergencyDeclared, EmergencyLifted
from switchyard.internal.routing.v1.emergency_pb2 import ConfigureEmergency
from tests.unit.routing_settings.conftest import SettingsBench

STORM: dict[str, Any] = {
    "on": True,
    "message": "A storm has cut the lines.",
    "then": {"last_step": "message"},
    "waiting": "leave",
}


async def two_pools(bench: SettingsBench) -> None:
    """Sites north and south; queue front in the default pool, queues away and relief in pool other."""
    async with bench.client() as client:
        for path, body in (
            ("sites/north", {"name": "North"}),
            ("sites/south", {"name": "South"}),
            ("pools/other", {"name": "Other"}),
            ("queues/front", {"name": "Front"}),
            ("queues/away", {"name": "Away", "pool": "other"}),
            ("queues/relief", {"name": "Relief", "pool": "other"}),
        ):
            response = await client.put(f"/v1/{path}", json=body)
            assert response.status_code == 201, response.text


def commands(bench: SettingsBench) -> dict[str, ConfigureEmergency]:
    """The last command of each pool."""
    found = {}
    for message in bench.bus.published:
        if message.envelope.type == ConfigureEmergency.DESCRIPTOR.full_name:
            found[message.key] = ConfigureEmergency.FromString(message.data)
    return found


async def test_no_emergency_holds_before_one_is_declared(bench: SettingsBench) -> None:
    async with bench.client() as client:
        shown = await client.get("/v1/emergency")
    assert (shown.status_code, shown.json()["on"], shown.json()["version"]) == (200, False, 0)


async def test_one_call_tells_every_pool_and_everybody(bench: SettingsBench) -> None:
    await two_pools(bench)
    async with bench.client("acme", "supervisor") as client:
        declared = await client.put("/v1/emergency", json=STORM)
        shown = (await client.get("/v1/emergency")).json()
    assert declared.status_code == 200
    assert shown == declared.json()
    assert (shown["message"], shown["waiting"], shown["pools"]) == (STORM["message"], "leave", None)
    told = commands(bench)
    assert set(told) == {"acme/default", "acme/other"}
    for command in told.values():
        assert command.emergency.then.last_step == "message"
        assert command.emergency.then.announcement == STORM["message"]
        assert command.emergency.waiting == "leave"
    (event,) = bench.bus.decoded(EmergencyDeclared)
    assert [(pool.pool_id, pool.last_step) for pool in event.pools] == [("default", "message"), ("other", "message")]


async def test_lifting_it_is_one_call_too(bench: SettingsBench) -> None:
    await two_pools(bench)
    async with bench.client() as client:
        await client.put("/v1/emergency", json=STORM)
        before = commands(bench)
        lifted = await client.put("/v1/emergency", json={"on": False})
    told = commands(bench)
    assert lifted.json()["on"] is False
    assert all(not command.HasField("emergency") for command in told.values())
    assert all(told[pool].version > before[pool].version for pool in told)
    assert [list(each.pool_ids) for each in bench.bus.decoded(EmergencyLifted)] == [["default", "other"]]


async def test_the_same_call_twice_is_told_once(bench: SettingsBench) -> None:
    async with bench.client() as client:
        await client.put("/v1/emergency", json=STORM)
        again = await client.put("/v1/emergency", json=STORM)
        stale = await client.put("/v1/emergency", json=STORM | {"on": False}, headers={"If-Match": '"9"'})
    assert again.json()["version"] == 1
    assert stale.status_code == 412
    assert len(bench.bus.decoded(EmergencyDeclared)) == 1


async def test_pools_that_are_not_named_are_left_alone_and_each_may_go_its_own_way(bench: SettingsBench) -> None:
    await two_pools(bench)
    only = {"on": True, "pools": {"other": {"to_queue": "relief"}}, "message": "One moment."}
    async with bench.client() as client:
        answered = await client.put("/v1/emergency", json=only)
    assert answered.status_code == 200, answered.text
    told = commands(bench)
    assert not told["acme/default"].HasField("emergency")
    assert told["acme/other"].emergency.then.to_queue == "relief"
    assert told["acme/other"].emergency.then.announcement == "One moment."


async def test_extra_staff_and_closed_sites_reach_the_pools(bench: SettingsBench) -> None:
    await two_pools(bench)
    body = {"on": True, "extra_staff": {"sites": ["south"], "queues": ["front"]}, "sites_closed": ["north"]}
    async with bench.client() as client:
        answered = await client.put("/v1/emergency", json=body)
    assert answered.status_code == 200, answered.text
    told = commands(bench)["acme/default"].emergency
    assert (list(told.extra_sites), list(told.extra_queues), list(told.closed_sites)) == (
        ["south"],
        ["front"],
        ["north"],
    )
    assert not told.HasField("then")


async def test_a_pool_made_under_an_emergency_is_told_of_it(bench: SettingsBench) -> None:
    async with bench.client() as client:
        await client.put("/v1/emergency", json=STORM)
        await client.put("/v1/pools/new", json={"name": "New"})
    assert commands(bench)["acme/new"].emergency.then.last_step == "message"


async def test_it_is_told_again_with_all_settings(bench: SettingsBench) -> None:
    async with bench.client() as client:
        await client.put("/v1/emergency", json=STORM)
    first = commands(bench)["acme/default"]
    await announce_again(bench.ports)
    again = commands(bench)["acme/default"]
    assert again.version > first.version
    assert again.emergency == first.emergency
    assert len(bench.bus.decoded(EmergencyDeclared)) == 2


@pytest.mark.parametrize(
    ("body", "code", "pointers"),
    [
        ({}, "invalid-request", ["/on"]),
        ({"on": True, "then": {}}, "invalid-request", ["/then"]),
        ({"on": True, "waiting": "dance"}, "invalid-request", ["/waiting"]),
        ({"on": True, "waiting": "leave"}, "emergency-unclear", ["/waiting"]),
        ({"on": True, "message": "Storm."}, "emergency-unclear", ["/then"]),
        ({"on": True, "then": {"last_step": "message"}}, "announcement-missing", ["/then/announcement"]),
        ({"on": True, "then": {"to_queue": "nowhere"}}, "reference-unknown", ["/then/to_queue"]),
        ({"on": True, "then": {"to_queue": "front"}}, "crosses-pools", ["/then/to_queue"]),
        ({"on": True, "pools": {"other": {"to_queue": "front"}}}, "crosses-pools", ["/pools/other/to_queue"]),
        ({"on": True, "pools": {"none": None}}, "reference-unknown", ["/pools/none"]),
        ({"on": True, "extra_staff": {"sites": ["none"]}}, "reference-unknown", ["/extra_staff/sites/0"]),
        ({"on": True, "extra_staff": {"queues": ["none"]}}, "reference-unknown", ["/extra_staff/queues/0"]),
        ({"on": True, "sites_closed": ["south", "none"]}, "reference-unknown", ["/sites_closed/1"]),
        (
            {"on": True, "extra_staff": {"sites": ["south"]}, "sites_closed": ["north", "south"]},
            "emergency-unclear",
            ["/sites_closed/1"],
        ),
    ],
)
async def test_an_emergency_that_makes_no_sense_is_refused(
    bench: SettingsBench, body: dict[str, Any], code: str, pointers: list[str]
) -> None:
    await two_pools(bench)
    async with bench.client() as client:
        refused = await client.put("/v1/emergency", json=body)
        problem = refused.json()
        assert (refused.status_code, problem["code"]) == (422, code)
        assert [each["pointer"] for each in problem["errors"]] == pointers
        assert (await client.get("/v1/emergency")).json()["version"] == 0
    assert commands(bench) == {}


async def test_an_agent_sees_the_emergency_and_cannot_declare_one(bench: SettingsBench) -> None:
    async with bench.client("acme", "agent") as client:
        assert (await client.get("/v1/emergency")).status_code == 200
        assert (await client.put("/v1/emergency", json=STORM)).status_code == 403
    async with bench.client("acme", "manager") as client:
        assert (await client.put("/v1/emergency", json=STORM)).status_code == 200
    async with bench.client("other", "admin") as client:
        assert (await client.get("/v1/emergency")).json()["on"] is False


async def test_a_queue_that_an_emergency_names_cannot_be_removed(bench: SettingsBench) -> None:
    await two_pools(bench)
    named = ["queues/relief", "sites/north", "sites/south", "pools/other"]
    body = {
        "on": True,
        "pools": {"other": None},
        "then": {"to_queue": "relief"},
        "sites_closed": ["north"],
        "extra_staff": {"sites": ["south"]},
    }
    async with bench.client() as client:
        answered = await client.put("/v1/emergency", json=body)
        assert answered.status_code == 200, answered.text
        removals = [await client.delete(f"/v1/{path}") for path in named]
    assert [(each.status_code, each.json()["code"]) for each in removals] == [(409, "still-used")] * 4


async def test_a_queue_that_an_emergency_gives_one_pool_cannot_be_removed_until_it_is_lifted(
    bench: SettingsBench,
) -> None:
    await two_pools(bench)
    body = {"on": True, "pools": {"other": {"to_queue": "relief"}}, "extra_staff": {"queues": ["front"]}}
    async with bench.client() as client:
        answered = await client.put("/v1/emergency", json=body)
        assert answered.status_code == 200, answered.text
        for queue in ("relief", "front"):
            kept = await client.delete(f"/v1/queues/{queue}")
            assert (kept.status_code, kept.json()["code"]) == (409, "still-used")
        await client.put("/v1/emergency", json={"on": False})
        assert [(await client.delete(f"/v1/queues/{queue}")).status_code for queue in ("relief", "front")] == [204, 204]
