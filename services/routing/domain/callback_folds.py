"""What each event of a callback does to a pool; part of `evolve`, and only called from there."""

from collections.abc import Callable
from typing import Any

from services.routing.domain import callback_events as e
from services.routing.domain.contact_folds import leave, work_done
from services.routing.domain.memory import remember_end
from services.routing.domain.pool import PoolState
from services.routing.domain.stays import Scheduled


def _requested(state: PoolState, event: e.CallbackRequested) -> None:
    leave(state, event.entry)
    remember_end(state, event.entry.contact_id, "customer", event.at)


def _scheduled(state: PoolState, event: e.CallbackScheduled) -> None:
    _out_of_the_way(state, event)
    state.schedule(Scheduled(queued=event.queued, due_at=event.due_at, not_after=event.not_after))


def _not_reached(state: PoolState, event: e.CallbackNotReached) -> None:
    """The attempt is work that the agent has done, though it ends without wrap-up."""
    del state.contacts[event.entry.contact_id]
    work_done(state, event.offer_id, answered_at=event.answered_at, at=event.at)


def _given_up(state: PoolState, event: e.CallbackGivenUp) -> None:
    _out_of_the_way(state, event)
    remember_end(state, event.entry.contact_id, event.ended_by or "system", event.at)


def _out_of_the_way(state: PoolState, event: e.CallbackScheduled | e.CallbackGivenUp) -> None:
    """Take the callback from where it is: scheduled, waiting, or nowhere as it is asked for or was not reached."""
    stay = state.contacts.get(event.entry.contact_id)
    if isinstance(stay, Scheduled):
        state.unschedule(event.entry.contact_id)
    elif stay is not None:
        leave(state, stay.entry)


#: `Any`: each fold takes its own event, and the key says which.
CALLBACK_FOLDS: dict[type, Callable[[PoolState, Any], None]] = {
    e.CallbackRequested: _requested,
    e.CallbackScheduled: _scheduled,
    e.CallbackNotReached: _not_reached,
    e.CallbackGivenUp: _given_up,
}
