"""Ways out of a queue on the command log."""

from services.routing.adapters import wire_fields as fields
from services.routing.application.ports import NotACommand
from services.routing.domain.queue_steps import LAST_STEPS, WayOut
from switchyard.internal.routing.v1 import commands_pb2 as wire


def way_to_wire(way: WayOut | None) -> wire.WayOut | None:
    if way is None:
        return None
    return wire.WayOut(to_queue=way.to_queue, last_step=way.last_step, announcement=way.announcement)


def way_of_wire(message: wire.WayOut) -> WayOut:
    """Raises NotACommand for a way that leads nowhere, or to two places."""
    if bool(message.to_queue) == bool(message.last_step):
        raise NotACommand("a way out names one of to_queue and last_step")
    if message.last_step and message.last_step not in LAST_STEPS:
        raise NotACommand(f"{message.last_step!r} is no last step")
    return WayOut(
        to_queue=message.to_queue and fields.name(message.to_queue, "to_queue"),
        last_step=message.last_step,
        announcement=fields.text(message.announcement, "announcement"),
    )
