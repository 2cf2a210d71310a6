"""Failure 7: a contact on which matching raises is parked and announced; the others do not notice."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import quantiles

import httpx
import pytest

from switchyard.internal.routing.v1 import commands_pb2 as c
from switchyard.kafka.topic_files import load_topics
from switchyard.kafka.topics import create_topics
from switchyard.stack.apache_kafka import ApacheKafka
from switchyard.stack.ports import free_port
from switchyard.testing.polling import until
from switchyard.testing.processes import RunningDatabase, kafka_settings
from tests.failure.poisoned_router import POISON
from tests.failure.router_floor import Floor, unfinished, violations
from tests.failure.scale import SOAK, scaled
from tests.integration.routing.desk import Desk, RoutingProcess
from tests.tally import Tally

#: Rounds with poison and rounds without follow each other, so that both meet the same machine.
PAIRS = scaled(100)
IN_A_ROUND = 10
#: What the floor can well serve: who waits then waits for the matching, not for an agent.
BETWEEN_CONTACTS_SECONDS = 0.025
#: The aim where the machine is ours alone, as for a soak.
ALARM_SECONDS = 5 if SOAK else 30
#: Besides the tenth that the aim allows: what one more turn of the loop makes of a wait of some milliseconds.
NOISE_SECONDS = 0.02


@pytest.mark.timeout(300 + 10 * PAIRS)
async def test_a_contact_that_breaks_matching_is_parked_and_the_pool_goes_on(
    apache_kafka: ApacheKafka, database: RunningDatabase, unique: str, tmp_path: Path, tally: Tally
) -> None:
    await create_topics(apache_kafka.bootstrap, load_topics())
    settings, name, log = kafka_settings(apache_kafka), f"routing_{unique}", tmp_path / "routing.log"
    broken = RoutingProcess(
        settings, database.uri, name, free_port(), log, instance="router", module="tests.failure.poisoned_router"
    )
    mended = RoutingProcess(settings, database.uri, name, free_port(), log, instance="router")
    poison = [f"{POISON}{pair}" for pair in range(PAIRS)]
    calm: dict[str, float] = {}
    rough: dict[str, float] = {}
    async with Desk(settings, f"t{unique}").open() as desk:
        floor = asyncio.create_task(Floor(desk).work())
        async with _serving(broken):
            await desk.open_queue(wrap_up=0)
            await desk.sign_in("ann", "bob", "cid")
            await _raises_the_alarm(broken, desk, poison[0])
            for pair in tally.rounds(PAIRS, "pairs of rounds"):
                calm |= await _round(desk, f"calm{pair}")
                await desk.send(*(desk.enqueue(contact) for contact in poison[max(1, pair) : pair + 1]))
                rough |= await _round(desk, f"rough{pair}")
            await until(lambda: len(desk.of("ContactParked")) == PAIRS, what="every poison is parked")
            await _shown(broken, desk, PAIRS)
        async with _serving(mended):
            for contact in poison:
                await desk.send(c.TransferContact(contact_id=contact, to_queue="billing"))
            await until(lambda: not unfinished(desk, poison), what="who was parked is served", seconds=60 + PAIRS)
        floor.cancel()
    assert {each.message.error for each in desk.of("ContactParked")} == {"ZeroDivisionError"}
    # The floor writes up even what its queue gives no time for; nothing else is refused, whoever set a matching off.
    assert {seen.message.code for seen in desk.of("CommandRefused")} <= {"not-in-wrap-up"}
    tally.count("poisoned contacts", PAIRS)
    tally.count("others", len(calm) + len(rough))
    tally.holds(violations(desk))
    _undisturbed(_p99(desk, calm), _p99(desk, rough), tally)


@asynccontextmanager
async def _serving(router: RoutingProcess) -> AsyncIterator[None]:
    router.start()
    try:
        await router.ready()
        yield
    finally:
        router.end()


async def _round(desk: Desk, word: str) -> dict[str, float]:
    """Have contacts come one after another and be served; gives when each was sent."""
    sent = {}
    for number in range(IN_A_ROUND):
        contact = f"{word}-{number}"
        sent[contact] = time.monotonic()
        await desk.send(desk.enqueue(contact))
        await asyncio.sleep(BETWEEN_CONTACTS_SECONDS)
    await until(lambda: not unfinished(desk, list(sent)), what="every other contact is done", seconds=60)
    return sent


async def _raises_the_alarm(router: RoutingProcess, desk: Desk, contact: str) -> None:
    """The first that is parked is seen by who watches the metrics, and by who reads the log."""
    await desk.send(desk.enqueue(contact))
    async with httpx.AsyncClient(base_url=router.url) as client:

        async def alarmed() -> bool:
            logged = any('"contact-parked"' in line and contact in line for line in router.log().splitlines())
            return logged and await _parked(client) == 1

        await until(alarmed, what="metric and log tell of it", seconds=ALARM_SECONDS)


async def _parked(client: httpx.AsyncClient) -> int:
    found = re.search(r"^switchyard_routing_parked (\d+)\.0$", (await client.get("/metrics")).text, re.MULTILINE)
    assert found is not None
    return int(found.group(1))


async def _shown(router: RoutingProcess, desk: Desk, parked: int) -> None:
    """The parked are counted, shown with their queue, and explained."""
    async with httpx.AsyncClient(base_url=router.url, headers=desk.headers()) as client:
        assert await _parked(client) == parked
        queue = (await client.get("/v1/queues/billing/waiting")).json()
        assert (len(queue["items"]), len(queue["parked"])) == (0, parked)
        decisions = (await client.get(f"/v1/contacts/{POISON}0/decisions")).json()["items"]
        assert [(each["rule"], each["error"]) for each in decisions] == [("matching-failed", "ZeroDivisionError")]


def _p99(desk: Desk, sent: dict[str, float]) -> float:
    """Give the seconds from being sent to ringing that all but a hundredth stay within."""
    rang = {each.message.entry.contact_id: each.at for each in desk.of("OfferMade")}
    return quantiles((rang[contact] - at for contact, at in sent.items()), n=100)[98]


def _undisturbed(calm: float, rough: float, tally: Tally) -> None:
    tally.measure("p99 ms without poison", round(1000 * calm, 1))
    tally.measure("p99 ms with poison", round(1000 * rough, 1))
    # How long it took is judged where the machine is ours alone.
    assert not SOAK or rough <= calm * 1.1 + NOISE_SECONDS
