"""A recorded day as a scenario: its exact arrivals, its handling and patience, its agents; and what is to be different.

Arrivals are those of the day. Talk, wrap-up and the time to accept are drawn from the day's own, patience from its
estimate (`kaplan_meier`), agents are there when they were. Conversations passed on are arrivals again; a supervisor's
moves by hand are not repeated.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any

from services.routing.domain.moments import Moment
from services.routing.domain.settings import AgentProfile, QueueRules
from services.routing.simulation.counting import QueueKey
from services.routing.simulation.kaplan_meier import patience
from services.routing.simulation.reader import Fault
from services.routing.simulation.reading import ScenarioInvalid, read_scenario
from services.routing.simulation.recorded_day import NO_TEAM, RecordedDay, RecordedQueue
from services.routing.simulation.results import Plain, real_figures
from services.routing.simulation.scenario import NO_TIME, Acceptance, Arrivals, Handling, Scenario, Shift
from services.routing.simulation.spreads import Samples, Spread

#: Of more observed spans so many are kept, evenly over their order.
MOST_SAMPLES = 5_000
#: An agent who rejects everything would never let the day end.
_MOST_REJECTED = 0.95
_BY_ID = ("queues", "agents")


class NothingRecorded(Exception):
    """The journal has no contact of that pool in that span, or none was answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """A scenario made of a day, and the day's real figures under the same names."""

    scenario: Scenario
    real: Plain


def replay_of(day: RecordedDay, name: str, changes: Mapping[str, Any]) -> Replay:
    """Make the scenario; `changes` are its fields, with queues and agents by id, and null for "without it".

    Raises NothingRecorded, or ScenarioInvalid whose pointers lead into `changes`.
    """
    names = _names(day)
    if not names or not any(queue.talks for queue in day.queues.values()):
        raise NothingRecorded
    plain = _plain(day, name, names)
    _change(plain, changes, names)
    try:
        scenario = read_scenario(plain)
    except ScenarioInvalid as invalid:
        raise ScenarioInvalid([_in_changes(fault, plain) for fault in invalid.faults]) from invalid
    return Replay(scenario=scenario, real=_real(day, names))


def _names(day: RecordedDay) -> dict[QueueKey, str]:
    """Name what stood in line: a queue with several channels is played as one queue for each, all alike."""
    keys = sorted(key for key, queue in day.queues.items() if queue.arrivals)
    channels = [queue_id for queue_id, _ in keys]
    return {key: key[0] if channels.count(key[0]) == 1 else f"{key[0]}_{key[1]}" for key in keys}


def _plain(day: RecordedDay, name: str, names: Mapping[QueueKey, str]) -> dict[str, Any]:
    return {
        "name": name,
        "begins_at": datetime.fromtimestamp(day.since / 1000, UTC),
        "open_seconds": (day.until - day.since) / 1000,
        "queues": [_queue(day, key, id_) for key, id_ in names.items()],
        "agents": _agents(day, names),
    }


def _queue(day: RecordedDay, key: QueueKey, id_: str) -> dict[str, Any]:
    recorded, rules = day.queues[key], day.rules.get(key[0]) or QueueRules(queue_id=key[0])
    return {
        **_fields(rules, {"queue_id", "version"}),
        "id": id_,
        "channel": key[1],
        "arrivals": [_arrivals(asked, offsets) for asked, offsets in sorted(recorded.arrivals.items(), key=str)],
        "handling": _handling(day, recorded),
        "patience": patience(recorded.waits),
    }


def _arrivals(asked: tuple[int, Any], offsets: Sequence[int]) -> Arrivals:
    instants = tuple(sorted(offset / 1000 for offset in offsets))
    return Arrivals(at_seconds=instants, priority=asked[0], required_skills=asked[1])


def _handling(day: RecordedDay, recorded: RecordedQueue) -> Handling:
    """A queue that nobody answered takes as long as the others did."""
    talks = recorded.talks or [talk for queue in day.queues.values() for talk in queue.talks]
    wrap_ups = recorded.wrap_ups or [span for queue in day.queues.values() for span in queue.wrap_ups]
    return Handling(talk=_samples(talks), wrap_up=_samples(wrap_ups))


