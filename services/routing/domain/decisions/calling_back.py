"""A customer is called back: the contact by which that is done waits in its place, or until its time comes."""

from dataclasses import replace
from typing import Final

from services.routing.domain.callback_events import (
    ATTEMPTS_USED,
    CANCELLED,
    NOT_REACHED,
    OUTSIDE_HOURS,
    REQUESTED,
    TOO_LATE,
    CallbackGivenUp,
    CallbackRequested,
    CallbackScheduled,
)
from services.routing.domain.callback_rules import (
    CallbackPlan,
    CallbackTerms,
    callable_until,
    given_up_at,
    next_call_at,
)
from services.routing.domain.decisions.entries import carried, in_queue, of_queue
from services.routing.domain.entry import Entry
from services.routing.domain.events import ContactQueued, Event
from services.routing.domain.moments import Moment, after
from services.routing.domain.pool import PoolState
from services.routing.domain.stays import Scheduled, Waiting

#: The channel on which customers are called, whichever they came on.
VOICE: Final = "voice"


def called_back(
    state: PoolState, stay: Waiting, plan: CallbackPlan, now: Moment, *, reason: str, announcement: str = ""
) -> tuple[Event, ...]:
    """Let a contact leave its queue, and its callback wait in its place: since the same instant, with its priority."""
    entry, rules = stay.entry, state.queue(stay.entry.queue_id)
    callback_id = f"{entry.contact_id}-cb"
    requested = CallbackRequested(
        at=now, entry=entry, callback_contact_id=callback_id, reason=reason, announcement=announcement
    )
    first = replace(entry, contact_id=callback_id, number=1, channel=VOICE, callback_attempt=1)
    in_its_place = replace(first, **of_queue(rules, VOICE))
    queued = replace(carried(stay, in_its_place, rules, now), declined=stay.declined, arranged=False)
    not_after = given_up_at(rules.callbacks, plan, now)
    return requested, *arranged(state, queued, plan.due_at, not_after, now, reason=REQUESTED)


def arranged(
    state: PoolState,
    queued: ContactQueued,
    due_at: Moment,
    not_after: Moment,
    now: Moment,
    *,
    reason: str,
    waits: bool = False,
) -> tuple[Event, ...]:
    """Let a callback wait where it is due and customers may be called, schedule it where not, or give it up.

    One that `waits`, or whose times were changed, is told to be scheduled in any case, for its wait ends first.
    """
    due = next_call_at(state.queue(queued.entry.queue_id).calling_hours, max(due_at, now))
    if due is None or due >= not_after:
        return (CallbackGivenUp(at=now, entry=queued.entry, reason=TOO_LATE),)
    scheduled = CallbackScheduled(
        at=now, entry=queued.entry, due_at=due, not_after=not_after, reason=reason, queued=queued
    )
    if due > now:
        return (scheduled,)
    begun = _waiting_again(state, queued, not_after, now)
    return (scheduled, begun) if waits else (begun,)


def due(state: PoolState, stay: Scheduled, now: Moment) -> tuple[Event, ...]:
    """Let a scheduled callback wait; its queue's hours may have changed meanwhile."""
    return arranged(state, stay.queued, now, stay.not_after, now, reason=OUTSIDE_HOURS)


def hours_over(state: PoolState, stay: Waiting, terms: CallbackTerms, now: Moment) -> tuple[Event, ...]:
    """Customers may be called no longer today, or this one not any more."""
    if now >= terms.not_after:
        return (CallbackGivenUp(at=now, entry=stay.entry, reason=TOO_LATE),)
    queued = next_attempt(state, stay, now, attempt=stay.entry.callback_attempt)
    return arranged(state, queued, now, terms.not_after, now, reason=OUTSIDE_HOURS, waits=True)


def tried_again(state: PoolState, stay: Waiting, terms: CallbackTerms, now: Moment) -> tuple[Event, ...]:
    """Try a customer who was not reached once more, if not too often."""
    rules = state.queue(stay.entry.queue_id).callbacks
    queued = next_attempt(state, stay, now, attempt=stay.entry.callback_attempt + 1)
    if stay.entry.callback_attempt >= rules.most_attempts:
        return (CallbackGivenUp(at=now, entry=queued.entry, reason=ATTEMPTS_USED),)
    due_at = after(now, rules.retry_after_seconds)
    return arranged(state, queued, due_at, terms.not_after, now, reason=NOT_REACHED)


def next_attempt(state: PoolState, stay: Waiting, now: Moment, *, attempt: int) -> ContactQueued:
    """Begin the next entry of a callback in the place that it has had."""
    entry = replace(stay.entry, number=stay.entry.number + 1, callback_attempt=attempt)
    return replace(carried(stay, entry, state.queue(entry.queue_id), now), declined=stay.declined)


def cancelled(entry: Entry, ended_by: str, now: Moment) -> CallbackGivenUp:
    return CallbackGivenUp(at=now, entry=entry, reason=CANCELLED, ended_by=ended_by)


def _waiting_again(state: PoolState, queued: ContactQueued, not_after: Moment, now: Moment) -> ContactQueued:
    rules = state.queue(queued.entry.queue_id)
    until = callable_until(rules.calling_hours, not_after, now)
    terms = CallbackTerms(not_after=not_after, until=until)
    return replace(in_queue(queued, rules), at=now, callback=terms)
