"""A recorded day as a scenario: its exact arrivals, its handling and patience, its agents; and what is to be different.

Arrivals are those of the day, and agents are there when they were. How customers and offers fare is in
`replayed_people`. Conversations passed on are arrivals again; a supervisor's moves by hand are not repeated.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any

from services.routing.domain.expressions import NO_EXPRESSIONS, Expressions
from services.routing.domain.moments import Moment
from services.routing.domain.settings import QueueRules
from services.routing.simulation.mentions import AGENT, QUEUE, SITE, mentioned
from services.routing.simulation.reader import Fault
from services.routing.simulation.reading import ScenarioInvalid, read_scenario
from services.routing.simulation.recorded_day import NO_TEAM, RecordedDay, RecordedQueue
from services.routing.simulation.replayed_people import people
from services.routing.simulation.results import Plain, real_figures
from services.routing.simulation.rule_checks import Elsewhere
from services.routing.simulation.scenario import Arrivals, OfChannel, Scenario, Shift
from services.routing.simulation.spreads import LONGEST

_BY_ID = ("queues", "agents")


class NothingRecorded(Exception):
    """The journal has no contact of that pool in that span, or none was answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """A scenario made of a day, and the day's real figures."""

    scenario: Scenario
    real: Plain


def replay_of(
    day: RecordedDay, name: str, changes: Mapping[str, Any], expressions: Expressions = NO_EXPRESSIONS
) -> Replay:
    """Make the scenario; `changes` are its fields, with queues and agents by id, and null for "without it".

    Raises NothingRecorded, or ScenarioInvalid whose pointers lead into `changes`.
    """
    queues = _queues(day)
    if not queues or not any(queue.talks for queue in day.queues.values()):
        raise NothingRecorded
    plain = _plain(day, name, queues)
    _change(plain, changes)
    try:
        scenario = read_scenario(plain, expressions, _elsewhere(day))
    except ScenarioInvalid as invalid:
        raise ScenarioInvalid([_in_changes(fault, plain) for fault in invalid.faults]) from invalid
    return Replay(scenario=scenario, real=real_figures(day.counting.queues, day.counting.groups))


def _queues(day: RecordedDay) -> list[str]:
    """Name the queues that somebody stood in, and those that their rules may lead to."""
    found: dict[str, None] = {}
    ahead = sorted({queue_id for (queue_id, _), queue in day.queues.items() if queue.arrivals})
    while ahead:
        queue_id = ahead.pop(0)
        if queue_id not in found:
            found[queue_id] = None
            named = mentioned(QUEUE, replace(_rules(day, queue_id), queue_id=""))
            ahead += [other for _, other in named if other in day.rules]
    return sorted(found)


def _rules(day: RecordedDay, queue_id: str) -> QueueRules:
    return day.rules.get(queue_id) or QueueRules(queue_id=queue_id)


def _elsewhere(day: RecordedDay) -> Elsewhere:
    """The day's rules may name agents who were off, and sites at which nobody was."""
    agents, sites = ({name for rules in day.rules.values() for _, name in mentioned(of, rules)} for of in (AGENT, SITE))
    return Elsewhere(agents=frozenset({*agents, *day.profiles}), sites=frozenset(sites))


def _plain(day: RecordedDay, name: str, queues: Sequence[str]) -> dict[str, Any]:
    return {
        "name": name,
        "begins_at": datetime.fromtimestamp(day.since / 1000, UTC),
        "open_seconds": (day.until - day.since) / 1000,
        # What really happened is counted until then, so what is open then is open on both sides.
        "closing_seconds": 0.0,
        "queues": [_queue(day, queue_id) for queue_id in queues],
        "agents": _agents(day, queues),
    }


def _queue(day: RecordedDay, queue_id: str) -> dict[str, Any]:
    """A queue's customers differ by channel; the queue's own is for those of whom nothing was recorded."""
    channels = {channel: queue for (id_, channel), queue in sorted(day.queues.items()) if id_ == queue_id}
    rules = _rules(day, queue_id)
    hidden = {"queue_id", "version"} if rules.target_seconds else {"queue_id", "version", "target_seconds"}
    by_channel = {channel: people(day, queue) for channel, queue in channels.items()}
    return {
        **_fields(rules, hidden),
        "id": queue_id,
        "channel": next(iter(channels), "voice"),
        "arrivals": [each for channel, queue in channels.items() for each in _arrivals(channel, queue)],
        **_fields(people(day, RecordedQueue()), {"patience"}),
        "by_channel": by_channel,
    }


