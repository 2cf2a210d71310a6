"""Simulations at a real routing process: a scenario beside the loop, and a day replayed from its journal."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

import httpx
import pytest

from cli.recorded_file import load_recorded
from services.routing.adapters.mongo_journal import MongoJournal
from services.routing.application.ports import JournalEntry, PoolKey
from services.routing.domain.engine import Step
from services.routing.domain.moments import Moment
from services.routing.exporting import export
from services.routing.simulation.replication import play
from switchyard.mongo.client import MongoSettings, connect
from switchyard.service.identity import HEADER, Principal, sign_internal
from switchyard.testing.polling import until
from switchyard.testing.processes import RunningDatabase
from tests.integration.routing.desk import SECRET, Desk, RoutingProcess
from tests.unit.routing_simulation.scenes import Plain, coming, group, plain, queue, scenario

POOL = "recorded"
DAY = {"from": "2026-01-05T08:00:00Z", "to": "2026-01-05T09:00:00Z"}


@asynccontextmanager
async def planner(routing: RoutingProcess, tenant: str) -> AsyncIterator[httpx.AsyncClient]:
    who = Principal(tenant=tenant, subject="pia", roles=frozenset({"planner"}), credential_id="crd_1")
    headers = {HEADER: sign_internal(who, SECRET, datetime.now(UTC))}
    async with httpx.AsyncClient(base_url=routing.url, headers=headers, timeout=30) as client:
        yield client


async def done(client: httpx.AsyncClient, answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code in {201, 202}, answer.text

    async def over() -> bool:
        return (await client.get(answer.headers["Location"])).json()["state"] in {"done", "failed"}

    await until(over, what="the simulation is over", seconds=60)
    body: dict[str, Any] = (await client.get(answer.headers["Location"])).json()
    return body


async def fault(client: httpx.AsyncClient, body: Plain) -> tuple[str, list[str]]:
    """Why a request has no results, and the fields at fault; a busy machine finds it out after it has answered 202."""
    answer = await client.post("/v1/simulations", json=body)
    assert answer.status_code in {202, 422}, answer.text
    problem = (await done(client, answer))["problem"] if answer.status_code == 202 else answer.json()
    return problem["code"], [error["pointer"] for error in problem.get("errors", ())]


def recorded_hour() -> list[tuple[Moment, Step]]:
    """What the journal of such an hour holds; the engine that wrote it is the one in production."""
    steps: list[tuple[Moment, Step]] = []
    front = queue(handling={"talk": 100, "wrap_up": 10}, arrivals=coming(*range(0, 3_500, 45)))
    made = scenario(front, groups=[group(staff=2)], begins_at="2026-01-05T08:00:00")
    play(made, seed=1, watches=[lambda state, step: steps.append((state.now, step))])
    return steps


@pytest.fixture
async def journalled(desk: Desk, routing: RoutingProcess, database: RunningDatabase, unique: str) -> PoolKey:
    """A pool whose journal holds an hour, in the process's own database."""
    key, steps = PoolKey(desk.tenant, POOL), recorded_hour()
    client = connect(MongoSettings(uri=database.uri, database=f"routing_{unique}"))
    journal = MongoJournal(client[f"routing_{unique}"], instance="test", address="")
    entries = [
        JournalEntry(
            pool=key,
            sequence=number + 1,
            batch_id=f"batch-{number}",
            now=now,
            place=None,
            published_through=number,
            contact_sequence=0,
            agent_sequence=0,
            steps=tuple(step for _, step in batch),
        )
        for number, (now, batch) in enumerate(groupby(steps, key=lambda each: each[0]))
    ]
    try:
        assert await journal.append(entries) == set()
    finally:
        client.close()
    return key


async def test_a_scenario_is_played_beside_the_loop_and_kept(desk: Desk, routing: RoutingProcess) -> None:
    hour = plain(queue(arrivals=[{"counts": [40, 40]}]), groups=[group(staff=2)], replications=3)
    async with planner(routing, desk.tenant) as client:
        body = await done(client, await client.post("/v1/simulations", json={"scenario": hour, "seed": 4}))
        again = await done(client, await client.post("/v1/simulations", json={"scenario": hour, "seed": 4}))
    assert body["state"] == "done"
    assert body["results"] == again["results"]
    assert body["results"]["queues"][0]["counters"]["offered"]["count"] == 3


async def test_a_recorded_day_is_replayed_with_what_really_happened_beside_it(
    routing: RoutingProcess, journalled: PoolKey
) -> None:
    more: Plain = {"replications": 2, "groups": [group("more", staff=2)]}
    async with planner(routing, journalled.tenant) as client:
        as_it_was = {"replay": {"pool": POOL, **DAY, "changes": {"replications": 1}}}
        was = await done(client, await client.post("/v1/simulations", json=as_it_was))
        with_more = {"replay": {"pool": POOL, **DAY, "changes": more}}
        helped = await done(client, await client.post("/v1/simulations", json=with_more))
    really, same, better = (found["queues"][0] for found in (was["results"]["real"], was["results"], helped["results"]))
    assert same["counters"]["offered"]["mean"] == really["counters"]["offered"]["mean"] == 78
    assert same["rates"]["asa_seconds"]["mean"] == pytest.approx(really["rates"]["asa_seconds"]["mean"], rel=0.05)
    assert better["rates"]["asa_seconds"]["mean"] < really["rates"]["asa_seconds"]["mean"] / 2


async def test_a_wrong_change_and_a_day_without_anybody_are_refused(
    routing: RoutingProcess, journalled: PoolKey
) -> None:
    async with planner(routing, journalled.tenant) as client:
        wrong = {"replay": {"pool": POOL, **DAY, "changes": {"queues": {"front": {"ring_seconds": -4}}}}}
        assert await fault(client, wrong) == ("scenario-invalid", ["/replay/changes/queues/front/ring_seconds"])
        assert await fault(client, {"replay": {"pool": "nobody", **DAY}}) == ("nothing-recorded", ["/replay/from"])
        upside_down = {"replay": {"pool": POOL, "from": DAY["to"], "to": DAY["from"]}}
        assert (await fault(client, upside_down))[1] == ["/replay/to"]


async def test_another_tenants_day_cannot_be_replayed(routing: RoutingProcess, journalled: PoolKey) -> None:
    async with planner(routing, "somebody-else") as client:
        assert await fault(client, {"replay": {"pool": POOL, **DAY}}) == ("nothing-recorded", ["/replay/from"])


async def test_a_day_is_exported_for_the_command_line(
    journalled: PoolKey, database: RunningDatabase, unique: str, tmp_path: Path
) -> None:
    file = tmp_path / "day.jsonl"
    since, till = (round(datetime.fromisoformat(each).timestamp() * 1000) for each in DAY.values())
    settings = MongoSettings(uri=database.uri, database=f"routing_{unique}")
    with file.open("w") as out:
        written = await export(settings, journalled, since, till, out)
    assert written == sum(now <= till for now, _ in recorded_hour())
    day = load_recorded(file)
    assert (day.since, day.until) == (since, till)
    assert len(day.queues["front", "voice"].waits) == 78


async def test_the_process_ends_in_time_while_it_simulates(desk: Desk, routing: RoutingProcess) -> None:
    long = plain(queue(arrivals=[{"rates_per_hour": [15_000, 15_000]}]), groups=[group(staff=250)], replications=50)
    async with planner(routing, desk.tenant) as client:
        answer = await client.post("/v1/simulations", json={"scenario": long})
        assert (answer.status_code, answer.json()["state"]) == (202, "running")
    assert routing.end() == 0
