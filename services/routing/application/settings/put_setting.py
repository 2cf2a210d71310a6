"""Making a setting be so, whether it was there or not."""

from dataclasses import replace
from typing import cast

from services.routing.application.settings.agents_follow import configure_followers
from services.routing.application.settings.calendar_checks import check_calendar
from services.routing.application.settings.checking import check_setting
from services.routing.application.settings.emergency_effects import emergency_effects, emergency_in_new_pool
from services.routing.application.settings.errors import (
    AgentMoving,
    SettingExists,
    SettingNotFound,
    VersionStale,
)
from services.routing.application.settings.floor import tell_floor, tell_floor_again
from services.routing.application.settings.opening import hours_of
from services.routing.application.settings.ports import Asked, Change, Ports, Recorded, SettingT
from services.routing.application.settings.queues_follow import configure_queues
from services.routing.application.settings.reading import find_setting, placement_of
from services.routing.application.settings.skill_holders import check_skills
from services.routing.application.settings.turn import turn_of
from services.routing.domain.declared_emergency import DeclaredEmergency
from services.routing.domain.organisation import KINDS, ConfiguredAgent, Pool, Queue, Setting, Site, Team
from services.routing.domain.organisation_rules import (
    Announce,
    Effect,
    effects_on_agent,
    effects_on_queue,
)


async def put_setting(ports: Ports, asked: Asked, wanted: SettingT) -> tuple[Recorded[SettingT], bool]:
    """Make the setting be so; returns it, and whether it is new. One that says so already is left alone.

    Raises SettingError, AggregateConflict, AggregateExists, StoreUnavailable.
    """
    async with ports.turns.taken(turn_of(asked.tenant, wanted)):
        before, saved = await _checked_and_saved(ports, asked, wanted)
    if saved is not before:
        await configure_followers(ports, asked, saved.value)
        await configure_queues(ports, asked, saved.value)
        await emergency_in_new_pool(ports, asked, saved.value)
    if before is None and isinstance(wanted, Pool):
        await tell_floor_again(ports, asked)
    return saved, before is None


async def _checked_and_saved(
    ports: Ports, asked: Asked, wanted: SettingT
) -> tuple[Recorded[SettingT] | None, Recorded[SettingT]]:
    """Give the setting as it was, None where there was none, and as it is."""
    found = await ports.store.find(type(wanted), asked.tenant, wanted.id)
    before = found if found is not None and not found.removed else None
    revision = before.revision if before is not None else 0
    if asked.expected is not None and asked.expected != revision:
        raise VersionStale(revision)
    if before is not None:
        wanted = _as_moved(before.value, wanted)
        if wanted == before.value:
            return before, before
    check_calendar(ports, wanted)
    await check_setting(ports, asked.tenant, before.value if before else None, wanted)
    if not asked.allows_unstaffed:
        await check_skills(ports, asked.tenant, before.value if before else None, wanted)
    change = Change(
        value=wanted,
        revision=(found.revision if found else 0) + 1,
        effects=await _effects(ports, asked.tenant, before.value if before else None, wanted),
        cause=asked.cause,
        at=ports.clock(),
    )
    return before, await ports.store.save(asked.tenant, found, change)


async def add_setting(ports: Ports, asked: Asked, wanted: SettingT) -> Recorded[SettingT]:
    """Make a setting that must not be there yet. Raises as put_setting does."""
    try:
        await find_setting(ports.store, type(wanted), asked.tenant, wanted.id)
    except SettingNotFound:
        return (await put_setting(ports, asked, wanted))[0]
    raise SettingExists(f"There is a {KINDS[type(wanted)].removesuffix('s')} {wanted.id!r} already.", ("/id",))


def _as_moved(before: SettingT, wanted: SettingT) -> SettingT:
    """Note the pool that an agent leaves; while that is under way the pool cannot change again."""
    if not isinstance(before, ConfiguredAgent) or not isinstance(wanted, ConfiguredAgent):
        return wanted
    if before.pool == wanted.pool:
        return cast("SettingT", replace(wanted, leaving_pool=before.leaving_pool))
    if before.leaving_pool:
        raise AgentMoving(f"The agent is leaving pool {before.leaving_pool}; try again when that is done.", ("/pool",))
    return cast("SettingT", replace(wanted, leaving_pool=before.pool))


async def _effects(ports: Ports, tenant: str, before: Setting | None, wanted: Setting) -> tuple[Effect, ...]:
    match wanted:
        case Queue():
            return effects_on_queue(wanted, await hours_of(ports, tenant, wanted))
        case DeclaredEmergency():
            return await emergency_effects(ports.store, tenant, wanted)
        case ConfiguredAgent():
            was = before if isinstance(before, ConfiguredAgent) else None
            return effects_on_agent(was, wanted, await placement_of(ports.store, tenant, wanted))
        case Site() | Team():
            return (Announce(setting=wanted),)
        case _:
            return await tell_floor(ports.store, tenant, wanted)