def _arrivals(channel: str, recorded: RecordedQueue) -> list[Arrivals]:
    return [
        Arrivals(
            at_seconds=tuple(sorted(offset / 1000 for offset in offsets)),
            priority=asked[0],
            required_skills=asked[1],
            channel=channel,
        )
        for asked, offsets in sorted(recorded.arrivals.items(), key=str)
    ]


def _agents(day: RecordedDay, queues: Sequence[str]) -> list[dict[str, Any]]:
    there = [profile for agent_id, profile in sorted(day.profiles.items()) if day.presence.spans.get(agent_id)]
    return [
        {
            **_fields(profile, {"agent_id", "version"}),
            "queue_ids": [queue_id for queue_id in profile.queue_ids if queue_id in queues],
            "queue_ranks": tuple(each for each in profile.queue_ranks if each.queue_id in queues),
            "id": profile.agent_id,
            "group": profile.team_id or NO_TEAM,
            "shifts": [_shift(day, span) for span in day.presence.spans[profile.agent_id]],
        }
        for profile in there
    ]


def _shift(day: RecordedDay, span: tuple[Moment, Moment]) -> Shift:
    """Whoever was there as the day ended is there for as long as it is made to go on."""
    begin, end = span
    return Shift(from_seconds=begin / 1000, to_seconds=LONGEST if end >= day.until - day.since else end / 1000)


def _fields(value: Any, hidden: set[str]) -> dict[str, Any]:
    """Take a domain value apart, one level deep; the reader takes the values below as they are."""
    return {each.name: getattr(value, each.name) for each in fields(value) if each.name not in hidden}


def _change(plain: dict[str, Any], changes: Mapping[str, Any]) -> None:
    """Lay the changes over the recorded day. Raises ScenarioInvalid for a queue or agent that it does not have."""
    faults: list[Fault] = []
    for field_name, change in changes.items():
        if field_name not in _BY_ID or change is None:
            plain[field_name] = [] if field_name in _BY_ID else change
        elif isinstance(change, Mapping):
            for id_, fields_ in change.items():
                faults += _change_one(plain[field_name], field_name, str(id_), fields_)
        else:
            faults.append(Fault(f"/{field_name}", "must be a mapping from ids to what is different, or null"))
    if faults:
        raise ScenarioInvalid(faults)


def _change_one(things: list[dict[str, Any]], kind: str, id_: str, change: Any) -> list[Fault]:
    found = [thing for thing in things if thing["id"] == id_]
    if not found:
        known = ", ".join(sorted(str(thing["id"]) for thing in things)[:20])
        return [Fault(f"/{kind}/{id_}", f"was not there that day; there were {known}")]
    if change is not None and not isinstance(change, Mapping):
        return [Fault(f"/{kind}/{id_}", "must be a mapping of fields, or null")]
    for thing in found:
        if change is None:
            things.remove(thing)
        else:
            thing.update(_respelled(thing, _by_channel(thing, change)))
    return []


def _by_channel(thing: Mapping[str, Any], change: Mapping[str, Any]) -> Mapping[str, Any]:
    """What changes for a queue as a whole goes before what was recorded of its channels."""
    given = change.get("by_channel", {})
    if "by_channel" not in thing or not isinstance(given, Mapping):
        return change
    hidden = {each.name for each in fields(OfChannel)} & set(change)
    merged = {
        channel: {**_fields(own, hidden), **each} if isinstance(each := given.get(channel, {}), Mapping) else each
        for channel, own in thing["by_channel"].items()
    }
    return {**change, "by_channel": {**given, **merged}}


def _respelled(thing: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """Write `queues` as `queue_ids` where the recorded field is written so: one name for one field."""
    spelled = {name: f"{name.removesuffix('s')}_ids" if name.endswith("s") else f"{name}_id" for name in change}
    return {spelled[name] if spelled[name] in thing else name: value for name, value in change.items()}


def _in_changes(fault: Fault, plain: Mapping[str, Any]) -> Fault:
    """Point to a queue or agent by its id, as changes name it."""
    _, kind, *rest = fault.pointer.split("/")
    if kind in _BY_ID and rest and rest[0].isdigit():
        return Fault("/".join(["", kind, plain[kind][int(rest[0])]["id"], *rest[1:]]), fault.detail)
    return fault
