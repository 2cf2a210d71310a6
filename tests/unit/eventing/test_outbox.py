"""What the outbox does when the broker is slow, away, or back."""

import asyncio
from collections.abc import Sequence

from switchyard.eventing.envelope import EventDraft, Message
from switchyard.eventing.outbox import OutboxLimits
from switchyard.internal.signals.v1.signals_pb2 import LinesRead
from switchyard.testing.clock import FixedClock
from switchyard.testing.memory_aggregates import InMemoryAggregates
from switchyard.testing.memory_bus import InMemoryBus
from switchyard.testing.messages import make_draft
from switchyard.testing.polling import running, until


class SlowBus(InMemoryBus):
    """Holds every publish until `go` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.go = asyncio.Event()
        self.attempts = 0

    async def publish(self, messages: Sequence[Message]) -> None:
        self.attempts += 1
        await self.go.wait()
        await super().publish(messages)


def make(bus: InMemoryBus, limits: OutboxLimits | None = None) -> InMemoryAggregates:
    return InMemoryAggregates(bus, source_prefix="test/things", clock=FixedClock(), limits=limits)


def event(number: int = 1) -> EventDraft:
    return make_draft(LinesRead(through_line=number), subject="a")


async def test_a_writer_does_not_wait_longer_for_the_broker_than_the_limit() -> None:
    bus = SlowBus()
    aggregates = make(bus, OutboxLimits(publish_wait=0.01))
    await asyncio.wait_for(aggregates.insert("t", "a", {}, [event()]), 5)
    assert bus.published == []
    bus.go.set()
    await until(lambda: len(bus.published) == 1, what="published although nobody waits any more")
    assert aggregates.outbox.is_published(("t", "a"), 1)


async def test_while_the_broker_is_away_writers_leave_it_to_the_sweeper() -> None:
    bus = SlowBus()
    bus.go.set()
    bus.available = False
    aggregates = make(bus)
    for name in "abc":
        await aggregates.insert("t", name, {}, [event()])
    assert bus.attempts == 1


async def test_the_running_sweeper_publishes_when_the_broker_is_back_and_writers_publish_again() -> None:
    bus = InMemoryBus()
    aggregates = make(bus, OutboxLimits(sweep_interval=0.01))
    bus.available = False
    await aggregates.insert("t", "a", {}, [event()])
    async with running(aggregates.outbox):
        bus.available = True
        await until(lambda: len(bus.published) == 1, what="swept")
        await aggregates.insert("t", "b", {}, [event()])
        await until(lambda: len(bus.published) == 2, what="published by the writer")


async def test_the_sweeper_survives_a_store_that_is_away() -> None:
    bus = InMemoryBus()
    aggregates = make(bus, OutboxLimits(sweep_interval=0.01))
    async with running(aggregates.outbox):
        aggregates.available = False
        await asyncio.sleep(0.05)
        aggregates.available = True
        bus.available = False
        await aggregates.insert("t", "a", {}, [event()])
        bus.available = True
        await until(lambda: len(bus.published) == 1, what="swept after the outage")
