"""Whether a shift may stand beside the agent's others: nobody is on duty twice at once."""

from services.routing.application.settings.errors import ShiftsOverlap
from services.routing.application.settings.ports import SettingsStore
from services.routing.application.settings.reading import every
from services.routing.domain.organisation import ConfiguredShift, Setting


async def check_shift(store: SettingsStore, tenant: str, wanted: Setting) -> None:
    """Raises ShiftsOverlap, StoreUnavailable; anything but a shift passes."""
    if not isinstance(wanted, ConfiguredShift):
        return
    async for other in every(store, ConfiguredShift, tenant, {"agent": wanted.shift.agent_id}):
        if other.value.id != wanted.id and other.value.shift.overlaps(wanted.shift):
            detail = f"The agent has shift {other.value.id} at that time; one may begin as the other ends."
            raise ShiftsOverlap(detail, ("/begins_at",))
