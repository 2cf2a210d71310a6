"""How and when a queue's customers are called back instead of waiting on the line."""

from dataclasses import dataclass

from services.routing.domain.moments import Moment, after
from services.routing.domain.opening_hours import OpeningHours, is_open, next_change

#: A callback that is to be made at once has no time of its own.
AT_ONCE: Moment = 0

#: What a queue does that says nothing else: three tries a quarter of an hour apart, and two days in all.
MOST_ATTEMPTS, RETRY_AFTER_SECONDS, GIVE_UP_AFTER_SECONDS = 3, 900.0, 172_800.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackRules:
    """A customer is tried `most_attempts` times, `retry_after_seconds` apart, and given up `give_up_after_seconds`
    after the callback was asked for, or was due. They are called within `hours`, None for the queue's own.
    """

    most_attempts: int = MOST_ATTEMPTS
    retry_after_seconds: float = RETRY_AFTER_SECONDS
    give_up_after_seconds: float = GIVE_UP_AFTER_SECONDS
    hours: OpeningHours | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueCallbacks:
    """What a queue's settings say of the above, the hours by the id of their calendar.

    With `offered` callers on hold are asked whether they would rather be called back.
    """

    offered: bool = False
    most_attempts: int = MOST_ATTEMPTS
    retry_after_seconds: float = RETRY_AFTER_SECONDS
    give_up_after_seconds: float = GIVE_UP_AFTER_SECONDS
    business_hours: str | None = None


#: What a queue has that says nothing of callbacks.
DEFAULT_QUEUE_CALLBACKS = QueueCallbacks()
DEFAULT_CALLBACKS = CallbackRules()


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackPlan:
    """When a customer wants to be called: not before `due_at`, 0 for at once; not after, 0 for as the queue has it."""

    due_at: Moment = AT_ONCE
    not_after: Moment = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackTerms:
    """Until when a waiting callback may be offered: `until` is the end of the hours, or `not_after` where that is
    sooner. At `not_after` it is given up.
    """

    not_after: Moment
    until: Moment


def given_up_at(rules: CallbackRules, plan: CallbackPlan, now: Moment) -> Moment:
    """Say when a callback that is asked for now is given up."""
    return plan.not_after or after(max(now, plan.due_at), rules.give_up_after_seconds)


def next_call_at(hours: OpeningHours | None, due_at: Moment) -> Moment | None:
    """Give the first instant from `due_at` on at which customers may be called; None where that is never."""
    if hours is None or is_open(hours, due_at):
        return due_at
    return next_change(hours, due_at)


def is_possible(hours: OpeningHours | None, due_at: Moment, not_after: Moment) -> bool:
    """Say whether customers may be called at any time between the two."""
    due = next_call_at(hours, due_at)
    return due is not None and due < not_after


def callable_until(hours: OpeningHours | None, not_after: Moment, now: Moment) -> Moment:
    """Say when a callback that may be made now may no longer."""
    closes = None if hours is None else next_change(hours, now)
    return not_after if closes is None else min(closes, not_after)
