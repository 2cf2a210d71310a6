"""What every command of the log has."""

from typing import Any

from services.routing.adapters.wire_fields import name
from services.routing.domain.moments import Moment
from switchyard.eventing.envelope import Envelope


def command_parts(envelope: Envelope) -> dict[str, Any]:
    """Give a command's id, and when it was sent."""
    return {"id": name(envelope.id, "ce_id"), "issued_at": issued(envelope)}


def issued(envelope: Envelope) -> Moment:
    return round(envelope.time.timestamp() * 1000)
