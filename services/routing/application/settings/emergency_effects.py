"""Telling every pool of a tenant of its emergency, those included that came after it was declared."""

from services.routing.application.settings.ports import Asked, Change, Ports, SettingsStore
from services.routing.application.settings.reading import every
from services.routing.domain.declared_emergency import THE_EMERGENCY, DeclaredEmergency
from services.routing.domain.organisation import DEFAULT_POOL, Pool, Setting
from services.routing.domain.organisation_rules import Effect, effects_of_emergency
from switchyard.eventing.aggregates import AggregateConflict


async def emergency_effects(store: SettingsStore, tenant: str, declared: DeclaredEmergency) -> tuple[Effect, ...]:
    """Raises StoreUnavailable."""
    return effects_of_emergency(declared, await pools_of(store, tenant))


async def emergency_in_new_pool(ports: Ports, asked: Asked, made: Setting) -> None:
    """Tell a pool just made of an emergency that holds in all. Raises StoreUnavailable."""
    if isinstance(made, Pool):
        await tell_emergency_again(ports, asked)


async def tell_emergency_again(ports: Ports, asked: Asked) -> int:
    """Send once more whether there is an emergency; returns how many were sent. Raises StoreUnavailable."""
    found = await ports.store.find(DeclaredEmergency, asked.tenant, THE_EMERGENCY)
    if found is None or found.removed:
        return 0
    effects = await emergency_effects(ports.store, asked.tenant, found.value)
    change = Change(value=found.value, revision=found.revision, effects=effects, cause=asked.cause, at=ports.clock())
    try:
        await ports.store.save(asked.tenant, found, change)
    except AggregateConflict:
        # Whoever changed it in between has told every pool.
        return 0
    return 1


async def pools_of(store: SettingsStore, tenant: str) -> tuple[str, ...]:
    """Name every pool of a tenant. Raises StoreUnavailable."""
    return tuple(sorted({pool.value.id async for pool in every(store, Pool, tenant)} | {DEFAULT_POOL}))
