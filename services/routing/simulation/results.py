"""Replications summed up: of every figure its mean and 95 % confidence interval, as plain data for people and files.

A counter's mean is over all replications; a rate's over those that have one, and `count` says how many.
Rows of 15 minutes carry means only. Times are in seconds.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from services.routing.simulation import figures
from services.routing.simulation.figures import Rates
from services.routing.simulation.replication import Outcome
from services.routing.simulation.scenario import Scenario, SimulatedQueue
from services.routing.simulation.student import estimate
from services.routing.simulation.tally import INTERVAL, Row, Tally

Plain = dict[str, Any]
RatesOf = Callable[[Row], Mapping[str, Rates]]


def results(scenario: Scenario, seed: int, outcomes: Sequence[Outcome]) -> Plain:
    """Make the document of a simulation's results."""
    return {
        "name": scenario.name,
        "definition": figures.DEFINITION,
        "seed": seed,
        "replications": len(outcomes),
        "confidence": 0.95,
        "from": _utc(outcomes[0].beginning),
        "to": _utc(max(outcome.end for outcome in outcomes)),
        "customers": _estimated([outcome.customers for outcome in outcomes]),
        "queues": [
            {"queue": queue.id, "channel": channel} | _queue(outcomes, (queue.id, channel))
            for queue in scenario.queues
            for channel in _channels(queue, outcomes)
        ],
        "groups": [{"group": group} | _group(outcomes, group) for group in _groups(outcomes)],
    }


def _channels(queue: SimulatedQueue, outcomes: Sequence[Outcome]) -> Sequence[str]:
    """Give the channels that customers come on, and those on which others flowed in; else the queue's own."""
    came = sorted({channel for outcome in outcomes for queue_id, channel in outcome.queues if queue_id == queue.id})
    own = queue.channels() if queue.arrivals or not came else ()
    return tuple(dict.fromkeys((*own, *came)))


def real_figures(queues: Mapping[tuple[str, str], Tally], groups: Mapping[str, Tally]) -> Plain:
    """Give figures that were counted from what really happened, in the same shape: one day, no interval around it."""
    day = Outcome(beginning=0, end=0, customers=0, steps=0, acts=0, queues=queues, groups=groups)
    return {
        "definition": figures.DEFINITION,
        "queues": [{"queue": key[0], "channel": key[1]} | _queue([day], key) for key in sorted(queues)],
        "groups": [{"group": group} | _group([day], group) for group in sorted(groups)],
    }


def _queue(outcomes: Sequence[Outcome], key: tuple[str, str]) -> Plain:
    tallies = [outcome.queues.get(key) or Tally() for outcome in outcomes]
    summed = _summed(tallies, figures.QUEUE_COUNTERS, figures.QUEUE_TIMES, _queue_rates)
    waits = [figures.wait_percentiles(tally.waits) for tally in tallies]
    summed["counters"]["waiting"] = _estimated([figures.waiting(tally.total().counters) for tally in tallies])
    summed["rates"] |= {name: _estimated([each[name] for each in waits]) for name in waits[0]}
    return summed


def _group(outcomes: Sequence[Outcome], group: str) -> Plain:
    tallies = [outcome.groups.get(group) or Tally() for outcome in outcomes]
    return _summed(tallies, figures.GROUP_COUNTERS, figures.GROUP_TIMES, _group_rates)


def _queue_rates(row: Row) -> Mapping[str, Rates]:
    return {
        "service_level": figures.service_level(row.counters),
        "rates": figures.queue_rates(row.counters, row.time),
    }


def _group_rates(row: Row) -> Mapping[str, Rates]:
    return {"rates": figures.group_rates(row.counters, row.time)}


def _summed(tallies: Sequence[Tally], counters: Sequence[str], times: Sequence[str], rates_of: RatesOf) -> Plain:
    totals = [tally.total() for tally in tallies]
    more = sorted({name for total in totals for name in total.time} - set(times) - {"held_units", "capacity_units"})
    names = (*times, *more)
    rates = [rates_of(total) for total in totals]
    starts = sorted({start for tally in tallies for start in tally.rows})
    return {
        "counters": {name: _estimated([total.counters.get(name, 0) for total in totals]) for name in counters},
        "time_seconds": {name: _estimated([total.time.get(name, 0) / 1000 for total in totals]) for name in names},
        **{
            family: {name: _estimated([each[family][name] for each in rates]) for name in rates[0][family]}
            for family in rates[0]
        },
        "intervals": [_interval(start, tallies, counters, names, rates_of) for start in starts],
    }


def _interval(
    start: int, tallies: Sequence[Tally], counters: Sequence[str], times: Sequence[str], rates_of: RatesOf
) -> Plain:
    """Give the row of one interval: means over replications, rates of the sums over them."""
    total, count = Row(), len(tallies)
    for tally in tallies:
        if start in tally.rows:
            total.add(tally.rows[start])
    return {
        "from": _utc(start),
        "to": _utc(start + INTERVAL),
        "counters": {name: total.counters[name] / count for name in counters if name in total.counters},
        "time_seconds": {name: total.time[name] / 1000 / count for name in times if name in total.time},
        **{family: dict(rates) for family, rates in rates_of(total).items()},
    }


def _estimated(values: Sequence[float | None]) -> Plain | None:
    there = [value for value in values if value is not None]
    if not there:
        return None
    found = estimate(there)
    return {"mean": found.mean, "low": found.low, "high": found.high, "count": found.count}


def _groups(outcomes: Sequence[Outcome]) -> list[str]:
    return sorted({group for outcome in outcomes for group in outcome.groups})


def _utc(moment: int) -> str:
    return datetime.fromtimestamp(moment / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
