"""Who is connected where: one suite for the store in memory and the one in MongoDB."""

import asyncio

import pytest
import pytest_asyncio

from services.gateway.adapters.presence_mongo import MongoPresenceRecords
from services.gateway.application.door.agent_presence import PresenceRecords
from switchyard.mongo.client import Database
from tests.contract.gateway_stores.memory import at
from tests.contract.gateway_stores.presence_memory import InMemoryPresenceRecords


@pytest_asyncio.fixture(params=["memory", "mongo"])
async def records(request: pytest.FixtureRequest, mongo: Database) -> PresenceRecords:
    if request.param == "memory":
        return InMemoryPresenceRecords()
    store = MongoPresenceRecords(mongo["agent_presence"])
    await store.prepare()
    return store


async def test_somebody_is_present_until_the_last_replica_has_let_go(records: PresenceRecords) -> None:
    await records.connect("t", "ann", "0", at(1))
    await records.connect("t", "ann", "1", at(2))
    first = await records.disconnect("t", "ann", "0", at(3))
    last = await records.disconnect("t", "ann", "1", at(4))
    assert first is not None
    assert last is not None
    assert (set(first.replicas), first.version) == ({"1"}, 3)
    assert (set(last.replicas), last.version, last.changed_at) == (set[str](), 4, at(4))


async def test_a_replica_lets_go_once(records: PresenceRecords) -> None:
    assert await records.disconnect("t", "ann", "0", at()) is None
    await records.connect("t", "ann", "0", at())
    assert await records.disconnect("t", "ann", "1", at()) is None
    assert await records.disconnect("t", "ann", "0", at()) is not None
    assert await records.disconnect("t", "ann", "0", at()) is None


async def test_changes_at_one_time_each_have_a_version(records: PresenceRecords) -> None:
    made = await asyncio.gather(*(records.connect("t", "ann", str(number), at()) for number in range(8)))
    assert sorted(record.version for record in made) == list(range(1, 9))


async def test_what_is_on_a_replica_is_found_there(records: PresenceRecords) -> None:
    for tenant, agent, replica in (("t", "ann", "0"), ("u", "ann", "0"), ("t", "bob", "1")):
        await records.connect(tenant, agent, replica, at())
    found = {(each.tenant, each.agent_id) for each in await records.on_replica("0", limit=10)}
    assert found == {("t", "ann"), ("u", "ann")}
    assert len(await records.on_replica("0", limit=1)) == 1


async def test_a_record_is_untold_until_its_last_version_is_told(records: PresenceRecords) -> None:
    first = await records.connect("t", "ann", "0", at(1))
    await records.connect("t", "bob", "0", at(2))
    last = await records.disconnect("t", "ann", "0", at(3))
    assert last is not None
    await records.told(first)
    assert [each.agent_id for each in await records.untold(limit=10)] == ["bob", "ann"]
    await records.told(last)
    assert [each.agent_id for each in await records.untold(limit=10)] == ["bob"]
