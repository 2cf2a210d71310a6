"""Making messages from protobuf: an event its source has yet to number, and a command that has its id already."""

from datetime import datetime

from google.protobuf.message import Message as ProtobufMessage
from opentelemetry import trace

from switchyard.eventing.envelope import Envelope, EventDraft, Message


def draft(
    message: ProtobufMessage,
    *,
    topic: str,
    key: str,
    subject: str,
    time: datetime,
    correlation_id: str,
    causation_id: str,
) -> EventDraft:
    """Draft an event that belongs to the trace of the current span."""
    return EventDraft(
        topic=topic,
        key=key,
        type=message.DESCRIPTOR.full_name,
        subject=subject,
        time=time,
        correlation_id=correlation_id,
        causation_id=causation_id,
        data=message.SerializeToString(deterministic=True),
        traceparent=current_traceparent(),
    )


def command(
    message: ProtobufMessage,
    *,
    id: str,  # noqa: A002 - the envelope's own name for it
    topic: str,
    key: str,
    source: str,
    subject: str,
    tenant: str,
    time: datetime,
    correlation_id: str,
    causation_id: str,
) -> Message:
    """Make a command that belongs to the trace of the current span; its id is what makes a repeat harmless."""
    envelope = Envelope(
        id=id,
        type=message.DESCRIPTOR.full_name,
        source=source,
        subject=subject,
        time=time,
        tenant=tenant,
        correlation_id=correlation_id,
        causation_id=causation_id,
        traceparent=current_traceparent(),
    )
    return Message(topic=topic, key=key, envelope=envelope, data=message.SerializeToString(deterministic=True))


def current_traceparent() -> str | None:
    """Write the current span as a W3C traceparent, or None outside of any trace."""
    context = trace.get_current_span().get_span_context()
    if not context.is_valid:
        return None
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"
