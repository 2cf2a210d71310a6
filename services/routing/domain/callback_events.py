"""What was decided about customers who are to be called back: public, in the pool's stream of contacts."""

from dataclasses import dataclass
from typing import TypeAlias

from services.routing.domain.contact_events import ContactQueued
from services.routing.domain.entry import Entry, Holder
from services.routing.domain.moments import Moment

#: Why a callback is arranged: by whom, or by which rule of its queue (overflow, closed, emergency).
ASKED_FOR = "asked-for"
#: Why a customer is called later.
REQUESTED, NOT_REACHED, OUTSIDE_HOURS, RESCHEDULED = "requested", "not-reached", "outside-hours", "rescheduled"
#: Why nobody tries any more.
CANCELLED, ATTEMPTS_USED, TOO_LATE, QUEUE_REMOVED = "cancelled", "attempts-used", "too-late", "queue-removed"
#: Why a customer was not reached.
NOT_REACHED_REASONS = ("busy", "no-answer", "rejected", "failed")


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackRequested:
    """A contact leaves its queue to be called back, by a contact of its own that keeps its place.

    `reason` is asked-for, overflow, closed or emergency; `announcement` is told to the customer.
    """

    at: Moment
    entry: Entry
    callback_contact_id: str
    reason: str
    announcement: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackScheduled:
    """A callback is made later: `queued` is what is told of it when its wait begins, or goes on."""

    at: Moment
    entry: Entry
    due_at: Moment
    not_after: Moment
    reason: str
    queued: ContactQueued


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackNotReached:
    """The customer did not answer an agent's call; the agent is free again."""

    at: Moment
    entry: Entry
    offer_id: str
    holder: Holder
    answered_at: Moment
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackGivenUp:
    """Nobody tries any more; `ended_by` says who cancelled it, empty for other reasons."""

    at: Moment
    entry: Entry
    reason: str
    ended_by: str = ""


CallbackEvent: TypeAlias = CallbackRequested | CallbackScheduled | CallbackNotReached | CallbackGivenUp
CALLBACK_EVENTS = (CallbackRequested, CallbackScheduled, CallbackNotReached, CallbackGivenUp)
