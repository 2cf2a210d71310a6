"""Whether a contact that comes to a queue may wait there, or takes a way out at once."""

from collections.abc import Callable
from typing import TypeAlias

from services.routing.domain.moments import Moment
from services.routing.domain.opening_hours import is_open
from services.routing.domain.pool import PoolState
from services.routing.domain.queue_steps import ON_LENGTH, ON_NO_STAFF, WayOut
from services.routing.domain.search import search_of
from services.routing.domain.stays import Waiting

#: From queue to queue at most so often: settings refuse circles, but may change while a contact is on its way.
MOST_QUEUES = 8

OVERFLOW = "overflow"

Rule: TypeAlias = Callable[[PoolState, Waiting, Moment], WayOut | None]


def emergency_sends_it_on(state: PoolState, stay: Waiting, _: Moment) -> WayOut | None:
    return None if state.emergency is None else state.emergency.way_from(stay.entry.queue_id)


def closed_queue_sends_it_on(state: PoolState, stay: Waiting, now: Moment) -> WayOut | None:
    queue_id = stay.entry.queue_id
    rules = state.queue(queue_id)
    if rules.opening is None or (state.emergency is not None and state.emergency.takes_all(queue_id)):
        return None
    return None if is_open(rules.opening, now) else rules.when_closed


def overflowing_queue_sends_it_on(state: PoolState, stay: Waiting, _: Moment) -> WayOut | None:
    """As many wait as the queue's limit, this contact not counted, or nobody who suits it is signed in."""
    rules = state.queue(stay.entry.queue_id)
    for overflow in rules.overflows:
        if overflow.on == ON_LENGTH and state.unanswered[rules.queue_id] >= overflow.limit:
            return overflow.then
        if overflow.on == ON_NO_STAFF and not state.is_staffed(search_of(stay, rules)):
            return overflow.then
    return None


#: In their order; the first that names a way that can be gone is taken, under the reason beside it.
ARRIVAL_RULES: tuple[tuple[str, Rule], ...] = (
    ("emergency", emergency_sends_it_on),
    ("closed", closed_queue_sends_it_on),
    (OVERFLOW, overflowing_queue_sends_it_on),
)


def may_be_sent_on(state: PoolState, queue_id: str) -> bool:
    """Say whether any of the rules has something to say about this queue; for most queues none has."""
    rules = state.queue(queue_id)
    return state.emergency is not None or rules.opening is not None or bool(rules.overflows)


def way_at_arrival(state: PoolState, stay: Waiting, been_in: tuple[str, ...], now: Moment) -> tuple[str, WayOut] | None:
    """Give reason and way out of a queue just entered, None to wait; no contact comes to the same queue twice.

    A callback waits in any case: its customer was promised a call.
    """
    if stay.callback is not None or len(been_in) >= MOST_QUEUES:
        return None
    for reason, rule in ARRIVAL_RULES:
        way = rule(state, stay, now)
        if way is not None and can_be_gone(state, way, been_in):
            return reason, way
    return None


def can_be_gone(state: PoolState, way: WayOut, been_in: tuple[str, ...]) -> bool:
    """Say whether a way out leads on: never back to where the contact has just been, nor to a queue that is gone."""
    return bool(way.last_step) or (way.to_queue in state.queues and way.to_queue not in been_in)
