"""What happens on the floor as messages of agent-state-events-v1."""

from collections.abc import Callable, Mapping
from typing import Any

from google.protobuf.message import Message as ProtobufMessage

from services.routing.adapters.wire_times import timestamp
from services.routing.domain.entry import Holder
from services.routing.domain.floor import events as e
from switchyard.events.routing.v1 import agent_events_pb2 as wire


def _who(holder: Holder, pool_id: str) -> dict[str, str]:
    return {
        "agent_id": holder.agent_id,
        "team_id": holder.team_id,
        "site_id": holder.site_id,
        "pool_id": pool_id,
    }


def _breach(event: e.FloorRuleBreached | e.FloorBreachEnded) -> dict[str, Any]:
    return {
        **_who(event.holder, event.pool_id),
        "breach_id": event.breach_id,
        "rule_id": event.rule_id,
        "kind": event.kind,
        "rung": event.rung,
        "since": timestamp(event.since),
        "noticed_at": timestamp(event.noticed_at),
        "limit_seconds": event.limit_seconds,
        "cause": event.cause,
        "repeat": event.repeat,
    }


def _requested(event: e.BreakRequested) -> ProtobufMessage:
    who = _who(event.holder, event.pool_id)
    return wire.BreakRequested(**who, request_id=event.request_id, position=event.position)


def _granted(event: e.BreakGranted) -> ProtobufMessage:
    who = _who(event.holder, event.pool_id)
    return wire.BreakGranted(**who, request_id=event.request_id, asked_at=timestamp(event.asked_at))


def _request_ended(event: e.BreakRequestEnded) -> ProtobufMessage:
    return wire.BreakRequestEnded(
        **_who(event.holder, event.pool_id),
        request_id=event.request_id,
        asked_at=timestamp(event.asked_at),
        reason=event.reason,
    )


#: `Any`: each takes its own event, and the key says which.
FLOOR_TRANSLATIONS: Mapping[type, Callable[[Any], ProtobufMessage]] = {
    e.FloorRuleBreached: lambda event: wire.FloorRuleBreached(**_breach(event)),
    e.FloorBreachEnded: lambda event: wire.FloorBreachEnded(**_breach(event), reason=event.reason),
    e.BreakRequested: _requested,
    e.BreakGranted: _granted,
    e.BreakRequestEnded: _request_ended,
}
