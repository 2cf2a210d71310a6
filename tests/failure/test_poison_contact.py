"""Failure 7: a contact on which matching raises is parked and announced; the others do not notice."""

import asyncio
import re
from pathlib import Path

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
from tests.failure.scale import scaled
from tests.integration.routing.desk import Desk, RoutingProcess

CONTACTS = scaled(1_000)
#: One in so many breaks the rule.
ONE_IN = 10


@pytest.mark.timeout(240 + CONTACTS)
async def test_a_contact_that_breaks_matching_is_parked_and_the_pool_goes_on(
    apache_kafka: ApacheKafka, database: RunningDatabase, unique: str, tmp_path: Path
) -> None:
    await create_topics(apache_kafka.bootstrap, load_topics())
    settings, name, log = kafka_settings(apache_kafka), f"routing_{unique}", tmp_path / "routing.log"
    broken = RoutingProcess(
        settings, database.uri, name, free_port(), log, instance="router", module="tests.failure.poisoned_router"
    )
    good, poison = [f"c{n}" for n in range(CONTACTS)], [f"{POISON}{n}" for n in range(CONTACTS // ONE_IN)]
    async with Desk(settings, f"t{unique}").open() as desk:
        floor = asyncio.create_task(Floor(desk).work())
        broken.start()
        try:
            await broken.ready()
            await desk.open_queue(wrap_up=0)
            await desk.sign_in("ann", "bob", "cid")
            await _all_come(desk, good, poison)
            await until(lambda: not unfinished(desk, good), what="every other contact is done", seconds=60 + CONTACTS)
            await until(lambda: len(desk.of("ContactParked")) == len(poison), what="every poison is parked")
            await _shown(broken, desk, len(poison))
        finally:
            broken.end()
        mended = RoutingProcess(settings, database.uri, name, free_port(), log, instance="router")
        mended.start()
        try:
            for contact in poison:
                await desk.send(c.TransferContact(contact_id=contact, to_queue="billing"))
            await until(lambda: not unfinished(desk, poison), what="who was parked is served", seconds=60 + CONTACTS)
        finally:
            floor.cancel()
            mended.end()
    assert {each.message.error for each in desk.of("ContactParked")} == {"ZeroDivisionError"}
    # The floor writes up even what its queue gives no time for; nothing else is refused, whoever set a matching off.
    assert {seen.message.code for seen in desk.of("CommandRefused")} <= {"not-in-wrap-up"}
    assert violations(desk) == []


async def _all_come(desk: Desk, good: list[str], poison: list[str]) -> None:
    for number, contact in enumerate(good):
        if number % ONE_IN == 0:
            await desk.send(desk.enqueue(poison[number // ONE_IN]))
        await desk.send(desk.enqueue(contact))


async def _shown(router: RoutingProcess, desk: Desk, parked: int) -> None:
    """The parked are counted, shown with their queue, and explained."""
    async with httpx.AsyncClient(base_url=router.url, headers=desk.headers()) as client:
        metrics = (await client.get("/metrics")).text
        assert re.search(rf"^switchyard_routing_parked {parked}\.0$", metrics, re.MULTILINE)
        queue = (await client.get("/v1/queues/billing/waiting")).json()
        assert (len(queue["items"]), len(queue["parked"])) == (0, parked)
        decisions = (await client.get(f"/v1/contacts/{POISON}0/decisions")).json()["items"]
        assert [(each["rule"], each["error"]) for each in decisions] == [("matching-failed", "ZeroDivisionError")]
