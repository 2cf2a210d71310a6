"""What happens when a deadline passes: one decision for each kind of timer."""

from collections.abc import Callable
from dataclasses import dataclass

from services.routing.domain.decisions.calling_back import due, hours_over
from services.routing.domain.decisions.conversations import completed
from services.routing.domain.decisions.offers import time_out
from services.routing.domain.decisions.presence import grace_over
from services.routing.domain.decisions.steps import take_step
from services.routing.domain.events import Event
from services.routing.domain.floor.events import FloorLooked
from services.routing.domain.floor.watching import look
from services.routing.domain.moments import Moment
from services.routing.domain.pool import PoolState
from services.routing.domain.stays import Connected, Offered, Scheduled, Waiting, WrappingUp
from services.routing.domain.timers import CALLBACK, FLOOR, HOLD, PRESENCE, STEP, TimerKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Fired:
    """What a deadline led to; `cause` names what ran out, `contact_id` the contact concerned, empty for none.

    The events must move or cancel the deadline, or it would fire for ever.
    """

    cause: str
    contact_id: str
    events: tuple[Event, ...]


def fire(state: PoolState, key: TimerKey, now: Moment) -> Fired:
    """Decide what a passed deadline does; the state is only read."""
    kind, owner = key
    return _DECISIONS[kind](state, owner, now)


def _hold_over(state: PoolState, offer_id: str, now: Moment) -> Fired:
    hold = state.holds[offer_id]
    match hold:
        case Offered():
            event: Event = time_out(hold, now)
        case WrappingUp():
            event = completed(hold, now)
        case Connected():
            raise TypeError("a conversation has no deadline")
    return Fired(cause=offer_id, contact_id=hold.entry.contact_id, events=(event,))


def _presence_over(state: PoolState, agent_id: str, now: Moment) -> Fired:
    return Fired(cause=agent_id, contact_id="", events=grace_over(state, state.agents[agent_id], now))


def _step_due(state: PoolState, contact_id: str, now: Moment) -> Fired:
    stay = state.contacts[contact_id]
    if not isinstance(stay, Waiting):
        raise TypeError("only a waiting contact has steps ahead")
    cause = f"{contact_id}/{stay.entry.number}/step-{stay.steps_taken + 1}"
    return Fired(cause=cause, contact_id=contact_id, events=take_step(state, stay, now))


def _callback_due(state: PoolState, contact_id: str, now: Moment) -> Fired:
    stay = state.contacts[contact_id]
    cause = f"{contact_id}/{stay.entry.number}/callback"
    if isinstance(stay, Scheduled):
        return Fired(cause=cause, contact_id=contact_id, events=due(state, stay, now))
    if not isinstance(stay, Waiting) or stay.callback is None:
        raise TypeError("only a callback that is scheduled or waits has hours")
    return Fired(cause=cause, contact_id=contact_id, events=hours_over(state, stay, stay.callback, now))


def _floor_look(state: PoolState, agent_id: str, now: Moment) -> Fired:
    """Look at an agent; the look itself is told where it finds nothing, for it sets the next."""
    events = tuple(look(state, agent_id, now)) or (FloorLooked(at=now, agent_id=agent_id),)
    return Fired(cause=f"floor/{agent_id}", contact_id="", events=events)


_DECISIONS: dict[str, Callable[[PoolState, str, Moment], Fired]] = {
    HOLD: _hold_over,
    STEP: _step_due,
    FLOOR: _floor_look,
    PRESENCE: _presence_over,
    CALLBACK: _callback_due,
}
