"""From the events of callbacks to their public messages."""

from collections.abc import Callable
from typing import Any

from google.protobuf.message import Message as ProtobufMessage

from services.routing.adapters.wire_event_parts import entry_of, holder_of
from services.routing.adapters.wire_times import timestamp
from services.routing.domain import callback_events as e
from switchyard.events.routing.v1 import callback_events_pb2 as callbacks


def _requested(event: e.CallbackRequested) -> ProtobufMessage:
    return callbacks.CallbackRequested(
        entry=entry_of(event.entry),
        callback_contact_id=event.callback_contact_id,
        reason=event.reason,
        announcement=event.announcement,
    )


def _scheduled(event: e.CallbackScheduled) -> ProtobufMessage:
    return callbacks.CallbackScheduled(
        entry=entry_of(event.entry),
        due_at=timestamp(event.due_at),
        not_after=timestamp(event.not_after),
        reason=event.reason,
    )


def _not_reached(event: e.CallbackNotReached) -> ProtobufMessage:
    return callbacks.CallbackNotReached(
        entry=entry_of(event.entry),
        offer_id=event.offer_id,
        holder=holder_of(event.holder),
        answered_at=timestamp(event.answered_at),
        reason=event.reason,
    )


def _given_up(event: e.CallbackGivenUp) -> ProtobufMessage:
    return callbacks.CallbackGivenUp(entry=entry_of(event.entry), reason=event.reason, ended_by=event.ended_by)


#: `Any`: each takes its own event, the key says which.
CALLBACK_TRANSLATIONS: dict[type, Callable[[Any], ProtobufMessage]] = {
    e.CallbackRequested: _requested,
    e.CallbackScheduled: _scheduled,
    e.CallbackNotReached: _not_reached,
    e.CallbackGivenUp: _given_up,
}
