"""Events as JSON CloudEvents, for those who do not speak protobuf."""

from typing import Any

from google.protobuf.json_format import MessageToDict
from google.protobuf.message import DecodeError
from google.protobuf.message_factory import GetMessageClass

from switchyard.eventing.cloudevents import format_time
from switchyard.eventing.envelope import Received
from switchyard.events.gateway.v1 import contact_events_pb2, delivery_events_pb2, monitoring_events_pb2
from switchyard.events.notify.v1 import notice_events_pb2, survey_events_pb2
from switchyard.events.quality.v1 import evaluation_events_pb2
from switchyard.events.routing.v1 import (
    agent_events_pb2,
    contact_routing_events_pb2,
    emergency_events_pb2,
    settings_events_pb2,
    supervision_events_pb2,
)
from switchyard.events.ticketing.v1 import ticket_events_pb2

_FILES = (
    monitoring_events_pb2,
    *(contact_events_pb2, delivery_events_pb2, notice_events_pb2, survey_events_pb2, evaluation_events_pb2),
    *(agent_events_pb2, contact_routing_events_pb2, emergency_events_pb2, settings_events_pb2),
    *(supervision_events_pb2, ticket_events_pb2),
)
_TYPES = {
    message.full_name: GetMessageClass(message)
    for file in _FILES
    for message in file.DESCRIPTOR.message_types_by_name.values()
}


def cloudevent_json(event: Received) -> dict[str, Any]:
    """Write an event in the JSON format of CloudEvents 1.0; `data` is the message with its fields' own names."""
    envelope = event.message.envelope
    attributes: dict[str, Any] = {
        "specversion": "1.0",
        "id": envelope.id,
        "type": envelope.type,
        "source": envelope.source,
        "subject": envelope.subject,
        "time": format_time(envelope.time),
        "datacontenttype": "application/json",
        "tenant": envelope.tenant,
        "sequence": envelope.sequence,
        "correlationid": envelope.correlation_id or None,
        "causationid": envelope.causation_id or None,
        "traceparent": envelope.traceparent,
        **_data(envelope.type, event.message.data),
    }
    return {name: value for name, value in attributes.items() if value is not None}


def position(event: Received) -> tuple[int, str, int]:
    """Say where an event stands in a timeline: microseconds, source, sequence."""
    envelope = event.message.envelope
    microseconds = int(envelope.time.timestamp()) * 1_000_000 + envelope.time.microsecond
    return microseconds, envelope.source, envelope.sequence or 0


def _data(type_name: str, data: bytes) -> dict[str, Any]:
    """What this version cannot read, but was archived all the same, is given without its data."""
    message_type = _TYPES.get(type_name)
    if message_type is None:
        return {}
    try:
        message = message_type.FromString(data)
    except DecodeError:
        return {}
    return {"data": MessageToDict(message, preserving_proto_field_name=True, always_print_fields_with_no_presence=True)}
