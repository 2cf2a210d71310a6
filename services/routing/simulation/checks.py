"""What a scenario's parts must be to each other: named rules, each telling the fields at fault."""

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise

from services.routing.simulation.crew import group_naming
from services.routing.simulation.reader import Fault
from services.routing.simulation.scenario import Arrivals, Group, RosteredAgent, Scenario, SimulatedQueue
from services.routing.simulation.spread_checks import decisions_of_agents_are_shares, spreads_make_sense

Check = Callable[[Scenario], Iterator[Fault]]
_WAYS = ("counts", "rates_per_hour", "at_seconds")


def faults_of(scenario: Scenario) -> list[Fault]:
    """Name everything that cannot be simulated."""
    return [fault for check in CHECKS for fault in check(scenario)]


def ids_are_unique(scenario: Scenario) -> Iterator[Fault]:
    named = {
        "queues": [queue.id for queue in scenario.queues],
        "groups": [group.id for group in scenario.groups],
        "agents": [agent.id for agent in scenario.agents],
    }
    for kind, ids in named.items():
        seen = Counter(ids)
        for number, each in enumerate(ids):
            if seen[each] > 1:
                yield Fault(f"/{kind}/{number}/id", f"is used {seen[each]} times: {each}")


def agents_of_groups_keep_their_names(scenario: Scenario) -> Iterator[Fault]:
    groups = {group.id: group for group in scenario.groups}
    for place, agent in enumerate(scenario.agents):
        group = group_naming(agent.id, groups)
        if group is not None:
            yield Fault(f"/agents/{place}/id", f"is the name of an agent of the group {group.id}: {agent.id}")


def somebody_works(scenario: Scenario) -> Iterator[Fault]:
    if not scenario.groups and not scenario.agents:
        yield Fault("/groups", "is missing: name groups with staff, or agents")


def arrivals_come_one_way(scenario: Scenario) -> Iterator[Fault]:
    for pointer, arrivals in _arrivals(scenario):
        given = [way for way in _WAYS if getattr(arrivals, way)]
        if len(given) != 1:
            yield Fault(pointer, f"must have exactly one of {', '.join(_WAYS)}, not {len(given)}")
        elif arrivals.process == "counted" and arrivals.rates_per_hour:
            yield Fault(f"{pointer}/process", "must be poisson where rates are given; counts can be counted")
        elif arrivals.process == "counted" and any(count != int(count) for count in arrivals.counts):
            yield Fault(f"{pointer}/counts", "must be whole numbers where the process is counted")


def exact_arrivals_are_in_order_and_in_time(scenario: Scenario) -> Iterator[Fault]:
    for pointer, arrivals in _arrivals(scenario):
        instants = arrivals.at_seconds
        if any(later < earlier for earlier, later in pairwise(instants)):
            yield Fault(f"{pointer}/at_seconds", "must be in order of time")
        elif instants and instants[-1] > scenario.open_seconds:
            yield Fault(f"{pointer}/at_seconds", "must lie within open_seconds")


def only_random_days_vary(scenario: Scenario) -> Iterator[Fault]:
    for pointer, arrivals in _arrivals(scenario):
        if arrivals.busyness_shape is not None and (arrivals.process == "counted" or arrivals.at_seconds):
            yield Fault(f"{pointer}/busyness_shape", "needs the process poisson: counted arrivals are as they are")


def agents_serve_known_queues(scenario: Scenario) -> Iterator[Fault]:
    known = {queue.id for queue in scenario.queues}
    for pointer, crew in scenario.crews():
        for number, queue_id in enumerate(crew.profile.queue_ids):
            if queue_id not in known:
                yield Fault(f"{pointer}/queues/{number}", f"is no queue of this scenario: {queue_id}")
        for queue_id in crew.handling:
            if queue_id not in known:
                yield Fault(f"{pointer}/handling/{queue_id}", "is no queue of this scenario")


def every_queue_can_be_served(scenario: Scenario) -> Iterator[Fault]:
    """A skill that nobody has, a channel nobody takes, a queue nobody serves: its customers would wait for ever."""
    for number, queue in enumerate(scenario.queues):
        planned = [(pointer, crew) for pointer, crew in scenario.crews() if queue.id in crew.profile.queue_ids]
        serving = [crew for _, crew in planned if _comes(crew, scenario)]
        if not serving:
            yield from _nobody_comes(queue, f"/queues/{number}/id", planned)
            continue
        for channel in queue.channels():
            taking = [crew for crew in serving if _takes(crew, channel)]
            if taking:
                yield from _skills_that_nobody_has(number, queue, channel, taking)
            else:
                detail = f"is taken by nobody who serves the queue: {channel}; give one a capacity in `channels`"
                yield Fault(f"/queues/{number}/channel", detail)


