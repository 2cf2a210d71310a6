"""The headers of a message: CloudEvents 1.0, Kafka binary mode, with our extensions.

An attribute that may be absent (`correlationid`, `causationid`, `sequence`, `traceparent`) is left out when empty,
because CloudEvents knows no empty attribute.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TypeVar

from switchyard.eventing.envelope import Envelope

CONTENT_TYPE = "application/protobuf"
_REQUIRED = ("ce_id", "ce_type", "ce_source", "ce_subject", "ce_time", "ce_tenant")
_OPTIONAL = ("ce_sequence", "ce_correlationid", "ce_causationid", "traceparent")
_KNOWN = {"ce_specversion", "content-type", *_REQUIRED, *_OPTIONAL}
#: A number of 20 digits is past any source's life and past what a database keeps as an integer.
_LONGEST_NUMBER = 18
T = TypeVar("T")


class MalformedEnvelope(ValueError):
    """The headers are not those of one of our messages; `attribute` names the first that is wrong."""

    code = "malformed-envelope"

    def __init__(self, attribute: str, reason: str) -> None:
        super().__init__(f"{attribute}: {reason}")
        self.attribute = attribute
        self.reason = reason


def to_headers(envelope: Envelope) -> list[tuple[str, bytes]]:
    """Write the attributes as Kafka headers; the same envelope always gives the same headers."""
    headers = [
        ("ce_specversion", b"1.0"),
        ("ce_id", envelope.id.encode()),
        ("ce_type", envelope.type.encode()),
        ("ce_source", envelope.source.encode()),
        ("ce_subject", envelope.subject.encode()),
        ("ce_time", format_time(envelope.time).encode()),
        ("ce_tenant", envelope.tenant.encode()),
        ("content-type", CONTENT_TYPE.encode()),
    ]
    if envelope.sequence is not None:
        headers.append(("ce_sequence", b"%d" % envelope.sequence))
    optional = (
        ("ce_correlationid", envelope.correlation_id),
        ("ce_causationid", envelope.causation_id),
        ("traceparent", envelope.traceparent),
    )
    headers.extend((name, value.encode()) for name, value in optional if value)
    return headers


def from_headers(headers: Sequence[tuple[str, bytes]]) -> Envelope:
    """Read the attributes; unknown headers are ignored.

    Raises MalformedEnvelope.
    """
    texts = _texts(headers)
    if texts.get("ce_specversion") != "1.0":
        raise MalformedEnvelope("ce_specversion", "must be 1.0")
    if texts.get("content-type", CONTENT_TYPE) != CONTENT_TYPE:
        raise MalformedEnvelope("content-type", f"must be {CONTENT_TYPE}")
    for name in _REQUIRED:
        if not texts.get(name):
            raise MalformedEnvelope(name, "is missing")
    return Envelope(
        id=texts["ce_id"],
        type=texts["ce_type"],
        source=texts["ce_source"],
        subject=texts["ce_subject"],
        time=_parsed(texts, "ce_time", parse_time),
        tenant=texts["ce_tenant"],
        correlation_id=texts.get("ce_correlationid", ""),
        causation_id=texts.get("ce_causationid", ""),
        sequence=_parsed(texts, "ce_sequence", _number) if "ce_sequence" in texts else None,
        traceparent=texts.get("traceparent"),
    )


def format_time(time: datetime) -> str:
    """Write a time as RFC 3339 in UTC, to the microsecond."""
    utc = time if time.tzinfo is UTC else time.astimezone(UTC)
    return f"{utc.isoformat(timespec='microseconds')[:-6]}Z"


def parse_time(text: str) -> datetime:
    """Read an RFC 3339 time. Raises ValueError, also where the offset is missing."""
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        raise ValueError("has no offset")
    return time if time.tzinfo is UTC else time.astimezone(UTC)


def _texts(headers: Sequence[tuple[str, bytes]]) -> dict[str, str]:
    """Decode every header at once; only where that fails look which one it is, and whether it is one of ours."""
    try:
        return {name: value.decode() for name, value in headers}
    except (UnicodeDecodeError, AttributeError):
        return {name: _text(name, value) for name, value in headers if name in _KNOWN}


def _text(name: str, value: bytes | None) -> str:
    """Kafka knows headers without a value, which the clients' types do not."""
    if value is None:
        raise MalformedEnvelope(name, "has no value")
    try:
        return value.decode()
    except UnicodeDecodeError as error:
        raise MalformedEnvelope(name, "is not UTF-8") from error


def _parsed(texts: dict[str, str], name: str, parse: Callable[[str], T]) -> T:
    try:
        return parse(texts[name])
    except (ValueError, OverflowError) as error:
        raise MalformedEnvelope(name, str(error)) from error


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > _LONGEST_NUMBER:
        raise ValueError("is not a whole number")
    return int(text)
