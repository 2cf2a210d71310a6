"""Callbacks: a contact that waits is over, and another waits on in its place, by which the customer is called.

    scheduled ⇄ waiting ──accept──▶ calling ──they answer──▶ connected ──end──▶ wrap_up ──▶ done
        ▲          ▲                   │
        ╰──────────┴────not reached────╯        while scheduled or waiting it may be given up: cancelled, not_reached

As for every contact routing alone decides; a callback's state is read from its contact's and from what is kept of it.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, Literal

from services.gateway.domain import contact as contacts
from services.gateway.domain.callback import Callback, CallbackPlan, CallbackWish
from services.gateway.domain.contact import (
    ABANDONED,
    CLOSED,
    HANDLED,
    LEFT_MESSAGE,
    PROMISED_CALL,
    REFUSED,
    TALKING,
    TOLD,
    VOICE,
    WAITING,
    WRAP_UP,
    Change,
    Contact,
    Entry,
)
from services.gateway.domain.contact_facts import CallbackWanted, ContactFact, ContactOpened, CustomerNotReached

CANCELLED, NOT_REACHED = "cancelled", "not-reached"
#: Outcomes after which the customer had been spoken to, and after which nobody spoke to them.
SPOKEN = (HANDLED, ABANDONED)
UNSPOKEN = (NOT_REACHED, REFUSED, TOLD, LEFT_MESSAGE)
State = Literal["scheduled", "waiting", "calling", "connected", "wrap_up", "done", "not_reached", "cancelled"]

#: Why a callback is scheduled where the telephone has said already why it is not made now.
_AGAIN = "not-reached"
#: Routing refuses what is minutes old: nobody answers such a command any more.
_WISHES_KEPT: Final = timedelta(days=1)


def wish(contact: Contact, *, wish: CallbackWish) -> Change:
    """Keep what a command asks for before routing gets it; the command's repeat asks for the same."""
    if contact.state != WAITING or wish_of(contact, wish.command_id) is not None:
        return contact, ()
    kept = (each for each in contact.callback_wishes if wish.asked_at - each.asked_at < _WISHES_KEPT)
    return replace(contact, callback_wishes=(*kept, wish)), ()


def forget_wish(contact: Contact, *, command_id: str) -> Change:
    """Routing has decided about a command: what it asked for counts no longer."""
    left = tuple(each for each in contact.callback_wishes if each.command_id != command_id)
    return replace(contact, callback_wishes=left), ()


def wish_of(contact: Contact, command_id: str) -> CallbackWish | None:
    """Find what a command asked for; None for one that asked for nothing of its own, as the key on the telephone."""
    return next((each for each in contact.callback_wishes if each.command_id == command_id), None)


def want(contact: Contact) -> Change:
    """The customer wants to be called back; wanting it again changes nothing, nor does it while nobody waits."""
    if contact.state != WAITING or contact.callback is not None or contact.callback_wanted:
        return contact, ()
    return replace(contact, callback_wanted=True), (_wanted(contact),)


def promise(contact: Contact, *, callback_id: str, ended_by: str, at: datetime) -> Change:
    """The waiting contact is over: the customer is called back by another."""
    return contacts.close(
        replace(contact, ended_at=at, ended_by=ended_by, called_back_by=callback_id), PROMISED_CALL, at
    )


def follow(contact: Contact, *, callback_id: str, entry: Entry, wished: CallbackWish | None, at: datetime) -> Change:
    """Open the callback of a contact; routing has its place in the queue already."""
    called = contact.channel == VOICE
    address = (wished.address if wished else "") or contact.callback_address
    return Contact(
        tenant=contact.tenant,
        id=callback_id,
        channel=VOICE,
        direction="outbound",
        entry_point=contact.entry_point,
        entry_address=contact.entry_address if called else "",
        customer_id=contact.customer_id,
        customer_address=address,
        customer_name=contact.customer_name,
        service_request_id=contact.service_request_id,
        previous_contact_id=contact.id,
        opened_at=at,
        entry=entry,
        subject=contact.subject,
        form=contact.form,
        attributes=contact.attributes,
        last_agent_id=contact.last_agent_id,
        priority=contact.priority,
        required_skills=contact.required_skills,
        callback_address=address,
        callback=arranged(wished.plan if wished else CallbackPlan()),
    ), (ContactOpened(),)


def arranged(plan: CallbackPlan) -> Callback:
    """Begin the facts of a callback that is to be made by this plan."""
    return Callback(scheduled=plan.due_at is not None, due_at=plan.due_at, not_after=plan.not_after)


def queue(contact: Contact, *, entry: Entry, at: datetime) -> Contact:
    """It is time: the callback waits for an agent, and a time that is still ahead is not its own any more."""
    return _changed(replace(contact, entry=entry), scheduled=False, due_at=_passed(_of(contact).due_at, at))


