"""A contact that breaks a rule at run time is set aside and announced; the others are matched as if it were not there.

Only reading is guarded: what a rule raises on has changed nothing. A parked contact keeps its customer and its place
on record, is offered to nobody, and comes out by a transfer (to its own queue too), by a supervisor's hand, by its
end, or with its queue.
"""

from collections.abc import Callable
from typing import TypeVar

from services.routing.domain.decisions.offers import taken_back
from services.routing.domain.events import ContactParked, Event
from services.routing.domain.moments import Moment
from services.routing.domain.pool import PoolState
from services.routing.domain.stays import Offered, Waiting

T = TypeVar("T")


def guarded(
    choose: Callable[[PoolState, Waiting, Moment], T], state: PoolState, waiting: Waiting, now: Moment
) -> T | ContactParked:
    """Choose for a contact, or say that it has to be parked and by which error."""
    try:
        return choose(state, waiting, now)
    except Exception as error:  # noqa: BLE001 - whatever a rule raises, the pool goes on
        return ContactParked(at=now, entry=waiting.entry, reason="matching-failed", error=type(error).__name__)


def parked_by_timer(state: PoolState, stay: Offered | Waiting, error: str, now: Moment) -> tuple[Event, ...]:
    """Park a contact whose timer cannot be fired, and give the agents back who were asked."""
    parked = ContactParked(at=now, entry=stay.entry, reason="timer-failed", error=error)
    return *taken_back(state, stay.entry.contact_id, "contact-parked", now), parked
