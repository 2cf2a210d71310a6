"""Floor rules and shifts reach every pool, those made later too."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime

from services.routing.application.settings.ports import Asked, Change, Ports, Recorded, SettingsStore, SettingT
from services.routing.domain.organisation import (
    DEFAULT_POOL,
    ConfiguredFloorRule,
    ConfiguredShift,
    Pool,
    Setting,
)
from services.routing.domain.organisation_rules import Effect, effects_on_floor
from switchyard.eventing.aggregates import AggregateConflict

FloorSetting = ConfiguredFloorRule | ConfiguredShift
_PAGE = 200
NO_CONDITION: Mapping[str, str] = {}


async def tell_floor(
    store: SettingsStore, tenant: str, setting: Setting, *, removed: bool = False
) -> tuple[Effect, ...]:
    """Say what follows from a floor rule or a shift; nothing from any other setting. Raises StoreUnavailable."""
    if not isinstance(setting, FloorSetting):
        return ()
    pools = {pool.value.id async for pool in every(store, Pool, tenant)} | {DEFAULT_POOL}
    return effects_on_floor(setting, sorted(pools), removed=removed)


async def tell_floor_again(ports: Ports, asked: Asked) -> int:
    """Send every rule and every shift that is not over once more; returns how many. Raises StoreUnavailable."""
    count, now = 0, ports.clock()
    async for rule in every(ports.store, ConfiguredFloorRule, asked.tenant):
        count += await _again(ports, asked, rule)
    async for shift in every(ports.store, ConfiguredShift, asked.tenant):
        if not is_over(shift.value, now):
            count += await _again(ports, asked, shift)
    return count


async def every(
    store: SettingsStore, kind: type[SettingT], tenant: str, where: Mapping[str, str] = NO_CONDITION
) -> AsyncIterator[Recorded[SettingT]]:
    """Walk all pages. Raises StoreUnavailable."""
    after: list[str] | None = None
    while True:
        page = await store.page(kind, tenant, where=where, limit=_PAGE, after=after)
        for found in page:
            yield found
        if len(page) < _PAGE:
            return
        after = [page[-1].value.id]


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