def what_differs_by_channel_is_of_a_channel_that_is_taken(scenario: Scenario) -> Iterator[Fault]:
    for number, queue in enumerate(scenario.queues):
        for channel in queue.by_channel:
            if channel not in queue.channels() and not any(_takes(crew, channel) for _, crew in scenario.crews()):
                yield Fault(f"/queues/{number}/by_channel/{channel}", "is a channel that nobody comes on or takes")


def shifts_end_after_they_begin(scenario: Scenario) -> Iterator[Fault]:
    for number, agent in enumerate(scenario.agents):
        before = 0.0
        for place, shift in enumerate(agent.shifts):
            pointer = f"/agents/{number}/shifts/{place}"
            if shift.to_seconds <= shift.from_seconds:
                yield Fault(f"{pointer}/to_seconds", "must be later than from_seconds")
            elif shift.from_seconds < before:
                yield Fault(f"{pointer}/from_seconds", "begins before the shift before it ends")
            before = shift.to_seconds


def the_warm_up_leaves_time_to_count(scenario: Scenario) -> Iterator[Fault]:
    if scenario.warm_up_seconds >= scenario.open_seconds:
        yield Fault("/warm_up_seconds", "must be shorter than open_seconds")


CHECKS: tuple[Check, ...] = (
    ids_are_unique,
    agents_of_groups_keep_their_names,
    somebody_works,
    arrivals_come_one_way,
    exact_arrivals_are_in_order_and_in_time,
    only_random_days_vary,
    agents_serve_known_queues,
    every_queue_can_be_served,
    what_differs_by_channel_is_of_a_channel_that_is_taken,
    shifts_end_after_they_begin,
    spreads_make_sense,
    decisions_of_agents_are_shares,
    the_warm_up_leaves_time_to_count,
)


def _arrivals(scenario: Scenario) -> Iterator[tuple[str, Arrivals]]:
    for number, queue in enumerate(scenario.queues):
        for place, arrivals in enumerate(queue.arrivals):
            yield f"/queues/{number}/arrivals/{place}", arrivals


def _comes(crew: Group | RosteredAgent, scenario: Scenario) -> bool:
    """Say whether anybody of them is there before the end."""
    if isinstance(crew, RosteredAgent):
        begins = [shift.from_seconds for shift in crew.shifts] or [0.0]
    else:
        length = crew.period_seconds or scenario.period_seconds
        begins = [number * length for number, staff in enumerate(crew.staff) if staff]
    return any(begin < scenario.open_seconds + scenario.closing_seconds for begin in begins)


def _nobody_comes(
    queue: SimulatedQueue, pointer: str, planned: list[tuple[str, Group | RosteredAgent]]
) -> Iterator[Fault]:
    if not planned:
        yield Fault(pointer, f"is served by no group and no agent: {queue.id}")
    for where, crew in planned:
        field = "staff" if isinstance(crew, Group) else "shifts"
        yield Fault(f"{where}/{field}", f"must bring somebody before the end: nobody else serves {queue.id}")


def _takes(crew: Group | RosteredAgent, channel: str) -> bool:
    profile = crew.profile
    return any(
        each.channel == channel and each.most > 0 and each.units <= profile.capacity_units for each in profile.channels
    )


def _skills_that_nobody_has(
    number: int, queue: SimulatedQueue, channel: str, serving: list[Group | RosteredAgent]
) -> Iterator[Fault]:
    levels = [{skill.skill_id: skill.level for skill in crew.profile.skills} for crew in serving]
    places = [("", queue.rules.required_skills)]
    places += [
        (f"/arrivals/{place}", each.required_skills)
        for place, each in enumerate(queue.arrivals)
        if (each.channel or queue.channel) == channel
    ]
    for where, required in places:
        wanted = (*queue.rules.required_skills, *required)
        if wanted and not any(all(has.get(s.skill_id, 0) >= s.level for s in wanted) for has in levels):
            named = ", ".join(f"{skill.skill_id} at {skill.level}" for skill in wanted)
            yield Fault(f"/queues/{number}{where}/required_skills", f"nobody who serves the queue has {named}")
