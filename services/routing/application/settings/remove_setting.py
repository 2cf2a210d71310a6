"""Taking a setting away; it must not be named by another."""

from collections.abc import Iterator, Mapping

from services.routing.application.settings.errors import BuiltIn, QueueNotEmpty, StillUsed, VersionStale
from services.routing.application.settings.floor import is_over, tell_floor
from services.routing.application.settings.ports import Asked, Change, Ports, Recorded, SettingT
from services.routing.application.settings.reading import every, find_setting
from services.routing.application.settings.turn import turn_of
from services.routing.domain.calendars import BusinessHours, Holidays
from services.routing.domain.declared_emergency import THE_EMERGENCY, DeclaredEmergency
from services.routing.domain.organisation import (
    KINDS,
    ConfiguredAgent,
    ConfiguredFloorRule,
    ConfiguredShift,
    Pool,
    Queue,
    RoutingProfile,
    Setting,
    Site,
    Skill,
    Team,
)
from services.routing.domain.organisation_rules import effects_of_removal, references

#: Enough to begin with for whoever wants the setting gone.
_MOST_NAMED = 5


async def remove_setting(ports: Ports, asked: Asked, kind: type[SettingT], id: str) -> None:  # noqa: A002
    """Raises SettingError, AggregateConflict, StoreUnavailable."""
    found = await find_setting(ports.store, kind, asked.tenant, id)
    if found.mark is None:
        raise BuiltIn(f"{id!r} exists for everybody and cannot be removed.")
    if asked.expected is not None and asked.expected != found.revision:
        raise VersionStale(found.revision)
    async with ports.turns.taken(turn_of(asked.tenant, found.value)):
        await _check_unused(ports, asked.tenant, kind, id)
        await _check_empty(ports, asked.tenant, found.value)
        await _save(ports, asked, found)


async def _save(ports: Ports, asked: Asked, found: Recorded[SettingT]) -> None:
    change = Change(
        value=found.value,
        revision=found.revision + 1,
        effects=effects_of_removal(found.value)
        or await tell_floor(ports.store, asked.tenant, found.value, removed=True),
        cause=asked.cause,
        at=ports.clock(),
        removed=True,
    )
    await ports.store.save(asked.tenant, found, change)


async def _check_unused(ports: Ports, tenant: str, kind: type[Setting], id: str) -> None:  # noqa: A002
    for user, field in _users(kind):
        using = await _naming(ports, tenant, user, {field: id})
        if using:
            raise StillUsed(f"{KINDS[user]} still name it: {', '.join(using)}.")
    emergency = await ports.store.find(DeclaredEmergency, tenant, THE_EMERGENCY)
    if emergency is not None and any((each.kind, each.id) == (kind, id) for each in references(emergency.value)):
        raise StillUsed("The emergency still names it.")


async def _check_empty(ports: Ports, tenant: str, setting: Setting) -> None:
    """Whoever is in a queue that goes is let go without a word; what comes between this look and the removal still is.

    Raises QueueNotEmpty, PoolMoving, StoreUnavailable.
    """
    if not isinstance(setting, Queue):
        return
    count = await ports.live.contacts_in(tenant, setting.pool, setting.id)
    if count:
        raise QueueNotEmpty(f"In the queue are {count} who wait, are offered to somebody or are to be called back.")


async def _naming(ports: Ports, tenant: str, user: type[Setting], where: Mapping[str, str]) -> list[str]:
    """Give the first of those that name the setting; a shift that is over is history and keeps nobody."""
    named, now = list[str](), ports.clock()
    async for found in every(ports.store, user, tenant, where):
        if isinstance(found.value, ConfiguredShift) and is_over(found.value, now):
            continue
        named.append(found.value.id)
        if len(named) == _MOST_NAMED:
            break
    return named


def _users(kind: type[Setting]) -> Iterator[tuple[type[Setting], str]]:
    """Name the kinds that may refer to this one, and their field that does; of emergencies there is one, read whole."""
    users: dict[type[Setting], tuple[tuple[type[Setting], str], ...]] = {
        Site: (
            (Team, "site"),
            (Queue, "sites"),
            (Queue, "steps.add_sites"),
            (ConfiguredFloorRule, "site"),
        ),
        Team: ((ConfiguredAgent, "team"), (ConfiguredFloorRule, "team")),
        Skill: (
            (Queue, "required_skills.skill"),
            (Queue, "preferred_skills.skill"),
            (ConfiguredAgent, "skills.skill"),
        ),
        Pool: ((Queue, "pool"), (ConfiguredAgent, "pool")),
        RoutingProfile: ((ConfiguredAgent, "routing_profile"),),
        Queue: (
            (ConfiguredAgent, "queues"),
            (Queue, "steps.add_queues"),
            (Queue, "steps.then.to_queue"),
            (Queue, "overflows.then.to_queue"),
            (Queue, "when_closed.to_queue"),
        ),
        ConfiguredAgent: ((Queue, "steps.add_agents"), (ConfiguredShift, "agent")),
        BusinessHours: ((Queue, "business_hours"), (Queue, "callbacks.business_hours")),
        Holidays: ((Queue, "holidays"),),
    }
    yield from users.get(kind, ())
