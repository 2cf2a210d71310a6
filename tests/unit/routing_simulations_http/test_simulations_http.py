"""POST and GET of /v1/simulations, as a planner's program meets them."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.routing.adapters.simulation_limits import SimulationLimits
from services.routing.application.simulations.desk import DeskLimits
from services.routing.application.simulations.ports import Failure, PlayFailed
from services.routing.entrypoints.simulation_bodies import EXAMPLE
from switchyard.testing.polling import until
from tests.unit.routing_simulation.scenes import coming, plain, queue
from tests.unit.routing_simulations_http.conftest import Open, SlowPlayer

SMALL: dict[str, Any] = {"scenario": plain(queue(arrivals=coming(0, 5)), name="small"), "seed": 3}


async def over(client: httpx.AsyncClient, path: str) -> dict[str, Any]:
    async def ended() -> bool:
        return (await client.get(path)).json()["state"] in {"done", "failed"}

    await until(ended, what=f"{path} is over")
    body: dict[str, Any] = (await client.get(path)).json()
    return body


async def test_what_is_done_soon_is_answered_at_once(open_door: Open) -> None:
    player = SlowPlayer()
    player.go.set()
    async with open_door(player).client() as client:
        answer = await client.post("/v1/simulations", json=SMALL)
        again = await client.get(answer.headers["Location"])
    assert answer.status_code == 201
    assert answer.json() == again.json()
    assert (answer.json()["state"], answer.json()["results"]) == ("done", {"name": "small"})
    assert (player.played[0].seed, player.played[0].scenario) == (3, SMALL["scenario"])


async def test_what_takes_longer_is_started_and_tells_how_far_it_is(open_door: Open) -> None:
    player = SlowPlayer()
    async with open_door(player).client() as client:
        answer = await client.post("/v1/simulations", json=SMALL)
        assert (answer.status_code, answer.json()["state"]) == (202, "running")

        async def told() -> bool:
            return bool((await client.get(answer.headers["Location"])).json()["progress"] == 0.25)

        await until(told, what="progress")
        player.go.set()
        done = await over(client, answer.headers["Location"])
    assert (done["state"], done["progress"], done["results"]) == ("done", 1.0, {"name": "small"})


async def test_simulations_are_played_one_at_a_time(open_door: Open) -> None:
    player = SlowPlayer()
    async with open_door(player).client() as client:
        first = await client.post("/v1/simulations", json=SMALL)
        second = await client.post("/v1/simulations", json=SMALL)
        assert (first.json()["state"], second.json()["state"]) == ("running", "waiting")
        assert len(player.played) == 1
        player.go.set()
        assert (await over(client, second.headers["Location"]))["state"] == "done"


async def test_a_tenant_with_too_many_is_told_to_come_again_and_others_are_not(open_door: Open) -> None:
    player = SlowPlayer()
    door = open_door(player, desk=DeskLimits(answer_seconds=0.01, most_of_a_tenant=2, most_unfinished=3))
    async with door.client() as client, door.client("other") as other:
        answers = [await client.post("/v1/simulations", json=SMALL) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [202, 202, 429]
        assert (answers[2].json()["code"], answers[2].headers["Retry-After"]) == ("simulations-busy", "10")
        assert (await other.post("/v1/simulations", json=SMALL)).status_code == 202
        assert (await other.post("/v1/simulations", json=SMALL)).status_code == 429
    await door.desk.stop()


async def test_a_scenario_that_cannot_be_simulated_is_refused_by_its_fields(open_door: Open) -> None:
    player = SlowPlayer()
    wrong = plain(queue(arrivals=coming(-4), patience=-1))
    async with open_door(player).client() as client:
        answer = await client.post("/v1/simulations", json={"scenario": wrong})
    assert (answer.status_code, answer.json()["code"]) == (422, "scenario-invalid")
    pointers = {error["pointer"] for error in answer.json()["errors"]}
    assert pointers == {"/scenario/queues/0/arrivals/0/at_seconds/0", "/scenario/queues/0/patience/seconds"}
    assert player.played == []


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/scenario"),
        ({**SMALL, "sed": 1}, "/sed"),
        ({**SMALL, "seed": -1}, "/seed"),
        ({**SMALL, "replications": 0}, "/replications"),
        ({"scenario": []}, "/scenario"),
    ],
)
async def test_a_request_that_is_none_is_refused_by_its_fields(
    open_door: Open, body: dict[str, Any], pointer: str
) -> None:
    async with open_door(SlowPlayer()).client() as client:
        answer = await client.post("/v1/simulations", json=body)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


@pytest.mark.parametrize(
    ("limits", "pointer"), [({"customers": 1}, "/scenario/queues"), ({"agents": 0}, "/scenario/groups")]
)
async def test_what_is_too_large_for_the_service_is_refused(
    open_door: Open, limits: dict[str, int], pointer: str
) -> None:
    async with open_door(SlowPlayer(), limits=SimulationLimits(**limits)).client() as client:
        answer = await client.post("/v1/simulations", json=SMALL)
    assert (answer.status_code, answer.json()["code"]) == (422, "simulation-too-large")
    assert answer.json()["errors"][0]["pointer"] == pointer


async def test_planners_and_their_chiefs_may_and_agents_may_not(open_door: Open) -> None:
    player = SlowPlayer()
    player.go.set()
    door = open_door(player)
    for role, status in (("planner", 201), ("supervisor", 201), ("manager", 201), ("admin", 201), ("agent", 403)):
        async with door.client("acme", role) as client:
            assert (await client.post("/v1/simulations", json=SMALL)).status_code == status
            assert (await client.get("/v1/simulations")).status_code == (200 if status == 201 else 403)


async def test_another_tenants_simulations_do_not_exist(open_door: Open) -> None:
    player = SlowPlayer()
    player.go.set()
    door = open_door(player)
    async with door.client() as client, door.client("other") as other:
        made = await client.post("/v1/simulations", json=SMALL)
        seen = await other.get(made.headers["Location"])
        assert (seen.status_code, seen.json()["code"]) == (404, "simulation-unknown")
        assert (await other.get("/v1/simulations")).json() == {"items": [], "next": None}


async def test_the_list_gives_the_newest_first_without_results_page_by_page(open_door: Open) -> None:
    player = SlowPlayer()
    player.go.set()
    async with open_door(player).client() as client:
        for _ in range(3):
            await client.post("/v1/simulations", json=SMALL)
        first = (await client.get("/v1/simulations?limit=2")).json()
        second = (await client.get("/v1/simulations", params={"limit": 2, "cursor": first["next"]})).json()
    assert [item["id"] for item in first["items"]] == ["sim_0003", "sim_0002"]
    assert [item["id"] for item in second["items"]] == ["sim_0001"]
    assert first["items"][0]["results"] is None
    assert second["next"] is None


async def test_what_fails_says_why(open_door: Open) -> None:
    player = SlowPlayer(fails=PlayFailed(Failure(code="simulation-too-costly", detail="It takes too much memory.")))
    async with open_door(player).client() as client:
        answer = await client.post("/v1/simulations", json=SMALL)
        player.go.set()
        failed = await over(client, answer.headers["Location"])
        assert failed["problem"] == {
            "code": "simulation-too-costly",
            "detail": "It takes too much memory.",
            "errors": [],
        }
    async with open_door(player).client() as client:
        at_once = await client.post("/v1/simulations", json=SMALL)
    assert (at_once.status_code, at_once.json()["code"]) == (422, "simulation-too-costly")


async def test_a_fault_of_ours_is_told_as_one_and_the_next_is_played(open_door: Open) -> None:
    player = SlowPlayer(fails=OSError("no more processes"))
    player.go.set()
    async with open_door(player).client() as client:
        failed = await client.post("/v1/simulations", json=SMALL)
        assert (failed.status_code, failed.json()["code"]) == (500, "simulation-failed")
        player.fails = None
        assert (await client.post("/v1/simulations", json=SMALL)).status_code == 201


async def test_stopping_ends_what_is_played_and_keeps_it_as_lost(open_door: Open) -> None:
    player = SlowPlayer()
    door = open_door(player)
    async with door.client() as client:
        answer = await client.post("/v1/simulations", json=SMALL)
        await door.desk.stop()
        body = (await client.get(answer.headers["Location"])).json()
    assert player.ended == 1
    assert (body["state"], body["problem"]["code"]) == ("failed", "simulation-lost")


async def test_one_that_nobody_has_news_of_is_shown_as_lost(open_door: Open) -> None:
    door = open_door(SlowPlayer(), desk=DeskLimits(answer_seconds=0.01, news_seconds=3_600))
    async with door.client() as client:
        answer = await client.post("/v1/simulations", json=SMALL)
        assert (await client.get(answer.headers["Location"])).json()["state"] == "waiting"
        door.clock.now += timedelta(seconds=61)
        body = (await client.get(answer.headers["Location"])).json()
    assert (body["state"], body["problem"]["code"]) == ("failed", "simulation-lost")
    await door.desk.stop()


async def test_the_documents_own_example_can_be_played(open_door: Open) -> None:
    player = SlowPlayer()
    player.go.set()
    async with open_door(player).client() as client:
        assert (await client.post("/v1/simulations", json=dict(EXAMPLE))).status_code == 201
