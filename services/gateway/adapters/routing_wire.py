"""Routing's messages on the wire: the door's commands into protobuf, and its events out of it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from google.protobuf.message import Message as ProtobufMessage
from google.protobuf.timestamp_pb2 import Timestamp

from services.gateway.application.door import commands as c
from services.gateway.application.door.commands import RoutingCommand
from services.gateway.application.door.routing_events import RoutingEvent
from services.gateway.domain.callback import CallbackPlan
from switchyard.eventing.envelope import Received
from switchyard.events.routing.v1 import agent_events_pb2 as agents
from switchyard.events.routing.v1 import callback_events_pb2 as callbacks
from switchyard.events.routing.v1 import contact_routing_events_pb2 as contacts
from switchyard.events.routing.v1 import supervision_events_pb2 as supervision
from switchyard.internal.routing.v1 import commands_pb2 as wire

COMMANDS_TOPIC: Final = "routing-commands-v1"
EVENTS_TOPIC: Final = "routing-events-v1"
AGENTS_TOPIC: Final = "agent-state-events-v1"
OUTCOMES_TOPIC: Final = "routing-outcomes-v1"
SETTINGS_TOPIC: Final = "routing-settings-events-v1"

CONTACT_EVENTS: Final[tuple[type[ProtobufMessage], ...]] = (
    contacts.ContactQueued,
    contacts.OfferMade,
    contacts.OfferAccepted,
    contacts.OfferRejected,
    contacts.OfferTimedOut,
    contacts.OfferWithdrawn,
    contacts.ContactAbandoned,
    contacts.ContactFlowedOut,
    contacts.ContactParked,
    contacts.SearchWidened,
    contacts.WorkInterrupted,
    contacts.WorkResumed,
    contacts.ContactTransferred,
    contacts.ContactEnded,
    contacts.WrapUpCompleted,
    supervision.WrapUpExtended,
    supervision.ContactAssignedByHand,
    supervision.ContactPriorityChanged,
    supervision.ContactTakenOver,
    callbacks.CallbackRequested,
    callbacks.CallbackScheduled,
    callbacks.CallbackNotReached,
    callbacks.CallbackGivenUp,
)
AGENT_EVENTS: Final[tuple[type[ProtobufMessage], ...]] = (
    agents.AgentJoinedPool,
    agents.AgentLeftPool,
    agents.AgentStateChanged,
    agents.FloorRuleBreached,
    agents.FloorBreachEnded,
    agents.BreakRequested,
    agents.BreakGranted,
    agents.BreakRequestEnded,
    agents.AgentPresenceLost,
    agents.AgentPresenceRegained,
)
_COMMANDS: Final[dict[type[RoutingCommand], Callable[..., ProtobufMessage]]] = {
    c.AcceptOffer: wire.AcceptOffer,
    c.RejectOffer: wire.RejectOffer,
    c.SetAgentState: wire.SetAgentState,
    c.CancelBreak: wire.CancelBreak,
    c.TransferContact: wire.TransferContact,
    c.CompleteWrapUp: wire.CompleteWrapUp,
    c.EndContact: wire.EndContact,
    c.ExtendWrapUp: wire.ExtendWrapUp,
    c.AssignContact: wire.AssignContact,
    c.ChangePriority: wire.ChangePriority,
    c.TakeOver: wire.TakeOver,
    c.ReportPresence: wire.ReportPresence,
    c.RequestCallback: wire.RequestCallback,
    c.RescheduleCallback: wire.RescheduleCallback,
    c.ReportNotReached: wire.ReportNotReached,
}
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_TIMES: Final = frozenset(
    {
        *("queued_at", "offered_at", "expires_at", "answered_at", "ended_at", "wrap_up_until", "grace_until", "since"),
        *("due_at", "not_after"),
    }
)
_TAKEN: Final = frozenset(RoutingEvent.__dataclass_fields__)


def to_wire(command: RoutingCommand) -> ProtobufMessage:
    """Write a command as the engine reads it; the fields carry the same names."""
    fields = {name: getattr(command, name) for name in command.__dataclass_fields__}
    if isinstance(fields.get("plan"), CallbackPlan):
        fields["plan"] = plan_to_wire(fields["plan"])
    return _COMMANDS[type(command)](**fields)


def plan_to_wire(plan: CallbackPlan) -> wire.CallbackPlan:
    """Write when a customer is to be called; what is None stays unset."""
    return wire.CallbackPlan(due_at=plan.due_at, not_after=plan.not_after)


class NotRoutings(ValueError):
    """The source is not a stream of one of routing's pools."""


def routing_event(received: Received, message: ProtobufMessage) -> RoutingEvent:
    """Read an event of a pool. Raises NotRoutings."""
    envelope = received.message.envelope
    tenant, pool, stream = _stream(envelope.source)
    fields: dict[str, Any] = {}
    for read in _READERS[message.DESCRIPTOR.full_name]:
        read(message, fields)
    return RoutingEvent(
        name=message.DESCRIPTOR.name,
        id=envelope.id,
        tenant=tenant,
        pool=pool,
        stream=stream,
        sequence=envelope.sequence or 0,
        time=envelope.time,
        causation_id=envelope.causation_id,
        **fields,
    )


def _stream(source: str) -> tuple[str, str, str]:
    parts = source.split("/")
    if len(parts) != 6 or parts[0] or parts[2:4] != ["routing", "pools"]:
        raise NotRoutings(source)
    return parts[1], parts[4], parts[5]


Reader = Callable[[Any, dict[str, Any]], None]


def _readers(kind: type[ProtobufMessage]) -> tuple[Reader, ...]:
    """Prepare once what to read of a kind of message, so that reading one looks nothing up."""
    found: list[Reader] = []
    for field in kind.DESCRIPTOR.fields:
        if field.name == "entry":
            found.append(_entry)
        elif field.name == "holder":
            found.append(_holder)
        elif field.name in _TIMES:
            found.append(_time(field.name))
        elif field.name in _TAKEN:
            found.append(_plain(field.name))
    return tuple(found)


def _entry(message: Any, fields: dict[str, Any]) -> None:
    entry = message.entry
    fields["contact_id"] = entry.contact_id
    fields["entry"] = entry.number
    fields["queue_id"] = entry.queue_id
    fields["channel"] = entry.channel
    fields["queued_at"] = moment(entry.queued_at)
    fields["callback_attempt"] = entry.callback_attempt


def _holder(message: Any, fields: dict[str, Any]) -> None:
    holder = message.holder
    fields["agent_id"] = holder.agent_id
    fields["team_id"] = holder.team_id
    fields["site_id"] = holder.site_id


def _plain(name: str) -> Reader:
    def read(message: Any, fields: dict[str, Any]) -> None:
        fields[name] = getattr(message, name)

    return read


def _time(name: str) -> Reader:
    def read(message: Any, fields: dict[str, Any]) -> None:
        fields[name] = moment(getattr(message, name))

    return read


def moment(stamp: Timestamp) -> datetime | None:
    """Read a time, None where it is unset; the library's own way takes ten times as long."""
    seconds = stamp.seconds
    return _EPOCH + timedelta(seconds=seconds, microseconds=stamp.nanos // 1000) if seconds else None


_READERS: Final = {kind.DESCRIPTOR.full_name: _readers(kind) for kind in (*CONTACT_EVENTS, *AGENT_EVENTS)}
