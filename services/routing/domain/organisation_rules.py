"""What settings may say about each other, and what a change of one means for the pools."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

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
class ConfigureInPool:
    """Tell a pool's engine; `placement` belongs to an agent."""

    pool: str
    setting: Queue | ConfiguredAgent
    placement: Placement | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveFromPool:
    pool: str
    setting: Queue | ConfiguredAgent


@dataclass(frozen=True, slots=True, kw_only=True)
class TellFloor:
    """Tell a pool's engine of a floor rule or a shift, or that it is no more."""

    pool: str
    setting: ConfiguredFloorRule | ConfiguredShift
    removed: bool = False


Effect = Announce | ConfigureInPool | RemoveFromPool | TellFloor


def references(setting: Setting) -> Iterator[Reference]:
    """Name everything that must exist for this setting to make sense."""
    match setting:
        case Team(site=str(site)):
            yield Reference(Site, site, "/site")
        case Queue():
            yield Reference(Pool, setting.pool, "/pool")
            for index, need in enumerate(setting.required_skills):
                yield Reference(Skill, need.skill_id, f"/required_skills/{index}/skill")
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


def _references_of_agent(agent: ConfiguredAgent) -> Iterator[Reference]:
    yield Reference(Pool, agent.pool, "/pool")
    yield Reference(RoutingProfile, agent.routing_profile, "/routing_profile")
    if agent.team is not None:
        yield Reference(Team, agent.team, "/team")
    for index, queue in enumerate(agent.queues):
        yield Reference(Queue, queue, f"/queues/{index}")
    for index, skill in enumerate(agent.skills):
        yield Reference(Skill, skill.skill_id, f"/skills/{index}/skill")


def crossings(agent: ConfiguredAgent, queues: Mapping[str, Queue]) -> list[str]:
    """Point at every queue of the agent that another pool matches: two engines cannot share an agent."""
    return [
        f"/queues/{index}"
        for index, queue_id in enumerate(agent.queues)
        if queue_id in queues and queues[queue_id].pool != agent.pool
    ]


def effects_on_queue(queue: Queue) -> tuple[Effect, ...]:
    """The command first: whoever reads the announcement may use the queue."""
    return ConfigureInPool(pool=queue.pool, setting=queue), Announce(setting=queue)


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
