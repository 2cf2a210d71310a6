"""Failure 8: a relay is killed between the write and the publish, and between the publish and the mark."""

import random
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import pytest

from switchyard.kafka.publisher import KafkaPublisher
from switchyard.kafka.settings import KafkaSettings
from switchyard.mongo.client import Database
from switchyard.testing.kafka_fixtures import make_topic
from switchyard.testing.processes import RunningDatabase
from switchyard.testing.reading import message_of, read_topic
from tests.failure.relay_worker import Round, open_things, run_round
from tests.failure.scale import scaled
from tests.tally import Tally

#: What a process may have sent and not yet marked when it dies: two marks' interval of writes.
_BATCH = 200


@pytest.mark.timeout(1_800)
async def test_no_event_of_an_acknowledged_write_is_lost_or_out_of_order_whenever_the_relay_dies(
    kafka: KafkaSettings, database: RunningDatabase, mongo: Database, unique: str, tmp_path: Path, *, tally: Tally
) -> None:
    topic = await make_topic(kafka, f"events-{unique}", partitions=6)
    kills = scaled(500)
    plan = Round(kafka=kafka, mongo_uri=database.uri, database=mongo.name, topic=topic, history=tmp_path / "history")
    kill_relays(plan, tally.rounds(kills, "kills"))

    publisher = KafkaPublisher(kafka)
    things = open_things(plan, publisher)
    await things.outbox.sweep()
    await publisher.stop()
    stored = {item.id: item.sequence for item in await things.page("t", {}, limit=1_000)}
    things.collection.database.client.close()
    acknowledged = read_history(plan.history)
    records = await read_topic(kafka, topic, seconds=120)
    published = [(i.envelope.subject, i.envelope.sequence or 0) for i in map(message_of, records)]

    assert all(sequence <= stored[name] for name, sequence in acknowledged.items())
    firsts = list(dict.fromkeys(published))
    assert len(firsts) == sum(stored.values())
    for name, sequence in stored.items():
        assert [number for subject, number in firsts if subject == name] == list(range(1, sequence + 1))
    duplicates = len(published) - len(firsts)
    tally.count("events", len(firsts))
    tally.count("duplicates", duplicates)
    assert duplicates <= kills * _BATCH


def kill_relays(plan: Round, kills: Iterable[int]) -> None:
    """Start one process after another, each of which dies at a point of its own."""
    processes = get_context("forkserver")
    processes.set_forkserver_preload(["tests.failure.relay_worker"])
    chance = random.Random(8)
    for number in kills:
        after = chance.randint(1, 100)
        deadly = replace(plan, after_publishes=after, published_first=number % 2 == 0)
        process = processes.Process(target=run_round, args=(deadly,))
        process.start()
        process.join(60)
        assert process.exitcode == -9, f"the relay should have died by its own hand, not with {process.exitcode}"


def read_history(path: Path) -> dict[str, int]:
    """Give the last sequence that each aggregate's writers were told is stored."""
    last: dict[str, int] = defaultdict(int)
    for line in path.read_text().splitlines():
        name, sequence = line.split()
        last[name] = max(last[name], int(sequence))
    return last
