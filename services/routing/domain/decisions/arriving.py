"""Whether a contact that comes to a queue may wait there, or takes a way out at once."""

from collections.abc import Callable
from typing import TypeAlias

from services.routing.domain.moments import Moment
from services.routing.domain.opening_hours import is_open
from services.routing.domain.pool import PoolState
from services.routing.domain.queue_steps import WayOut

#: From queue to queue at most so often: settings refuse circles, but may change while a contact is on its way.
MOST_QUEUES = 8

Rule: TypeAlias = Callable[[PoolState, str, Moment], WayOut | None]


def emergency_sends_it_on(state: PoolState, queue_id: str, _: Moment) -> WayOut | None:
    return None if state.emergency is None else state.emergency.way_from(queue_id)


def closed_queue_sends_it_on(state: PoolState, queue_id: str, now: Moment) -> WayOut | None:
    rules = state.queue(queue_id)
    if rules.opening is None or (state.emergency is not None and state.emergency.takes_all(queue_id)):
        return None
    return None if is_open(rules.opening, now) else rules.when_closed


#: In their order; the first that names a way that can be gone is taken, under the reason beside it.
ARRIVAL_RULES: tuple[tuple[str, Rule], ...] = (
    ("emergency", emergency_sends_it_on),
    ("closed", closed_queue_sends_it_on),
)


def way_at_arrival(state: PoolState, queue_id: str, been_in: tuple[str, ...], now: Moment) -> tuple[str, WayOut] | None:
    """Give reason and way out of a queue just entered, None to wait; no contact comes to the same queue twice."""
    if len(been_in) >= MOST_QUEUES:
        return None
    for reason, rule in ARRIVAL_RULES:
        way = rule(state, queue_id, now)
        if way is not None and _can_be_gone(state, way, been_in):
            return reason, way
    return None


def _can_be_gone(state: PoolState, way: WayOut, been_in: tuple[str, ...]) -> bool:
    return bool(way.last_step) or (way.to_queue in state.queues and way.to_queue not in been_in)
