"""From the wire to the commands of callbacks."""

from collections.abc import Callable
from typing import Any

from services.routing.adapters.wire_fields import name, one_of
from services.routing.adapters.wire_parts import command_parts
from services.routing.application.ports import NotACommand
from services.routing.domain import callback_commands as c
from services.routing.domain.callback_events import NOT_REACHED_REASONS
from services.routing.domain.callback_rules import CallbackPlan
from services.routing.domain.commands import Command
from switchyard.eventing.envelope import Envelope
from switchyard.internal.routing.v1 import commands_pb2 as wire


def plan_of_wire(message: wire.CallbackPlan) -> CallbackPlan:
    """Raises NotACommand for a plan that ends before it begins."""
    due_at = message.due_at.ToMilliseconds() if message.HasField("due_at") else 0
    not_after = message.not_after.ToMilliseconds() if message.HasField("not_after") else 0
    if not_after and not_after <= due_at:
        raise NotACommand("not_after is not after due_at")
    return CallbackPlan(due_at=max(0, due_at), not_after=max(0, not_after))


def _request(message: wire.RequestCallback, envelope: Envelope) -> Command:
    contact_id = name(message.contact_id, "contact_id")
    return c.RequestCallback(**command_parts(envelope), contact_id=contact_id, plan=plan_of_wire(message.plan))


def _reschedule(message: wire.RescheduleCallback, envelope: Envelope) -> Command:
    contact_id = name(message.contact_id, "contact_id")
    return c.RescheduleCallback(**command_parts(envelope), contact_id=contact_id, plan=plan_of_wire(message.plan))


def _not_reached(message: wire.ReportNotReached, envelope: Envelope) -> Command:
    return c.ReportNotReached(
        **command_parts(envelope),
        contact_id=name(message.contact_id, "contact_id"),
        offer_id=name(message.offer_id, "offer_id"),
        reason=one_of(message.reason, NOT_REACHED_REASONS, "reason"),
        agent_id=message.agent_id,
    )


#: `Any`: each translation takes its own message, and the name says which.
CALLBACK_KINDS: dict[str, tuple[Any, Callable[[Any, Envelope], Command]]] = {
    kind.DESCRIPTOR.full_name: (kind, translate)
    for kind, translate in (
        (wire.RequestCallback, _request),
        (wire.RescheduleCallback, _reschedule),
        (wire.ReportNotReached, _not_reached),
    )
}