def _agents(day: RecordedDay, names: Mapping[QueueKey, str]) -> list[dict[str, Any]]:
    acceptance = _acceptance(day)
    there = [profile for agent_id, profile in sorted(day.profiles.items()) if day.presence.spans.get(agent_id)]
    return [
        {
            **_fields(_serving(profile, names), {"agent_id", "version"}),
            "id": profile.agent_id,
            "group": profile.team_id or NO_TEAM,
            "shifts": [_shift(span) for span in day.presence.spans[profile.agent_id]],
            "acceptance": acceptance,
        }
        for profile in there
    ]


def _serving(profile: AgentProfile, names: Mapping[QueueKey, str]) -> AgentProfile:
    """Give the profile with the queues as they are played, in the agent's own order."""
    queue_ids = tuple(id_ for queue_id in profile.queue_ids for key, id_ in names.items() if key[0] == queue_id)
    return replace(profile, queue_ids=queue_ids)


def _shift(span: tuple[Moment, Moment]) -> Shift:
    return Shift(from_seconds=span[0] / 1000, to_seconds=span[1] / 1000)


def _acceptance(day: RecordedDay) -> Acceptance:
    offers = day.offers
    ended = max(1, offers.ended)
    rejects = min(offers.rejected / ended, _MOST_REJECTED)
    lets_ring = min(offers.timed_out / ended, 1 - rejects)
    return Acceptance(delay=_samples(offers.delays), rejects=rejects, lets_ring=lets_ring)


def _samples(spans: Sequence[float]) -> Spread:
    if not spans:
        return NO_TIME
    ordered = sorted(spans)
    step = max(1.0, len(ordered) / MOST_SAMPLES)
    kept = tuple(ordered[int(number * step)] for number in range(int(len(ordered) / step)))
    return Samples(samples_seconds=kept)


def _fields(value: Any, hidden: set[str]) -> dict[str, Any]:
    """Take a domain value apart, one level deep; the reader takes the values below as they are."""
    return {each.name: getattr(value, each.name) for each in fields(value) if each.name not in hidden}


def _change(plain: dict[str, Any], changes: Mapping[str, Any], names: Mapping[QueueKey, str]) -> None:
    """Lay the changes over the recorded day. Raises ScenarioInvalid for a queue or agent that it does not have."""
    faults: list[Fault] = []
    for field_name, change in changes.items():
        if field_name not in _BY_ID or change is None:
            plain[field_name] = [] if field_name in _BY_ID else change
        elif isinstance(change, Mapping):
            for id_, fields_ in change.items():
                faults += _change_one(plain[field_name], field_name, str(id_), fields_, names)
        else:
            faults.append(Fault(f"/{field_name}", "must be a mapping from ids to what is different, or null"))
    if faults:
        raise ScenarioInvalid(faults)


def _change_one(
    things: list[dict[str, Any]], kind: str, id_: str, change: Any, names: Mapping[QueueKey, str]
) -> list[Fault]:
    ids = {id_, *(name for key, name in names.items() if kind == "queues" and key[0] == id_)}
    found = [thing for thing in things if thing["id"] in ids]
    if not found:
        known = ", ".join(sorted(str(thing["id"]) for thing in things)[:20])
        return [Fault(f"/{kind}/{id_}", f"was not there that day; there were {known}")]
    if change is not None and not isinstance(change, Mapping):
        return [Fault(f"/{kind}/{id_}", "must be a mapping of fields, or null")]
    for thing in found:
        if change is None:
            things.remove(thing)
        else:
            thing.update(_respelled(thing, change))
    return []


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


def _real(day: RecordedDay, names: Mapping[QueueKey, str]) -> Plain:
    queues = {(names[key], key[1]): tally for key, tally in day.counting.queues.items() if key in names}
    return real_figures(queues, day.counting.groups)
