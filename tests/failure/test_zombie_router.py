"""Failure 2: a router is held past its session, another takes over, and the first comes back as if nothing had been."""

import asyncio
import itertools
import random
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from switchyard.kafka.topic_files import load_topics
from switchyard.kafka.topics import create_topics
from switchyard.mongo.client import Collection, MongoSettings, connect
from switchyard.stack.apache_kafka import ApacheKafka
from switchyard.stack.ports import free_port
from switchyard.testing.polling import until
from switchyard.testing.processes import RunningDatabase, kafka_settings
from tests.failure.router_floor import Floor, unfinished, violations
from tests.failure.scale import SOAK
from tests.integration.routing.desk import Desk, RoutingProcess

#: A round is a session that runs out and two rebalances: ten seconds, whatever is done about it.
ROUNDS = 100 if SOAK else 5
#: Contacts, and what is done with them, come so often that a router is now and then held with work in hand.
BETWEEN_CONTACTS_SECONDS = 0.1
FOLLOWED = "partitions-followed"


@pytest.mark.timeout(180 + 60 * ROUNDS)
async def test_a_router_that_comes_back_from_being_held_assigns_nothing_twice(
    apache_kafka: ApacheKafka,
    database: RunningDatabase,
    unique: str,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    await create_topics(apache_kafka.bootstrap, load_topics())
    settings, name = kafka_settings(apache_kafka), f"routing_{unique}"
    replicas = {
        each: RoutingProcess(
            settings, database.uri, name, free_port(), tmp_path / f"{each}.log", instance=f"{each}-{unique}"
        )
        for each in ("one", "two")
    }
    contacts: list[str] = []
    holds = dict.fromkeys(replicas, 0)
    tenant = f"t{unique}"
    with _looking(database, name, f"{tenant}/front") as owners:
        async with Desk(settings, tenant).open() as desk, _running(replicas):
            floor = asyncio.create_task(Floor(desk).work())
            await desk.open_queue(wrap_up=0)
            await desk.sign_in("ann", "bob", "cid")
            numbers, pick = itertools.count(), random.Random(unique)
            for _ in range(ROUNDS):
                arriving = asyncio.create_task(_arrive(desk, numbers, contacts))
                try:
                    await desk.first("ContactQueued", contact_id=await _next(contacts))
                    owner = await owners.now()
                    await asyncio.sleep(pick.uniform(0, 0.2))
                    await _held_once(replicas[owner], desk, owners, contacts)
                    holds[owner] += 1
                finally:
                    arriving.cancel()
            await until(lambda: not unfinished(desk, contacts), what="every contact is done", seconds=120)
            fences = {each: await _fences(replica) for each, replica in replicas.items()}
            floor.cancel()
    record_property("fences", sum(fences.values()))
    assert violations(desk) == []
    assert len(desk.of("ContactQueued")) == len(contacts)
    # One write that finds another's entry, and the zombie knows.
    assert all(fences[each] <= holds[each] for each in replicas), (fences, holds)


@dataclass(frozen=True, slots=True)
class Owners:
    """Who serves the pool, as the database has it."""

    pools: Collection
    pool: str

    async def now(self) -> str:
        document = await self.pools.find_one({"_id": self.pool})
        assert document is not None
        return str(document["owner"]).partition("-")[0]


@contextmanager
def _looking(database: RunningDatabase, name: str, pool: str) -> Iterator[Owners]:
    client = connect(MongoSettings(uri=database.uri, database=name))
    try:
        yield Owners(client[name]["pools"], pool)
    finally:
        client.close()


@asynccontextmanager
async def _running(replicas: dict[str, RoutingProcess]) -> AsyncIterator[None]:
    try:
        for replica in replicas.values():
            replica.start()
        for replica in replicas.values():
            await replica.ready()
        yield
    finally:
        for replica in replicas.values():
            replica.go_on()
            replica.end()


async def _held_once(held: RoutingProcess, desk: Desk, owners: Owners, contacts: list[str]) -> None:
    """Hold the pool's owner until the other serves it, let it go on, and wait until it has found its place again."""
    before, followed = await owners.now(), held.log().count(FOLLOWED)
    held.hold()

    async def taken() -> bool:
        return await owners.now() != before

    await until(taken, what="the other takes the pool over", seconds=60)
    await desk.first("OfferAccepted", contact_id=await _next(contacts))
    held.go_on()
    await until(lambda: held.log().count(FOLLOWED) > followed, what="the held router follows", seconds=60)
    await desk.first("OfferAccepted", contact_id=await _next(contacts))


async def _arrive(desk: Desk, numbers: Iterator[int], contacts: list[str]) -> None:
    while True:
        contact = f"c{next(numbers)}"
        contacts.append(contact)
        await asyncio.shield(desk.send(desk.enqueue(contact)))
        await asyncio.sleep(BETWEEN_CONTACTS_SECONDS)


async def _next(contacts: list[str]) -> str:
    """Wait for a contact that comes after this moment."""
    known = len(contacts)
    await until(lambda: len(contacts) > known + 1, what="a new contact")
    return contacts[known]


async def _fences(replica: RoutingProcess) -> int:
    async with httpx.AsyncClient() as client:
        text = (await client.get(f"{replica.url}/metrics")).text
    found = re.search(r"^switchyard_routing_fences_total (\S+)$", text, re.MULTILINE)
    assert found is not None
    return round(float(found.group(1)))
