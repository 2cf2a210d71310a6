"""What settings may say about each other, and what a change of one means for the pools."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from services.routing.domain.calendars import BusinessHours, Holidays
from services.routing.domain.declared_emergency import DeclaredEmergency
from services.routing.domain.emergency import Emergency
from services.routing.domain.opening_hours import OpeningHours
from services.routing.domain.organisation import (
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
from services.routing.domain.ways_out import ways_out


@dataclass(frozen=True, slots=True)
class Reference:
    """A setting that another names, and where in it (a JSON pointer)."""

    kind: type[Setting]
    id: str
    pointer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """What an agent has from others: the site of the team, and the profile."""

    site: str
    profile: RoutingProfile


@dataclass(frozen=True, slots=True, kw_only=True)
class Announce:
    """Tell everybody what a setting says now; `site` is an agent's, by the team."""

    setting: Setting
    removed: bool = False
    site: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueHours:
    """When a queue lets contacts in, None for always, and when it calls customers back, None for then."""

    opening: OpeningHours | None = None
    calling: OpeningHours | None = None


ALWAYS_OPEN = QueueHours()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigureInPool:
    """Tell a pool's engine; `placement` belongs to an agent, `hours` to a queue."""

    pool: str
    setting: Queue | ConfiguredAgent
    placement: Placement | None = None
    hours: QueueHours = ALWAYS_OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveFromPool:
    pool: str
    setting: Queue | ConfiguredAgent


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclareInPool:
    """Tell a pool's engine of an emergency, or by None that there is none."""

    pool: str
    setting: DeclaredEmergency
    emergency: Emergency | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnounceEmergency:
    """Tell everybody what holds in which pool; `pools` are all of the tenant."""

    setting: DeclaredEmergency
    pools: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TellFloor:
    """Tell a pool's engine of a floor rule or a shift, or that it is no more."""

    pool: str
    setting: ConfiguredFloorRule | ConfiguredShift
    removed: bool = False


Effect = Announce | ConfigureInPool | RemoveFromPool | DeclareInPool | AnnounceEmergency | TellFloor


def references(setting: Setting) -> Iterator[Reference]:
    """Name everything that must exist for this setting to make sense."""
    match setting:
        case Team(site=str(site)):
            yield Reference(Site, site, "/site")
        case Queue():
            yield from _references_of_queue(setting)
        case DeclaredEmergency():
            yield from _references_of_emergency(setting)
        case ConfiguredAgent():
            yield from _references_of_agent(setting)
        case _:
            yield from _references_of_floor(setting)


def _references_of_floor(setting: Setting) -> Iterator[Reference]:
    match setting:
        case ConfiguredFloorRule(rule=rule):
            if rule.site_id:
                yield Reference(Site, rule.site_id, "/site")
            if rule.team_id:
                yield Reference(Team, rule.team_id, "/team")
        case ConfiguredShift(shift=shift):
            yield Reference(ConfiguredAgent, shift.agent_id, "/agent")


def _references_of_queue(queue: Queue) -> Iterator[Reference]:
    yield Reference(Pool, queue.pool, "/pool")
    for field, skills in (("required_skills", queue.required_skills), ("preferred_skills", queue.preferred_skills)):
        for index, need in enumerate(skills):
            yield Reference(Skill, need.skill_id, f"/{field}/{index}/skill")
    yield from _named(Site, queue.sites, "/sites")
    for index, step in enumerate(queue.steps):
        yield from _named(Queue, step.add_queues, f"/steps/{index}/add_queues")
        yield from _named(Site, step.add_sites, f"/steps/{index}/add_sites")
        yield from _named(ConfiguredAgent, step.add_agents, f"/steps/{index}/add_agents")
    for placed in ways_out(queue):
        if placed.way.to_queue:
            yield Reference(Queue, placed.way.to_queue, f"{placed.pointer}/to_queue")
    yield from _references_of_closing(queue)


def _named(kind: type[Setting], ids: Sequence[str], pointer: str) -> Iterator[Reference]:
    for index, each in enumerate(ids):
        yield Reference(kind, each, f"{pointer}/{index}")


