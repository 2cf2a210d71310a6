"""Messages for tests of the kit, where what they say does not matter."""

from datetime import UTC, datetime

from google.protobuf.message import Message as ProtobufMessage

from switchyard.eventing.cloudevents import to_headers
from switchyard.eventing.drafting import draft
from switchyard.eventing.envelope import EventDraft, Message, Place, numbered
from switchyard.eventing.records import RawRecord

TIME = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def make_draft(message: ProtobufMessage, *, topic: str = "test-events", tenant: str = "t", subject: str) -> EventDraft:
    """Draft an event about `subject`, keyed by it."""
    return draft(
        message,
        topic=topic,
        key=f"{tenant}/{subject}",
        subject=subject,
        time=TIME,
        correlation_id=subject,
        causation_id="",
    )


def make_event(
    message: ProtobufMessage, *, subject: str, sequence: int, topic: str = "test-events", tenant: str = "t"
) -> Message:
    """Make an event of the source `/<tenant>/test/<subject>`."""
    source = f"/{tenant}/test/{subject}"
    return numbered(
        make_draft(message, topic=topic, tenant=tenant, subject=subject),
        tenant=tenant,
        source=source,
        sequence=sequence,
    )


def make_record(message: Message, *, offset: int, partition: int = 0, cluster: str = "memory") -> RawRecord:
    """Make the record of a message, as a consumer gets it."""
    place = Place(cluster=cluster, topic=message.topic, partition=partition, offset=offset)
    return RawRecord(place, message.key.encode(), message.data, to_headers(message.envelope))
