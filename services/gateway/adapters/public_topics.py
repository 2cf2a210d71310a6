"""The public topics and the messages on them, from the topic files and the generated descriptors."""

import importlib
import pkgutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from google.protobuf import descriptor_pool, message_factory
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import DecodeError, Message

import switchyard.events
from switchyard.eventing.cloudevents import MalformedEnvelope, format_time
from switchyard.eventing.envelope import Envelope
from switchyard.eventing.records import RawRecord
from switchyard.kafka.topic_files import TopicFile, load_topics


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicTopic:
    file: TopicFile
    messages: Mapping[str, type[Message]]


def public_topics() -> dict[str, PublicTopic]:
    """Read the topic files. Raises OSError, ValueError, KeyError where a file names a message that is not generated."""
    _load_generated()
    return {each.name: _topic(each) for each in load_topics() if each.visibility == "public"}


def _load_generated() -> None:
    """Import every generated module, so that the descriptor pool knows every message."""
    for module in pkgutil.walk_packages(switchyard.events.__path__, "switchyard.events."):
        if module.name.endswith("_pb2"):
            importlib.import_module(module.name)


def _topic(file: TopicFile) -> PublicTopic:
    pool = descriptor_pool.Default()
    kinds = {name: message_factory.GetMessageClass(pool.FindMessageTypeByName(name)) for name in file.messages}
    return PublicTopic(file=file, messages=kinds)


class EventTexts:
    """Turns records of public topics into JSON CloudEvents for one tenant."""

    def __init__(self, topics: Sequence[PublicTopic]) -> None:
        self._kinds = {name: kind for topic in topics for name, kind in topic.messages.items()}

    def of(self, record: RawRecord, tenant: str) -> Mapping[str, Any] | None:
        """Return the event; None where it is another tenant's, of an unknown type, or garbage."""
        try:
            received = record.read()
        except MalformedEnvelope:
            return None
        envelope = received.message.envelope
        kind = self._kinds.get(envelope.type)
        if kind is None or envelope.tenant != tenant:
            return None
        try:
            return cloud_event(envelope, kind.FromString(received.message.data))
        except DecodeError:
            return None


def cloud_event(envelope: Envelope, message: Message) -> Mapping[str, Any]:
    """Write an event in CloudEvents' JSON format; the data is protobuf's canonical JSON under the proto's names."""
    event: dict[str, Any] = {
        "specversion": "1.0",
        "id": envelope.id,
        "type": envelope.type,
        "source": envelope.source,
        "subject": envelope.subject,
        "time": format_time(envelope.time),
        "datacontenttype": "application/json",
        "tenant": envelope.tenant,
        "sequence": envelope.sequence,
        "correlationid": envelope.correlation_id,
        "causationid": envelope.causation_id,
    }
    if envelope.traceparent:
        event["traceparent"] = envelope.traceparent
    event["data"] = MessageToDict(message, preserving_proto_field_name=True, always_print_fields_with_no_presence=True)
    return event
