"""The agents of a scenario as the engine knows them, and when each is there."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from services.routing.domain.settings import AgentProfile
from services.routing.simulation.chance import Dice, Streams
from services.routing.simulation.scenario import Acceptance, Group, Handling, RosteredAgent, Scenario
from services.routing.simulation.spreads import DrawAt, drawing_at

_NUMBER = re.compile(r"[1-9][0-9]{0,5}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What draws the two parts of a contact's handling."""

    talk: DrawAt
    wrap_up: DrawAt


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """How offers are taken, and what draws the time to take one and the time away after a missed one."""

    acceptance: Acceptance
    delay: DrawAt
    back: DrawAt


@dataclass(slots=True, kw_only=True)
class Behaviour:
    """What the agents of one group do alike; `own_work` is by queue where it differs from others', `dice` their own.

    Without `own_taking` they take offers as the queue says.
    """

    own_taking: Taking | None
    own_work: Mapping[str, Work]
    dice: Dice


@dataclass(slots=True, kw_only=True)
class Worker:
    """An agent: `wanted` by the staffing plan, and `set_state` and units held as last announced.

    `taking` is how they took the last offer, which says when they come back after missing it.
    """

    profile: AgentProfile
    number: int
    behaviour: Behaviour
    taking: Taking
    wanted: bool = False
    set_state: str = "offline"
    held_units: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """Agents who replace each other: `changes` says how many of them are wanted from which second on."""

    group: str
    workers: tuple[Worker, ...]
    changes: tuple[tuple[float, int], ...]


def crews(scenario: Scenario, streams: Streams) -> Iterator[Crew]:
    """Make everybody, in the scenario's order."""
    for group in scenario.groups:
        behaviour = _behaviour(scenario, group, streams, f"group/{group.id}")
        profiles = [_profile(group, f"{group.id}-{number + 1}") for number in range(max(group.staff))]
        yield Crew(group=group.id, workers=_workers(profiles, behaviour), changes=_staffing(scenario, group))
    for agent in scenario.agents:
        behaviour = _behaviour(scenario, agent, streams, f"agent/{agent.id}")
        yield Crew(group=agent.group, workers=_workers([_profile(agent, agent.id)], behaviour), changes=_shifts(agent))


def group_naming(agent_id: str, groups: Mapping[str, Group]) -> Group | None:
    """Give the group that has an agent of such an id: they are named by number, from 1."""
    named, _, number = agent_id.rpartition("-")
    group = groups.get(named)
    there = group is not None and _NUMBER.fullmatch(number) and int(number) <= max(group.staff)
    return group if there else None


def most_agents(scenario: Scenario) -> int:
    """Give how many agents a scenario needs at most."""
    return sum(max(group.staff) for group in scenario.groups) + len(scenario.agents)


def _workers(profiles: Sequence[AgentProfile], behaviour: Behaviour) -> tuple[Worker, ...]:
    taking = behaviour.own_taking or _AS_ANYBODY
    return tuple(
        Worker(profile=profile, number=number, behaviour=behaviour, taking=taking)
        for number, profile in enumerate(profiles)
    )


def _profile(crew: Group | RosteredAgent, agent_id: str) -> AgentProfile:
    group = crew.id if isinstance(crew, Group) else crew.group
    return replace(crew.profile, agent_id=agent_id, team_id=crew.profile.team_id or group)


def _behaviour(scenario: Scenario, crew: Group | RosteredAgent, streams: Streams, name: str) -> Behaviour:
    return Behaviour(
        own_taking=None if crew.acceptance is None else taking_of(crew.acceptance, scenario.period_seconds),
        own_work={id_: work_of(handling, scenario.period_seconds) for id_, handling in crew.handling.items()},
        dice=streams.of(f"offers/{name}"),
    )


def work_of(handling: Handling, period_seconds: float) -> Work:
    """Make what draws a handling."""
    return Work(talk=drawing_at(handling.talk, period_seconds), wrap_up=drawing_at(handling.wrap_up, period_seconds))


def taking_of(acceptance: Acceptance, period_seconds: float) -> Taking:
    """Make what draws how offers are taken."""
    delay, back = (drawing_at(each, period_seconds) for each in (acceptance.delay, acceptance.back_after_seconds))
    return Taking(acceptance=acceptance, delay=delay, back=back)


#: How whoever has not been asked yet takes an offer; periods make no difference to it.
_AS_ANYBODY = taking_of(Acceptance(), 1.0)


def _staffing(scenario: Scenario, group: Group) -> tuple[tuple[float, int], ...]:
    length = group.period_seconds or scenario.period_seconds
    changes = [(0.0, group.staff[0])]
    for number, staff in enumerate(group.staff):
        if staff != changes[-1][1]:
            changes.append((number * length, staff))
    return tuple(changes)


def _shifts(agent: RosteredAgent) -> tuple[tuple[float, int], ...]:
    if not agent.shifts:
        return ((0.0, 1),)
    changes = (
        (second, wanted) for shift in agent.shifts for second, wanted in _ends(shift.from_seconds, shift.to_seconds)
    )
    return tuple(changes)


def _ends(start: float, end: float) -> tuple[tuple[float, int], tuple[float, int]]:
    return (start, 1), (end, 0)
