"""Starting what a service reads: tails first, up to where they may be relied on, then its consumer groups."""

import asyncio

from switchyard.kafka.consumer import GroupConsumer
from switchyard.kafka.dead_letters import KafkaDeadLetters
from switchyard.kafka.tail import TailReader
from switchyard.mongo.parked import MongoParkedSubjects
from switchyard.service.running import Resources, Service
from switchyard.service.supervision import Supervisor
from switchyard.service.telemetry import message_spans


async def start_consumers(
    service: Service,
    resources: Resources,
    supervisor: Supervisor,
    dead_letters: KafkaDeadLetters,
    asked_to_end: asyncio.Event,
) -> None:
    """Return when every tail has caught up, or the process is asked to end; groups may still be joining.

    Raises PartDied.
    """
    tails = _start_tails(service, resources, supervisor)
    caught_up = asyncio.gather(*(tail.caught_up.wait() for tail in tails))
    await supervisor.until(caught_up, asked_to_end)
    if not service.subscriptions:
        return
    parked = MongoParkedSubjects(resources.database)
    await parked.prepare()
    for subscription in service.subscriptions:
        consumer = GroupConsumer(
            resources.kafka,
            subscription,
            parked=parked,
            dead_letters=dead_letters,
            registry=resources.registry,
            around=message_spans(resources.tracer, subscription.group),
            clock=resources.clock,
        )
        _watch(resources, supervisor, subscription.group, consumer)


def _start_tails(service: Service, resources: Resources, supervisor: Supervisor) -> list[TailReader]:
    tails = [TailReader(resources.kafka, tail, registry=resources.registry) for tail in service.tails]
    for number, tail in enumerate(tails):
        _watch(resources, supervisor, f"tail-{number}", tail)
    return tails


def _watch(resources: Resources, supervisor: Supervisor, name: str, reader: GroupConsumer | TailReader) -> None:
    async def is_assigned() -> bool:
        return reader.assigned

    resources.health.watch(name, lambda: reader.seconds_since_poll)
    resources.health.require(name, is_assigned)
    supervisor.start(name, reader.run)
