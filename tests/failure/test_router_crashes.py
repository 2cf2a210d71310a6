"""Failure test 1: the router is killed at any point of its loop, again and again; nothing is lost or done twice."""

import asyncio
import random
import signal
from pathlib import Path

import pytest

from switchyard.kafka.topic_files import load_topics
from switchyard.kafka.topics import create_topics
from switchyard.stack.apache_kafka import ApacheKafka
from switchyard.stack.ports import free_port
from switchyard.testing.polling import until
from switchyard.testing.processes import RunningDatabase, kafka_settings
from tests.failure.router_floor import Floor, unfinished, violations
from tests.failure.scale import scaled
from tests.integration.routing.desk import Desk, RoutingProcess
from tests.tally import Tally

KILLS = scaled(200)
#: A kill comes after at most so many passages of its point, so that each round gets some work done.
MOST_PASSAGES = 12
POINTS = ("after-poll", "after-decide", "after-journal", "after-publish")
SECONDS_A_ROUND = 90


@pytest.mark.timeout(120 + 60 * KILLS)
async def test_a_router_killed_at_any_point_loses_nothing_and_does_nothing_twice(
    apache_kafka: ApacheKafka, database: RunningDatabase, unique: str, tmp_path: Path, tally: Tally
) -> None:
    await create_topics(apache_kafka.bootstrap, load_topics())
    settings = kafka_settings(apache_kafka)
    routing = RoutingProcess(settings, database.uri, f"routing_{unique}", free_port(), tmp_path / "routing.log")
    contacts: list[str] = []
    async with Desk(settings, f"t{unique}").open() as desk:
        floor = asyncio.create_task(Floor(desk).work())
        await desk.open_queue()
        await desk.sign_in("ann", "bob", "cid")
        pick = random.Random(unique)
        for kill in tally.rounds(KILLS, "kills"):
            await _killed_once(routing, desk, f"{pick.choice(POINTS)}:{pick.randint(1, MOST_PASSAGES)}", kill, contacts)
        routing.start()
        try:
            await until(lambda: not unfinished(desk, contacts), what="every contact is written up", seconds=120)
        finally:
            floor.cancel()
            routing.end()
        assert floor.cancelled() or not floor.done() or floor.exception() is None
        assert len(desk.of("ContactQueued")) == len(contacts) == 4 * KILLS
        tally.count("contacts", len(contacts))
        tally.holds(violations(desk))


async def _killed_once(routing: RoutingProcess, desk: Desk, point: str, kill: int, contacts: list[str]) -> None:
    """Run the router until it dies at the point, with contacts coming in all the while."""
    routing.start(SWITCHYARD_CRASH_AT=point)
    fresh = [f"c{kill}-{number}" for number in range(4)]
    contacts += fresh
    for contact in fresh:
        await desk.send(desk.enqueue(contact))
    extra = 0
    while routing.alive and extra < SECONDS_A_ROUND * 5:
        # A loop with nothing to do still polls; one that has done its work needs more of it to reach its point.
        extra += 1
        await desk.send(desk.ping())
        await asyncio.sleep(0.2)
    assert routing.code == -signal.SIGKILL, routing.log()[-3000:]
