"""G1, first part: from the command that frees an agent, in the routing process, until the next offer is durable.

Routing is a process of its own on Apache Kafka and the embedded database. Beside it the bare path: the journal's own
entries, inserted by a few lines into another collection of the same database, in turns with ours.
"""

import asyncio
import json
import tempfile
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from switchyard.internal.routing.v1 import commands_pb2 as c
from switchyard.kafka.topic_files import load_topics
from switchyard.kafka.topics import create_topics
from switchyard.mongo.client import Collection, Database, MongoSettings, connect
from switchyard.stack.ports import free_port
from switchyard.stack.secantus import SecantusDB
from switchyard.testing.processes import kafka_settings, running_apache_kafka
from tests.bench.report import Figure, judged
from tests.bench.timed_router import DURABLE
from tests.bench.timing import quantile
from tests.integration.routing.desk import Desk, RoutingProcess

AIM_P99_MS, AIM_RATIO = 12.0, 2.0
_TURNS = 4
_AGENT = "ann"
_PAUSE_SECONDS = 0.03


async def measure(*, passages: int) -> Figure:
    each = max(passages // _TURNS, 2)
    ours: list[float] = []
    bare: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        async with _routing(Path(folder)) as (floor, database):
            await floor.opens(contacts=each * _TURNS + 2)
            for _ in range(_TURNS):
                ours += [await floor.freed() for _ in range(each)]
                bare += await _bare(database, each)
    return _figure(ours, bare)


@asynccontextmanager
async def _routing(folder: Path) -> AsyncIterator[tuple["_Floor", Database]]:
    """A broker, a database and a router between them; gives a desk at it, and the router's own database."""
    stored, name = SecantusDB(folder / "database"), f"routing_{uuid.uuid4().hex[:8]}"
    with running_apache_kafka(folder / "kafka") as broker:
        settings = kafka_settings(broker)
        await create_topics(broker.bootstrap, load_topics())
        stored.start()
        client = connect(MongoSettings(uri=stored.uri, database=name))
        router = RoutingProcess(
            settings, stored.uri, name, free_port(), folder / "log", module="tests.bench.timed_router"
        )
        router.start()
        try:
            await router.ready()
            async with Desk(settings, "bench").open() as desk:
                yield _Floor(desk, router), client[name]
        finally:
            client.close()
            router.end()
            stored.stop()


@dataclass
class _Floor:
    """One agent, and a line of contacts."""

    desk: Desk
    router: RoutingProcess
    _served: int = 0

    async def opens(self, *, contacts: int) -> None:
        await self.desk.open_queue(wrap_up=300)
        await self.desk.sign_in(_AGENT, chats=1)
        await self.desk.send(*(self.desk.enqueue(_contact(number)) for number in range(contacts)))
        await self.desk.first("ContactQueued", contact_id=_contact(contacts - 1))
        # The first passage warms all up.
        await self.freed()

    async def freed(self) -> float:
        """Work a contact off; milliseconds from the command that ends its wrap-up until the next offer is durable."""
        contact = _contact(self._served)
        offer = await self.desk.first("OfferMade", contact_id=contact)
        await self.desk.send(c.AcceptOffer(offer_id=offer.offer_id, agent_id=_AGENT))
        await self.desk.first("OfferAccepted", contact_id=contact)
        await self.desk.send(c.EndContact(contact_id=contact, ended_by="agent", agent_id=_AGENT))
        await self.desk.first("ContactEnded", contact_id=contact)
        before = len(self._batches())
        await self.desk.send(c.CompleteWrapUp(contact_id=contact, agent_id=_AGENT))
        self._served += 1
        await self.desk.first("OfferMade", contact_id=_contact(self._served))
        return self._batches()[before]

    def _batches(self) -> list[float]:
        return [float(json.loads(line)["ms"]) for line in self.router.log().splitlines() if DURABLE in line]


def _contact(number: int) -> str:
    """Name contacts so that those of one millisecond are served in the order of their numbers."""
    return f"c{number:04}"


async def _bare(database: Database, count: int) -> list[float]:
    """Insert copies of the newest entries; milliseconds of each."""
    entries = await database["journal"].find({}).sort("_id", -1).limit(count).to_list(count)
    bare = database[f"bare_{uuid.uuid4().hex[:8]}"]
    await bare.create_index("contacts")
    return [await _inserted(bare, entry) for entry in entries]


async def _inserted(bare: Collection, entry: dict[str, object]) -> float:
    # Ours come one by one too: a processor that has slept is slower than one in a loop.
    await asyncio.sleep(_PAUSE_SECONDS)
    began = time.perf_counter()
    await bare.insert_one(entry)
    return (time.perf_counter() - began) * 1000


def _figure(ours: list[float], bare: list[float]) -> Figure:
    p50, p99 = quantile(ours, 0.5), quantile(ours, 0.99)
    floor50, floor99 = quantile(bare, 0.5), quantile(bare, 0.99)
    return Figure(
        id="G1",
        what="agent freed -> next offer durable, in the routing process",
        aim=f"p99 <= {AIM_P99_MS:.0f} ms, within {AIM_RATIO:.0f} x the bare insert",
        measured=f"p50 {p50:.1f} ms, p99 {p99:.1f} ms; bare insert p50 {floor50:.1f} ms, p99 {floor99:.1f} ms",
        ratio=f"p50 {p50 / floor50:.2f}, p99 {p99 / floor99:.2f}",
        how=f"{len(ours)} passages one by one, from the poll that brings the command; bare ones in turns with them",
        verdict=judged(p99 <= AIM_P99_MS and p50 <= AIM_RATIO * floor50 and p99 <= AIM_RATIO * floor99),
        short=(
            f"p50 is {p50:.1f} ms and p99 {p99:.1f} ms; the insert of the same entries alone takes {floor50:.1f} and "
            f"{floor99:.1f} ms in this run. What is between: decoding, deciding, making the entry."
        ),
    )
