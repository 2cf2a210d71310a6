"""The parts that commands of the log share, each checked as it is read."""

from typing import Any

from services.routing.application.ports import NotACommand
from services.routing.domain.moments import Moment
from switchyard.eventing.envelope import Envelope

LONGEST_NAME = 256
_MOST_SECONDS = 366 * 86_400.0


def command_parts(envelope: Envelope) -> dict[str, Any]:
    """Give what every command has."""
    return {"id": name(envelope.id, "ce_id"), "issued_at": issued(envelope)}


def issued(envelope: Envelope) -> Moment:
    return round(envelope.time.timestamp() * 1000)


def name(text: str, field: str) -> str:
    """Give the name of a thing. Raises NotACommand where there is none."""
    if not 0 < len(text) <= LONGEST_NAME:
        raise NotACommand(f"{field} is missing or too long")
    return text


def seconds(value: float) -> float:
    """Give a span. Raises NotACommand where it is negative, endless or no number."""
    if not 0 <= value <= _MOST_SECONDS:
        raise NotACommand(f"{value} seconds are out of range")
    return value
