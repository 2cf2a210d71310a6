"""A writer and its relay, in a process that kills itself: between the write and the publish, or before the mark."""

import asyncio
import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from switchyard.eventing.envelope import Message
from switchyard.eventing.outbox import OutboxLimits
from switchyard.internal.signals.v1.signals_pb2 import LinesRead
from switchyard.kafka.publisher import KafkaPublisher
from switchyard.kafka.settings import KafkaSettings
from switchyard.mongo.aggregates import MongoAggregates
from switchyard.mongo.client import MongoSettings, connect
from switchyard.testing.messages import make_draft

_WRITERS = 8
#: Each writer's aggregates; a fresh process goes on with those of the last one.
_AGGREGATES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """`after_publishes` counts publishes until the end; `published_first` dies after that publish, not before it."""

    kafka: KafkaSettings
    mongo_uri: str
    database: str
    topic: str
    history: Path
    after_publishes: int = 0
    published_first: bool = False
    events_per_second: int = 500


class DeadlyPublisher(KafkaPublisher):
    """Kills its process at the publish it was told to."""

    def __init__(self, settings: KafkaSettings, round_: Round) -> None:
        super().__init__(settings)
        self._round = round_
        self._left = round_.after_publishes

    async def publish(self, messages: Sequence[Message]) -> None:
        self._left -= 1
        last = self._left == 0
        if last and not self._round.published_first:
            os.kill(os.getpid(), signal.SIGKILL)
        await super().publish(messages)
        if last:
            os.kill(os.getpid(), signal.SIGKILL)


def run_round(round_: Round) -> None:
    """Write and publish until killed by its own hand."""
    asyncio.run(_run(round_))


def open_things(round_: Round, publisher: KafkaPublisher) -> MongoAggregates:
    """Open the aggregates that every round writes to."""
    client = connect(MongoSettings(uri=round_.mongo_uri, database=round_.database))
    limits = OutboxLimits(sweep_interval=0.2, grace=0.5)
    return MongoAggregates(client[round_.database]["things"], publisher, source_prefix="test/things", limits=limits)


async def _run(round_: Round) -> None:
    publisher = DeadlyPublisher(round_.kafka, round_)
    things = open_things(round_, publisher)
    # The sweep at the start publishes what the process before left behind.
    background = asyncio.create_task(things.outbox.run(asyncio.Event()))
    history = os.open(round_.history, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    await asyncio.gather(background, *(_write(round_, things, writer, history) for writer in range(_WRITERS)))


async def _write(round_: Round, things: MongoAggregates, writer: int, history: int) -> None:
    """Change this writer's aggregates in turn; what was acknowledged is noted where a kill cannot undo it."""
    number = 0
    while True:
        name = f"w{writer}-{number % _AGGREGATES}"
        number += 1
        event = make_draft(LinesRead(contact_id=name, through_line=number), topic=round_.topic, subject=name)
        known = await things.find("t", name)
        if known is None:
            stored = await things.insert("t", name, {"n": 1}, [event])
        else:
            stored = await things.replace(known, {"n": known.body["n"] + 1}, [event])
        os.write(history, f"{name} {stored.sequence}\n".encode())
        await asyncio.sleep(_WRITERS / round_.events_per_second)