def schedule(
    contact: Contact, *, entry: Entry, plan: CallbackPlan, reason: str, wished: CallbackWish | None, at: datetime
) -> Contact:
    """The customer is called later, or at once under new times, as somebody `wished` or as the queue's rules say."""
    callback = _of(contact)
    later = plan.due_at is not None and plan.due_at > at
    asked = wished.plan if wished else CallbackPlan(due_at=callback.due_at, not_after=callback.not_after_asked)
    return _changed(
        replace(contact, state=WAITING, entry=entry, holder=None),
        scheduled=later,
        due_at=plan.due_at if later else _passed(asked.due_at, at),
        not_after=plan.not_after,
        not_after_by_queue=asked.not_after is None,
        last_reason=callback.last_reason if reason == _AGAIN else reason,
    )


def attempt(contact: Contact, *, passed_on: bool) -> Contact:
    """An agent has accepted: the customer is called, unless they are on the line already."""
    callback = _of(contact)
    made = 0 if callback.reached else 1
    return _changed(contact, attempts=callback.attempts + made, scheduled=False, passed_on=passed_on)


def reach(contact: Contact) -> Change:
    """The customer answered the telephone."""
    if contact.callback is None or contact.state != TALKING:
        return contact, ()
    return _changed(contact, reached=True), ()


def report_not_reached(contact: Contact, *, reason: str) -> Change:
    """Tell routing that the call came to nothing, once for each offer; whoever talks was reached.

    A callback that was passed on ends with it.
    """
    callback, holder = contact.callback, contact.holder
    if callback is None or holder is None or contact.state != TALKING or callback.reached:
        return contact, ()
    if callback.reported == holder.offer_id:
        return contact, ()
    told = _changed(contact, reported=holder.offer_id, last_reason=reason)
    if callback.passed_on:
        return contacts.request_end(told, ended_by="system", agent_id="")
    return told, (_not_reached(told),)


def miss(contact: Contact, *, reason: str) -> Contact:
    """The customer was not reached: the agent is free, and nobody has talked to them."""
    free = replace(contact, state=WAITING, holder=None, answered_at=None, end_requested_by="", end_requested_agent="")
    return _changed(free, reached=False, last_reason=reason)


def give_up(contact: Contact, *, reason: str, ended_by: str, at: datetime) -> Change:
    """Nobody tries to reach the customer any more; one who was reached and passed on has left."""
    callback = _of(contact)
    outcome = ABANDONED if callback.reached else CANCELLED if reason == CANCELLED else NOT_REACHED
    over = _changed(replace(contact, ended_at=at, ended_by=ended_by or "system"), scheduled=False, last_reason=reason)
    return contacts.close(over, outcome, at)


def state_of(contact: Contact) -> State:
    """Say how a callback stands."""
    callback = _of(contact)
    if contact.state == CLOSED:
        return "done" if contact.outcome in SPOKEN else "cancelled" if contact.outcome == CANCELLED else "not_reached"
    if contact.state == TALKING:
        return "connected" if callback.reached else "calling"
    if contact.state == WRAP_UP:
        return "wrap_up"
    return "scheduled" if callback.scheduled else "waiting"


def attempt_of(contact: Contact) -> int:
    """Count the attempt that is under way, or comes next; 0 for a contact that is no callback."""
    callback = contact.callback
    if callback is None:
        return 0
    return callback.attempts + (1 if contact.state == WAITING and not callback.reached else 0)


def open_requests(contact: Contact) -> Sequence[ContactFact]:
    """What routing was told of callbacks and, as far as the contact knows, has not answered."""
    callback, holder = contact.callback, contact.holder
    if contact.state == WAITING and contact.callback_wanted:
        return (_wanted(contact),)
    reported = callback.reported if callback is not None and not callback.passed_on else ""
    if contact.state == TALKING and holder is not None and reported == holder.offer_id:
        return (_not_reached(contact),)
    return ()


def _wanted(contact: Contact) -> CallbackWanted:
    return CallbackWanted(pool_id=contact.entry.pool_id, entry=contact.entry.number)


def _not_reached(contact: Contact) -> CustomerNotReached:
    callback = _of(contact)
    return CustomerNotReached(pool_id=contact.entry.pool_id, offer_id=callback.reported, reason=callback.last_reason)


def _passed(due_at: datetime | None, at: datetime) -> datetime | None:
    return due_at if due_at is not None and due_at <= at else None


def _of(contact: Contact) -> Callback:
    """What routing tells of callbacks makes a contact one."""
    return contact.callback or Callback()


def _changed(contact: Contact, **facts: object) -> Contact:
    return replace(contact, callback=replace(_of(contact), **facts))  # type: ignore[arg-type]
