"""Saying once more what all settings are: a broker that forgot, or a reader that came late, learns them so."""

from typing import cast

from services.routing.application.settings.agents_follow import configure_again
from services.routing.application.settings.emergency_effects import tell_emergency_again
from services.routing.application.settings.floor import tell_floor_again
from services.routing.application.settings.ports import Asked, Change, Ports, Recorded
from services.routing.application.settings.queues_follow import configure_queue_again
from services.routing.application.settings.reading import every
from services.routing.domain.declared_emergency import DeclaredEmergency
from services.routing.domain.organisation import (
    ConfiguredAgent,
    ConfiguredFloorRule,
    ConfiguredShift,
    Queue,
    Setting,
    Site,
    Team,
)
from services.routing.domain.organisation_rules import Announce
from switchyard.eventing.aggregates import AggregateConflict

_PAGE = 200
_CAUSE = "settings-announced-again"


async def announce_again(ports: Ports) -> int:
    """Announce all settings and emergencies of every tenant; returns how many. Raises StoreUnavailable."""
    count = 0
    for kind in (Site, Team, Queue):
        for tenant in await ports.store.tenants(kind):
            count += await _announce_kind(ports, kind, tenant)
    for tenant in await ports.store.tenants(ConfiguredAgent):
        async for agent in every(ports.store, ConfiguredAgent, tenant):
            await configure_again(ports, Asked(tenant=tenant, cause=_CAUSE), agent)
            count += 1
    for tenant in await ports.store.tenants(DeclaredEmergency):
        count += await tell_emergency_again(ports, Asked(tenant=tenant, cause=_CAUSE))
    return count + await _announce_floor(ports)


async def _announce_floor(ports: Ports) -> int:
    kinds = (ConfiguredFloorRule, ConfiguredShift)
    tenants = {tenant for kind in kinds for tenant in await ports.store.tenants(kind)}
    return sum([await tell_floor_again(ports, Asked(tenant=each, cause=_CAUSE)) for each in sorted(tenants)])


async def _announce_kind(ports: Ports, kind: type[Site] | type[Team] | type[Queue], tenant: str) -> int:
    count, after = 0, None
    while True:
        page: list[Recorded[Setting]] = list(await ports.store.page(kind, tenant, where={}, limit=_PAGE, after=after))
        for found in page:
            if isinstance(found.value, Queue):
                await configure_queue_again(ports, Asked(tenant=tenant, cause=_CAUSE), cast("Recorded[Queue]", found))
            else:
                await _announce(ports, tenant, found)
        count += len(page)
        if len(page) < _PAGE:
            return count
        after = [page[-1].value.id]


async def _announce(ports: Ports, tenant: str, found: Recorded[Setting]) -> None:
    effects = (Announce(setting=found.value),)
    change = Change(value=found.value, revision=found.revision, effects=effects, cause=_CAUSE, at=ports.clock())
    try:
        await ports.store.save(tenant, found, change)
    except AggregateConflict:
        # A change in between has announced it.
        return
