"""What spreads and shares must be to make sense, wherever in a scenario they stand."""

from collections.abc import Iterator

from services.routing.simulation.reader import Fault
from services.routing.simulation.scenario import (
    NO_TIME,
    Acceptance,
    Arrivals,
    Handling,
    OfChannel,
    Scenario,
    SimulatedQueue,
)
from services.routing.simulation.spreads import ByPeriod, Samples, Spread, Timed, Uniform

#: A spread after a JSON pointer to it.
_Placed = tuple[str, Timed]


def spreads_make_sense(scenario: Scenario) -> Iterator[Fault]:
    for pointer, timed in _spreads(scenario):
        for spread in timed.periods if isinstance(timed, ByPeriod) else (timed,):
            yield from _fault_of_spread(pointer, spread)


def decisions_of_agents_are_shares(scenario: Scenario) -> Iterator[Fault]:
    for pointer, acceptance in _acceptances(scenario):
        if acceptance.rejects == 1 and acceptance.delay == NO_TIME:
            detail = "must be less than 1 where rejecting takes no time, or it would go on for ever"
            yield Fault(f"{pointer}/rejects", detail)
        if acceptance.rejects + acceptance.lets_ring > 1:
            yield Fault(f"{pointer}/rejects", "must not be more than 1 together with lets_ring")


def _spreads(scenario: Scenario) -> Iterator[_Placed]:
    for number, queue in enumerate(scenario.queues):
        pointer = f"/queues/{number}"
        yield from _of_customers(pointer, queue)
        for channel, own in queue.by_channel.items():
            yield from _of_customers(f"{pointer}/by_channel/{channel}", own)
        if queue.again is not None:
            yield f"{pointer}/again/delay", queue.again.delay
        for place, arrivals in enumerate(queue.arrivals):
            yield from _of_customers(f"{pointer}/arrivals/{place}", arrivals)
    for pointer, crew in scenario.crews():
        for queue_id, handling in crew.handling.items():
            yield from _handled(f"{pointer}/handling/{queue_id}", handling)
    for pointer, acceptance in _acceptances(scenario):
        yield f"{pointer}/delay", acceptance.delay
        yield f"{pointer}/back_after_seconds", acceptance.back_after_seconds


def _of_customers(pointer: str, customers: SimulatedQueue | OfChannel | Arrivals) -> Iterator[_Placed]:
    if customers.handling is not None:
        yield from _handled(f"{pointer}/handling", customers.handling)
    if customers.patience is not None:
        yield f"{pointer}/patience", customers.patience
    if not isinstance(customers, Arrivals) and customers.callback is not None:
        yield f"{pointer}/callback/after_seconds", customers.callback.after_seconds


def _handled(pointer: str, handling: Handling) -> Iterator[_Placed]:
    yield f"{pointer}/talk", handling.talk
    yield f"{pointer}/wrap_up", handling.wrap_up


def _acceptances(scenario: Scenario) -> Iterator[tuple[str, Acceptance]]:
    for number, queue in enumerate(scenario.queues):
        yield f"/queues/{number}/acceptance", queue.acceptance
        for channel, own in queue.by_channel.items():
            if own.acceptance is not None:
                yield f"/queues/{number}/by_channel/{channel}/acceptance", own.acceptance
    for pointer, crew in scenario.crews():
        if crew.acceptance is not None:
            yield f"{pointer}/acceptance", crew.acceptance


def _fault_of_spread(pointer: str, spread: Spread) -> Iterator[Fault]:
    may_be_endless = pointer.endswith("/patience")
    match spread:
        case Uniform(low_seconds=low, high_seconds=high) if high < low:
            yield Fault(f"{pointer}/high_seconds", "must be at least low_seconds")
        case Samples(never=never) if never and not may_be_endless:
            yield Fault(f"{pointer}/never", "only patience may be endless")
        case Samples(samples_seconds=(), never=never) if never < 1:
            yield Fault(f"{pointer}/samples_seconds", "must have at least one item")
        case Samples(samples_seconds=spans, weights=weights) if weights and len(weights) != len(spans):
            yield Fault(f"{pointer}/weights", f"must be as many as samples_seconds: {len(spans)}")
        case Samples(samples_seconds=spans, weights=weights) if spans and weights and not sum(weights):
            yield Fault(f"{pointer}/weights", "must not all be 0")
