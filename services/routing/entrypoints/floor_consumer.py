"""Routing hears its own floor events and notes them for the lists."""

from datetime import datetime
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp

from services.routing.application.floor_book import FloorBook, NotedBreach, NotedRequest
from services.routing.entrypoints.times import utc
from switchyard.eventing.envelope import Received
from switchyard.eventing.outcomes import Done, Duplicate, Outcome
from switchyard.eventing.ports import Subscription
from switchyard.events.routing.v1 import agent_events_pb2 as wire

GROUP = "routing-floor"
TOPIC = "agent-state-events-v1"


class FloorNotes:
    """A pool's events come in their order; each says all, so one that comes again changes nothing."""

    def __init__(self, book: FloorBook) -> None:
        self._book = book

    def subscription(self) -> Subscription:
        return Subscription(
            group=GROUP,
            topics=(TOPIC,),
            handlers={
                wire.FloorRuleBreached: self.breached,
                wire.FloorBreachEnded: self.breach_ended,
                wire.BreakRequested: self.requested,
                wire.BreakGranted: self.request_over,
                wire.BreakRequestEnded: self.request_over,
            },
        )

    async def breached(self, received: Received, event: wire.FloorRuleBreached) -> Outcome:
        envelope = received.message.envelope
        breach = NotedBreach(**_breach(event), rungs={event.rung: envelope.time})
        return _outcome(await self._book.note_breach(envelope.tenant, breach, envelope.sequence or 0))

    async def breach_ended(self, received: Received, event: wire.FloorBreachEnded) -> Outcome:
        envelope = received.message.envelope
        breach = NotedBreach(**_breach(event), ended_at=envelope.time, reason=event.reason)
        return _outcome(await self._book.note_breach(envelope.tenant, breach, envelope.sequence or 0))

    async def requested(self, received: Received, event: wire.BreakRequested) -> Outcome:
        return await self._note_request(received, event, received.message.envelope.time, waiting=True)

    async def request_over(self, received: Received, event: wire.BreakGranted | wire.BreakRequestEnded) -> Outcome:
        return await self._note_request(received, event, _time(event.asked_at), waiting=False)

    async def _note_request(self, received: Received, event: Any, asked_at: datetime, *, waiting: bool) -> Outcome:
        envelope = received.message.envelope
        request = NotedRequest(
            request_id=event.request_id,
            agent_id=event.agent_id,
            team_id=event.team_id,
            site_id=event.site_id,
            pool_id=event.pool_id,
            asked_at=asked_at,
        )
        noted = await self._book.note_request(envelope.tenant, request, envelope.sequence or 0, waiting=waiting)
        return _outcome(noted)


def _breach(event: Any) -> dict[str, Any]:
    names = ("breach_id", "rule_id", "kind", "agent_id", "team_id", "site_id", "pool_id", "rung", "cause")
    return {
        **{name: getattr(event, name) for name in names},
        "since": _time(event.since),
        "noticed_at": _time(event.noticed_at),
        "limit_seconds": event.limit_seconds,
        "repeat": event.repeat,
    }


def _time(stamp: Timestamp) -> datetime:
    return utc(stamp.ToMilliseconds())


def _outcome(noted: bool) -> Outcome:
    return Done() if noted else Duplicate()
