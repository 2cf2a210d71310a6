"""The envelope of every message: CloudEvents 1.0 attributes and our extensions, whatever carries them."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """CloudEvents attributes; `(source, sequence)` names an event for ever, a command has no sequence.

    `time` is when the thing happened, in UTC. `type` is the protobuf message's full name. `correlation_id` is
    the contact where there is one; `causation_id` the id of the command or event that caused this one.
    """

    id: str
    type: str
    source: str
    subject: str
    time: datetime
    tenant: str
    correlation_id: str
    causation_id: str
    sequence: int | None = None
    traceparent: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message ready for the broker: `data` is the protobuf, `key` starts with the tenant."""

    topic: str
    key: str
    envelope: Envelope
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class EventDraft:
    """An event whose source numbers it when it is stored: sequence and id come from the aggregate's write."""

    topic: str
    key: str
    type: str
    subject: str
    time: datetime
    correlation_id: str
    causation_id: str
    data: bytes
    traceparent: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Place:
    """Where a message stands in a broker: the cluster's id tells a restarted memory-only broker from the last."""

    cluster: str
    topic: str
    partition: int
    offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A message as a consumer got it."""

    message: Message
    place: Place


def event_id(source: str, sequence: int) -> str:
    """Name an event by what numbers it, so that publishing it again gives the same id."""
    return f"{source}/{sequence}"


def numbered(draft: EventDraft, *, tenant: str, source: str, sequence: int) -> Message:
    """Make the message of a draft that `source` has given its number."""
    envelope = Envelope(
        id=event_id(source, sequence),
        type=draft.type,
        source=source,
        subject=draft.subject,
        time=draft.time,
        tenant=tenant,
        correlation_id=draft.correlation_id,
        causation_id=draft.causation_id,
        sequence=sequence,
        traceparent=draft.traceparent,
    )
    return Message(topic=draft.topic, key=draft.key, envelope=envelope, data=draft.data)
