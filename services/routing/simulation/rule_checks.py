"""What the settings at the door refuse is refused in a scenario too: impossible rules, circles, unknown names."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from datetime import date
from zoneinfo import ZoneInfo

from services.routing.domain.expressions import ExpressionInvalid, Expressions, Scope
from services.routing.domain.opening_hours import OpeningHours
from services.routing.domain.organisation import ConfiguredAgent, Queue, RoutingProfile
from services.routing.domain.organisation_faults import faults
from services.routing.domain.settings import AgentProfile
from services.routing.domain.ways_out import leading_back
from services.routing.simulation.crew import group_naming
from services.routing.simulation.mentions import AGENT, QUEUE, SITE, mentioned
from services.routing.simulation.reader import Fault
from services.routing.simulation.scenario import Scenario, SimulatedQueue


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """Whom rules may name though nobody of them is in the scenario: agents who were off on a recorded day."""

    agents: frozenset[str] = frozenset()
    sites: frozenset[str] = frozenset()


NOWHERE = Elsewhere()


def rule_faults(scenario: Scenario, expressions: Expressions, elsewhere: Elsewhere = NOWHERE) -> Iterator[Fault]:
    """Name what is wrong with the rules of every queue, and with the profiles of agents."""
    queues = {queue.id: _as_setting(queue) for queue in scenario.queues}
    for number, queue in enumerate(scenario.queues):
        root, setting = f"/queues/{number}", queues[queue.id]
        for fault in faults(setting):
            yield Fault(f"{root}{fault.pointer}", fault.detail)
        for placed in leading_back(setting, queues):
            yield Fault(f"{root}{placed.pointer}/to_queue", "This way leads back to the queue.")
        yield from _expression_faults(queue, root, expressions)
        yield from _hours_faults(queue, root)
    yield from _unknown_names(scenario, elsewhere)
    yield from _profile_faults(scenario)


def _unknown_names(scenario: Scenario, elsewhere: Elsewhere) -> Iterator[Fault]:
    groups = {group.id: group for group in scenario.groups}
    queues = {queue.id for queue in scenario.queues}
    agents = {agent.id for agent in scenario.agents} | elsewhere.agents
    sites = {crew.profile.site_id for _, crew in scenario.crews()} | elsewhere.sites
    known: tuple[tuple[str, re.Pattern[str], Callable[[str], bool]], ...] = (
        ("queue", QUEUE, queues.__contains__),
        ("agent", AGENT, lambda name: name in agents or group_naming(name, groups) is not None),
        ("site", SITE, sites.__contains__),
    )
    for number, queue in enumerate(scenario.queues):
        for word, kind, is_known in known:
            for pointer, name in mentioned(kind, queue.rules):
                if not is_known(name):
                    yield Fault(f"/queues/{number}{pointer}", f"is no {word} of this scenario: {name}")


def _profile_faults(scenario: Scenario) -> Iterator[Fault]:
    for pointer, crew in scenario.crews():
        for fault in _faults_of_profile(crew.profile):
            yield Fault(f"{pointer}{fault.pointer}", fault.detail)


def _faults_of_profile(profile: AgentProfile) -> Iterator[Fault]:
    agent = ConfiguredAgent(
        id="", name="", queues=profile.queue_ids, skills=profile.skills, queue_ranks=profile.queue_ranks
    )
    capacity = RoutingProfile(id="", name="", capacity_units=profile.capacity_units, channels=profile.channels)
    for setting in (agent, capacity):
        for fault in faults(setting):
            yield Fault(fault.pointer, fault.detail)


def _expression_faults(queue: SimulatedQueue, root: str, expressions: Expressions) -> Iterator[Fault]:
    rules = queue.rules
    texts = [("/agent_rule", rules.agent_rule, Scope.CONTACT_AND_AGENT)]
    texts += [(f"/steps/{index}/when", step.when, Scope.CONTACT) for index, step in enumerate(rules.steps)]
    for pointer, text, scope in texts:
        try:
            if text:
                expressions.check(text, scope)
        except ExpressionInvalid as error:
            yield Fault(f"{root}{pointer}", str(error))


def _hours_faults(queue: SimulatedQueue, root: str) -> Iterator[Fault]:
    for pointer, hours in (("/opening", queue.rules.opening), ("/callbacks/hours", queue.rules.callbacks.hours)):
        if hours is not None:
            yield from _faults_of_hours(hours, f"{root}{pointer}")


def _faults_of_hours(hours: OpeningHours, pointer: str) -> Iterator[Fault]:
    try:
        ZoneInfo(hours.time_zone)
    except (OSError, ValueError, KeyError):
        yield Fault(f"{pointer}/time_zone", "is not a time zone of the IANA database, such as Asia/Shanghai")
    for number, special in enumerate(hours.special):
        try:
            date.fromisoformat(special.date)
        except ValueError:
            yield Fault(f"{pointer}/special/{number}/date", "must be a date such as 2026-01-05")


def _as_setting(queue: SimulatedQueue) -> Queue:
    """Give the rules as the queue's setting has them, as far as both know the same fields."""
    shared = {each.name for each in fields(Queue)} & {each.name for each in fields(queue.rules)} - {"channel_targets"}
    return Queue(id=queue.id, name=queue.id, **{name: getattr(queue.rules, name) for name in sorted(shared)})
