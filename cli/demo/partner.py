"""The demo as a partner system: reads the public topics from now on and recounts."""

import asyncio
from collections.abc import Iterable, Iterator
from types import ModuleType

from google.protobuf.message import Message as Protobuf
from prometheus_client import CollectorRegistry

from cli.demo.recount import Recount
from switchyard.eventing.envelope import Received
from switchyard.eventing.outcomes import Done, Outcome
from switchyard.eventing.ports import Handler, Tail
from switchyard.events.notify.v1 import survey_events_pb2
from switchyard.events.quality.v1 import evaluation_events_pb2
from switchyard.events.routing.v1 import (
    agent_events_pb2,
    callback_events_pb2,
    contact_routing_events_pb2,
    supervision_events_pb2,
)
from switchyard.events.ticketing.v1 import ticket_events_pb2
from switchyard.kafka.settings import KafkaSettings
from switchyard.kafka.tail import TailReader

TOPICS = (
    "routing-events-v1",
    "agent-state-events-v1",
    "survey-events-v1",
    "quality-events-v1",
    "ticket-events-v1",
)
CONTRACTS = (
    *(contact_routing_events_pb2, callback_events_pb2, supervision_events_pb2, agent_events_pb2),
    *(survey_events_pb2, evaluation_events_pb2, ticket_events_pb2),
)


def every_message(contracts: Iterable[ModuleType]) -> Iterator[type[Protobuf]]:
    """Every event type of these contracts: a reader who skips some cannot tell a gap from what it skipped."""
    for contract in contracts:
        for name in contract.DESCRIPTOR.message_types_by_name:
            yield getattr(contract, name)


class Partner:
    """Feeds a recount with one tenant's events."""

    def __init__(self, *, bootstrap: str, embedded: bool, tenant: str, recount: Recount) -> None:
        self._tenant = tenant
        self._recount = recount
        settings = KafkaSettings(bootstrap=bootstrap, embedded=embedded, client_id="demo-partner")
        handlers: dict[type, Handler] = dict.fromkeys(every_message(CONTRACTS), self._take)
        self._reader = TailReader(settings, Tail(topics=TOPICS, handlers=handlers), registry=CollectorRegistry())

    async def read(self, stop: asyncio.Event) -> None:
        await self._reader.run(stop)

    async def ready(self) -> None:
        """Wait until nothing that happens from now on can be missed."""
        await self._reader.caught_up.wait()

    async def _take(self, received: Received, event: object) -> Outcome:
        envelope = received.message.envelope
        if envelope.tenant == self._tenant and envelope.sequence is not None:
            self._recount.take(event, source=envelope.source, sequence=envelope.sequence, time=envelope.time)  # type: ignore[arg-type]
        return Done()
