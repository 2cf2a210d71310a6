"""What every store of simulations keeps to, in memory and in MongoDB alike."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from services.routing.adapters.memory_simulations import InMemorySimulations
from services.routing.adapters.mongo_simulations import MongoSimulations
from services.routing.application.simulations.ports import Failure, Simulation
from services.routing.simulation.reader import Fault
from switchyard.mongo.client import Database

Stores = InMemorySimulations | MongoSimulations
Make = Callable[[], Awaitable[Stores]]
NOW = datetime(2026, 1, 5, 9, 0, 0, 123_000, tzinfo=UTC)


@pytest.fixture(params=["memory", "mongo"])
def make(request: pytest.FixtureRequest) -> Make:
    async def memory() -> Stores:
        return InMemorySimulations()

    async def mongo() -> Stores:
        store = MongoSimulations(database)
        await store.prepare()
        return store

    if request.param == "memory":
        return memory
    database: Database = request.getfixturevalue("mongo")
    return mongo


def simulation(number: int, tenant: str = "acme") -> Simulation:
    id_ = f"sim_{number:04d}"
    return Simulation(tenant=tenant, id=id_, name="a day", created_by="ann", created_at=NOW, updated_at=NOW)


async def test_what_is_saved_is_found_as_it_was_last(make: Make) -> None:
    store = await make()
    first = simulation(1)
    await store.save(first)
    results = {"queues": [{"queue": "front", "counters": {"offered": {"mean": 1.5, "low": None}}, "a.b$": 2**40}]}
    over = replace(first, stage="done", progress=1.0, results=results)
    await store.save(over)
    assert await store.find("acme", "sim_0001") == over


async def test_why_one_failed_is_kept(make: Make) -> None:
    store = await make()
    failure = Failure(code="scenario-invalid", detail="No.", faults=(Fault("/scenario/lines", "must be at least 1"),))
    failed = replace(simulation(1), stage="failed", failure=failure)
    await store.save(failed)
    assert await store.find("acme", "sim_0001") == failed


async def test_tenants_do_not_see_each_others(make: Make) -> None:
    store = await make()
    await store.save(simulation(1))
    await store.save(simulation(2, "acme2"))
    assert await store.find("acme2", "sim_0001") is None
    assert [each.id for each in await store.page("acme", limit=10, before=None)] == ["sim_0001"]
    assert [each.id for each in await store.page("acme2", limit=10, before=None)] == ["sim_0002"]


async def test_pages_give_the_newest_first_without_results(make: Make) -> None:
    store = await make()
    for number in range(1, 6):
        await store.save(replace(simulation(number), stage="done", results={"n": number}))
    page = await store.page("acme", limit=2, before=None)
    assert [(each.id, each.results) for each in page] == [("sim_0005", None), ("sim_0004", None)]
    assert [each.id for each in await store.page("acme", limit=9, before="sim_0003")] == ["sim_0002", "sim_0001"]