def _references_of_closing(queue: Queue) -> Iterator[Reference]:
    if queue.business_hours is not None:
        yield Reference(BusinessHours, queue.business_hours, "/business_hours")
    if queue.holidays is not None:
        yield Reference(Holidays, queue.holidays, "/holidays")
    if queue.callbacks.business_hours is not None:
        yield Reference(BusinessHours, queue.callbacks.business_hours, "/callbacks/business_hours")


def _references_of_emergency(emergency: DeclaredEmergency) -> Iterator[Reference]:
    for each in emergency.pools:
        yield Reference(Pool, each.pool, f"/pools/{each.pool}")
    for pointer, way in emergency.ways():
        if way.to_queue:
            yield Reference(Queue, way.to_queue, f"{pointer}/to_queue")
    for index, site in enumerate(emergency.extra_sites):
        yield Reference(Site, site, f"/extra_staff/sites/{index}")
    for index, queue in enumerate(emergency.extra_queues):
        yield Reference(Queue, queue, f"/extra_staff/queues/{index}")
    for index, site in enumerate(emergency.closed_sites):
        yield Reference(Site, site, f"/sites_closed/{index}")


def _references_of_agent(agent: ConfiguredAgent) -> Iterator[Reference]:
    yield Reference(Pool, agent.pool, "/pool")
    yield Reference(RoutingProfile, agent.routing_profile, "/routing_profile")
    if agent.team is not None:
        yield Reference(Team, agent.team, "/team")
    for index, queue in enumerate(agent.queues):
        yield Reference(Queue, queue, f"/queues/{index}")
    for index, skill in enumerate(agent.skills):
        yield Reference(Skill, skill.skill_id, f"/skills/{index}/skill")


def pooled_references(setting: Queue | ConfiguredAgent) -> Iterator[Reference]:
    """Name the queues and agents that must be of the setting's own pool: two engines cannot share them."""
    return (each for each in references(setting) if each.kind in {Queue, ConfiguredAgent})


def effects_on_queue(queue: Queue, hours: QueueHours = ALWAYS_OPEN) -> tuple[Effect, ...]:
    """The command first: whoever reads the announcement may use the queue."""
    return ConfigureInPool(pool=queue.pool, setting=queue, hours=hours), Announce(setting=queue)


def effects_of_emergency(declared: DeclaredEmergency, pools: tuple[str, ...]) -> tuple[Effect, ...]:
    """One command for each pool of the tenant: a pool that is not concerned any more is told so."""
    told = (DeclareInPool(pool=pool, setting=declared, emergency=declared.in_pool(pool)) for pool in pools)
    return *told, AnnounceEmergency(setting=declared, pools=pools)


def effects_on_agent(
    before: ConfiguredAgent | None, agent: ConfiguredAgent, placement: Placement
) -> tuple[Effect, ...]:
    """A move takes the agent out of the old pool; the new one is told when the old has let go."""
    told = Announce(setting=agent, site=placement.site)
    if before is not None and before.pool != agent.pool:
        return RemoveFromPool(pool=before.pool, setting=agent), told
    if agent.leaving_pool:
        return (told,)
    return ConfigureInPool(pool=agent.pool, setting=agent, placement=placement), told


def effects_on_floor(
    setting: ConfiguredFloorRule | ConfiguredShift, pools: Iterable[str], *, removed: bool = False
) -> tuple[Effect, ...]:
    """Tell every pool: rules hold for all agents, and an agent's shifts go along wherever the agent goes."""
    return tuple(TellFloor(pool=pool, setting=setting, removed=removed) for pool in pools)


def effects_of_removal(setting: Setting, site: str = "") -> tuple[Effect, ...]:
    match setting:
        case Queue():
            return RemoveFromPool(pool=setting.pool, setting=setting), Announce(setting=setting, removed=True)
        case ConfiguredAgent():
            told = Announce(setting=setting, removed=True, site=site)
            return RemoveFromPool(pool=setting.leaving_pool or setting.pool, setting=setting), told
        case Site() | Team():
            return (Announce(setting=setting, removed=True),)
        case _:
            return ()
