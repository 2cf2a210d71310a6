"""Failure 2: a router is held past its session, another takes over, and the first comes back as if nothing had been."""

import asyncio
import json
import random
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest

from switchyard.kafka.settings import KafkaSettings
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
from tests.tally import Tally

#: A round is a session that runs out and two rebalances: ten seconds, whatever is done about it.
ROUNDS = 100 if SOAK else 3
#: Pools of as many tenants, spread over both routers: who is held has two of them or more.
POOLS = 4
#: Contacts, and what is done with them, come so often that a router is now and then held with work in hand.
BETWEEN_CONTACTS_SECONDS = 0.2
FOLLOWED, FENCED = "partitions-followed", "journal-taken-by-another"


@pytest.mark.timeout(180 + 60 * ROUNDS)
async def test_a_router_that_comes_back_from_being_held_assigns_nothing_twice(
    apache_kafka: ApacheKafka, database: RunningDatabase, unique: str, tmp_path: Path, tally: Tally
) -> None:
    await create_topics(apache_kafka.bootstrap, load_topics())
    settings, name = kafka_settings(apache_kafka), f"routing_{unique}"
    replicas = {
        each: RoutingProcess(
            settings, database.uri, name, free_port(), tmp_path / f"{each}.log", instance=f"{each}-{unique}"
        )
        for each in ("one", "two")
    }
    held: Counter[tuple[str, str]] = Counter()
    pick = random.Random(unique)
    with _looking(database, name) as owners:
        async with _running(replicas), _open_pools(settings, unique) as pools:
            for _ in tally.rounds(ROUNDS, "rounds"):
                async with _arrivals(pools):
                    await asyncio.gather(*(pool.queued_one_more() for pool in pools))
                    zombie, theirs = await owners.busiest(pools)
                    await asyncio.sleep(pick.uniform(0, BETWEEN_CONTACTS_SECONDS))
                    await _held_once(replicas[zombie], zombie, theirs, pools, owners)
                    held.update((zombie, pool.key) for pool in theirs)
            await asyncio.gather(*(pool.finished() for pool in pools))
            fenced = {each: _fenced(replica) for each, replica in replicas.items()}
    tally.count("pools held", held.total())
    tally.count("contacts", sum(len(pool.contacts) for pool in pools))
    tally.count("writes fenced", sum(counter.total() for counter in fenced.values()))
    for pool in pools:
        assert len(pool.desk.of("ContactQueued")) == len(pool.contacts)
    # One write that finds another's entry, and the zombie knows.
    too_often = [
        f"{replica} wrote to {pool} {times} times, held {held[replica, pool]} times"
        for replica, pools_fenced in fenced.items()
        for pool, times in pools_fenced.items()
        if times > held[replica, pool]
    ]
    tally.holds([*too_often, *(violation for pool in pools for violation in violations(pool.desk))])


@dataclass
class Pool:
    """A tenant's pool with three agents who answer whatever rings."""

    desk: Desk
    contacts: list[str] = field(default_factory=list)

    @property
    def key(self) -> str:
        return f"{self.desk.tenant}/{self.desk.pool}"

    async def arrive(self) -> None:
        while True:
            contact = f"c{len(self.contacts)}"
            self.contacts.append(contact)
            await asyncio.shield(self.desk.send(self.desk.enqueue(contact)))
            await asyncio.sleep(BETWEEN_CONTACTS_SECONDS)

    async def queued_one_more(self) -> None:
        await self.desk.first("ContactQueued", contact_id=await self._next())

    async def accepted_one_more(self) -> None:
        await self.desk.first("OfferAccepted", contact_id=await self._next())

    async def finished(self) -> None:
        await until(lambda: not unfinished(self.desk, self.contacts), what="every contact is done", seconds=120)

    async def _next(self) -> str:
        """Wait for a contact that comes after this moment."""
        known = len(self.contacts)
        await until(lambda: len(self.contacts) > known + 1, what="a new contact")
        return self.contacts[known]


@dataclass(frozen=True, slots=True)
class Owners:
    """Who serves which pool, as the database has it."""

    documents: Collection

    async def now(self) -> Mapping[str, str]:
        return {each["_id"]: str(each["owner"]).partition("-")[0] async for each in self.documents.find({})}

    async def busiest(self, pools: list[Pool]) -> tuple[str, list[Pool]]:
        """Name the router that serves the most pools, and these."""
        owners = await self.now()
        ((busiest, _),) = Counter(owners[pool.key] for pool in pools).most_common(1)
        return busiest, [pool for pool in pools if owners[pool.key] == busiest]

    async def have_left(self, router: str, pools: list[Pool]) -> bool:
        owners = await self.now()
        return all(owners[pool.key] != router for pool in pools)


@contextmanager
def _looking(database: RunningDatabase, name: str) -> Iterator[Owners]:
    client = connect(MongoSettings(uri=database.uri, database=name))
    try:
        yield Owners(client[name]["pools"])
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


@asynccontextmanager
async def _open_pools(settings: KafkaSettings, unique: str) -> AsyncIterator[list[Pool]]:
    """Open a pool for each tenant, with its floor at work."""
    async with AsyncExitStack() as stack:
        pools = [
            Pool(await stack.enter_async_context(Desk(settings, f"t{unique}{number}").open()))
            for number in range(POOLS)
        ]
        floors = [asyncio.create_task(Floor(pool.desk).work()) for pool in pools]
        for pool in pools:
            await pool.desk.open_queue(wrap_up=0)
            await pool.desk.sign_in("ann", "bob", "cid")
        yield pools
        await _cancelled(floors)


@asynccontextmanager
async def _arrivals(pools: list[Pool]) -> AsyncIterator[None]:
    arriving = [asyncio.create_task(pool.arrive()) for pool in pools]
    try:
        yield
    finally:
        await _cancelled(arriving)


async def _cancelled(tasks: list[asyncio.Task[None]]) -> None:
    """Cancel what works until then; what it died of before is raised."""
    for task in tasks:
        task.cancel()
    for ended in await asyncio.gather(*tasks, return_exceptions=True):
        assert isinstance(ended, asyncio.CancelledError), ended


async def _held_once(held: RoutingProcess, name: str, theirs: list[Pool], pools: list[Pool], owners: Owners) -> None:
    """Hold a router until the other serves its pools, let it go on, and wait until it has found its place again."""
    followed = held.log().count(FOLLOWED)
    held.hold()
    await until(partial(owners.have_left, name, theirs), what="the other takes the pools over", seconds=60)
    await asyncio.gather(*(pool.accepted_one_more() for pool in pools))
    held.go_on()
    await until(lambda: held.log().count(FOLLOWED) > followed, what="the held router follows", seconds=60)
    await asyncio.gather(*(pool.accepted_one_more() for pool in pools))


def _fenced(replica: RoutingProcess) -> Counter[str]:
    """Count, by pool, the writes that found another's entry."""
    lines = (line for line in replica.log().splitlines() if FENCED in line)
    return Counter(str(json.loads(line)["pool"]) for line in lines)
