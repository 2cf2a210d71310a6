"""From the wire to the commands of desks and supervisors."""

from collections.abc import Callable
from typing import Any

from services.routing.adapters.wire_fields import LONGEST_NAME, name, seconds
from services.routing.adapters.wire_parts import command_parts
from services.routing.domain import desk_commands as c
from services.routing.domain.commands import Command
from switchyard.eventing.envelope import Envelope
from switchyard.internal.routing.v1 import commands_pb2 as wire


def _extend(message: wire.ExtendWrapUp, envelope: Envelope) -> Command:
    return c.ExtendWrapUp(
        **command_parts(envelope),
        contact_id=name(message.contact_id, "contact_id"),
        agent_id=message.agent_id[:LONGEST_NAME],
        seconds=seconds(message.seconds),
    )


def _assign(message: wire.AssignContact, envelope: Envelope) -> Command:
    return c.AssignContact(
        **command_parts(envelope),
        contact_id=name(message.contact_id, "contact_id"),
        agent_id=name(message.agent_id, "agent_id"),
        by=name(message.by, "by"),
        force=message.force,
    )


def _change_priority(message: wire.ChangePriority, envelope: Envelope) -> Command:
    return c.ChangePriority(
        **command_parts(envelope),
        contact_id=name(message.contact_id, "contact_id"),
        priority=message.priority,
        by=name(message.by, "by"),
    )


def _take_over(message: wire.TakeOver, envelope: Envelope) -> Command:
    return c.TakeOver(
        **command_parts(envelope),
        contact_id=name(message.contact_id, "contact_id"),
        agent_id=name(message.agent_id, "agent_id"),
        by=name(message.by, "by"),
        force=message.force,
    )


def _report_presence(message: wire.ReportPresence, envelope: Envelope) -> Command:
    return c.ReportPresence(
        **command_parts(envelope),
        agent_id=name(message.agent_id, "agent_id"),
        present=message.present,
        version=message.version,
        grace_seconds=seconds(message.grace_seconds),
    )


#: `Any`: each translation takes its own message, and the name says which.
DESK_KINDS: dict[str, tuple[Any, Callable[[Any, Envelope], Command]]] = {
    kind.DESCRIPTOR.full_name: (kind, translate)
    for kind, translate in (
        (wire.ExtendWrapUp, _extend),
        (wire.AssignContact, _assign),
        (wire.ChangePriority, _change_priority),
        (wire.TakeOver, _take_over),
        (wire.ReportPresence, _report_presence),
    )
}
