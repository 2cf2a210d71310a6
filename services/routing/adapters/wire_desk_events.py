"""From the events of desks and supervisors to their public messages."""

from collections.abc import Callable
from typing import Any

from google.protobuf.message import Message as ProtobufMessage

from services.routing.adapters.wire_event_parts import entry_of, holder_of
from services.routing.adapters.wire_times import timestamp
from services.routing.domain import desk_events as e
from switchyard.events.routing.v1 import agent_events_pb2 as agents
from switchyard.events.routing.v1 import supervision_events_pb2 as supervision


def _held(event: Any) -> dict[str, Any]:
    """Give the parts of every event that names an offer and its agent."""
    return {"entry": entry_of(event.entry), "offer_id": event.offer_id, "holder": holder_of(event.holder)}


def _extended(event: e.WrapUpExtended) -> ProtobufMessage:
    return supervision.WrapUpExtended(
        **_held(event),
        answered_at=timestamp(event.answered_at),
        ended_at=timestamp(event.ended_at),
        wrap_up_until=timestamp(event.wrap_up_until),
        extensions=event.extensions,
    )


def _assigned(event: e.ContactAssignedByHand) -> ProtobufMessage:
    return supervision.ContactAssignedByHand(**_held(event), by=event.by, forced=event.forced)


def _prioritised(event: e.ContactPriorityChanged) -> ProtobufMessage:
    return supervision.ContactPriorityChanged(
        entry=entry_of(event.entry), priority=event.priority, own_priority=event.own_priority, by=event.by
    )


def _taken_over(event: e.ContactTakenOver) -> ProtobufMessage:
    return supervision.ContactTakenOver(
        **_held(event), previous=holder_of(event.previous), by=event.by, forced=event.forced
    )


def _presence_lost(event: e.AgentPresenceLost) -> ProtobufMessage:
    return agents.AgentPresenceLost(
        agent_id=event.agent_id, pool_id=event.pool_id, grace_until=timestamp(event.grace_until)
    )


#: `Any`: each takes its own event, the key says which.
DESK_EVENTS: dict[type, Callable[[Any], ProtobufMessage]] = {
    e.WrapUpExtended: _extended,
    e.ContactAssignedByHand: _assigned,
    e.ContactPriorityChanged: _prioritised,
    e.ContactTakenOver: _taken_over,
    e.AgentPresenceLost: _presence_lost,
    e.AgentPresenceRegained: lambda event: agents.AgentPresenceRegained(agent_id=event.agent_id, pool_id=event.pool_id),
}
