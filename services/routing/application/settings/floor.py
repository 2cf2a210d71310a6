"""Floor rules and shifts reach every pool, those made later too."""

from datetime import datetime

from services.routing.application.settings.emergency_effects import pools_of
from services.routing.application.settings.ports import Asked, Change, Ports, Recorded, SettingsStore, SettingT
from services.routing.application.settings.reading import every
from services.routing.domain.organisation import (
    ConfiguredFloorRule,
    ConfiguredShift,
    Setting,
)
from services.routing.domain.organisation_rules import Effect, effects_on_floor
from switchyard.eventing.aggregates import AggregateConflict

FloorSetting = ConfiguredFloorRule | ConfiguredShift


async def tell_floor(
    store: SettingsStore, tenant: str, setting: Setting, *, removed: bool = False
) -> tuple[Effect, ...]:
    """Say what follows from a floor rule or a shift; nothing from any other setting. Raises StoreUnavailable."""
    if not isinstance(setting, FloorSetting):
        return ()
    return effects_on_floor(setting, await pools_of(store, tenant), removed=removed)


async def tell_floor_again(ports: Ports, asked: Asked) -> int:
    """Send every rule and every shift that is not over once more; returns how many. Raises StoreUnavailable."""
    count, now = 0, ports.clock()
    async for rule in every(ports.store, ConfiguredFloorRule, asked.tenant):
        count += await _again(ports, asked, rule)
    async for shift in every(ports.store, ConfiguredShift, asked.tenant):
        if not is_over(shift.value, now):
            count += await _again(ports, asked, shift)
    return count


async def _again(ports: Ports, asked: Asked, found: Recorded[SettingT]) -> int:
    effects = await tell_floor(ports.store, asked.tenant, found.value)
    change = Change(value=found.value, revision=found.revision, effects=effects, cause=asked.cause, at=ports.clock())
    try:
        await ports.store.save(asked.tenant, found, change)
    except AggregateConflict:
        # Whoever changed it in between has told it.
        return 0
    return 1


def is_over(setting: ConfiguredShift, now: datetime) -> bool:
    return setting.shift.ends_at <= now.timestamp() * 1000
