"""Which changes of settings follow each other: those that are checked against each other and then saved.

Two at the same moment would otherwise both pass: ways out that make a circle, shifts that overlap, a way to a queue
that is being removed. Within a process they take turns, which costs little, for such settings are changed now and
then. Replicas do not wait for each other: where two of them meet, the engine's guard keeps contacts from going round.
"""

from services.routing.domain.declared_emergency import DeclaredEmergency
from services.routing.domain.organisation import KINDS, ConfiguredShift, Queue, Setting


def turn_of(tenant: str, setting: Setting) -> str:
    """Name the turn: of all ways out of a tenant, of one agent's shifts, or of the one setting."""
    match setting:
        case Queue() | DeclaredEmergency():
            return f"{tenant}/ways"
        case ConfiguredShift(shift=shift):
            return f"{tenant}/shifts-of/{shift.agent_id}"
        case _:
            return f"{tenant}/{KINDS[type(setting)]}/{setting.id}"
