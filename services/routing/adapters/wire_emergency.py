"""Emergencies on the command log."""

from services.routing.adapters.wire_ways import way_of_wire, way_to_wire
from services.routing.application.ports import NotACommand
from services.routing.domain.emergency import WAITING_CHOICES, Emergency
from switchyard.internal.routing.v1 import emergency_pb2 as wire


def emergency_to_wire(emergency: Emergency | None, version: int) -> wire.ConfigureEmergency:
    if emergency is None:
        return wire.ConfigureEmergency(version=version)
    told = wire.Emergency(
        then=way_to_wire(emergency.then),
        waiting=emergency.waiting,
        extra_sites=emergency.extra_sites,
        extra_queues=emergency.extra_queues,
        closed_sites=emergency.closed_sites,
    )
    return wire.ConfigureEmergency(version=version, emergency=told)


def emergency_of_wire(message: wire.ConfigureEmergency) -> Emergency | None:
    """Raises NotACommand."""
    if not message.HasField("emergency"):
        return None
    told = message.emergency
    if told.waiting not in WAITING_CHOICES:
        raise NotACommand(f"{told.waiting!r} is neither stay nor leave")
    return Emergency(
        then=way_of_wire(told.then) if told.HasField("then") else None,
        waiting=told.waiting,
        extra_sites=tuple(sorted(told.extra_sites)),
        extra_queues=tuple(sorted(told.extra_queues)),
        closed_sites=tuple(sorted(told.closed_sites)),
    )
