"""What each of routing's events does to its contact."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from services.gateway.application.door.routing_events import RoutingEvent
from services.gateway.application.open_callback import ASKED_FOR
from services.gateway.domain import calling_back, interrupting
from services.gateway.domain import contact as contacts
from services.gateway.domain.callback import CallbackPlan
from services.gateway.domain.contact import TALKING, WAITING, WRAP_UP, Change, Contact, Entry, Holder
from services.gateway.domain.line import CUSTOMER, SYSTEM


def _entry(contact: Contact, event: RoutingEvent) -> Entry:
    return Entry(
        number=event.entry,
        queue_id=event.queue_id,
        pool_id=event.pool,
        queued_at=event.queued_at or contact.entry.queued_at,
    )


def _accept(contact: Contact, event: RoutingEvent) -> Change:
    entry = _entry(contact, event)
    holder = Holder(agent_id=event.agent_id, team_id=event.team_id, site_id=event.site_id, offer_id=event.offer_id)
    talking = contacts.accept(contact, entry=entry, holder=holder, at=event.time)
    if contact.callback is None:
        return talking, ()
    return calling_back.attempt(talking, passed_on=event.callback_attempt == 0), ()


def _pass_on(contact: Contact, event: RoutingEvent) -> Change:
    if event.last_step:
        return contacts.let_go(contact, last_step=event.last_step, at=event.time)
    if not event.to_queue:
        return contacts.refuse(contact, at=event.time)
    return contacts.pass_on(
        contact, entry_number=event.entry, to_queue=event.to_queue, to_pool=event.to_pool, at=event.time
    )


def _end(contact: Contact, event: RoutingEvent) -> Change:
    return contacts.end(contact, ended_by=event.ended_by, at=event.time), ()


def _complete(contact: Contact, event: RoutingEvent) -> Change:
    if contact.state == TALKING:
        # Only where the end itself was lost with a broker's memory: who ended it is not known any more.
        contact = contacts.end(contact, ended_by="system", at=event.ended_at or event.time)
    return contacts.complete(contact, disposition=event.disposition, ticket_type=event.ticket_type, at=event.time)


def _abandon(contact: Contact, event: RoutingEvent) -> Change:
    return contacts.abandon(contact, ended_by=event.ended_by, at=event.time)


def _promise(contact: Contact, event: RoutingEvent) -> Change:
    ended_by = CUSTOMER if event.reason == ASKED_FOR else SYSTEM
    return calling_back.promise(contact, callback_id=event.callback_contact_id, ended_by=ended_by, at=event.time)


def _queue(contact: Contact, event: RoutingEvent) -> Change:
    return calling_back.queue(contact, entry=_entry(contact, event), at=event.time), ()


def _schedule(contact: Contact, event: RoutingEvent) -> Change:
    plan = CallbackPlan(due_at=event.due_at, not_after=event.not_after)
    wished = calling_back.wish_of(contact, event.causation_id)
    put_off = calling_back.schedule(
        contact, entry=_entry(contact, event), plan=plan, reason=event.reason, wished=wished, at=event.time
    )
    return calling_back.forget_wish(put_off, command_id=event.causation_id)


def _miss(contact: Contact, event: RoutingEvent) -> Change:
    return calling_back.miss(contact, reason=event.reason), ()


def _give_up(contact: Contact, event: RoutingEvent) -> Change:
    return calling_back.give_up(contact, reason=event.reason, ended_by=event.ended_by, at=event.time)


#: What each event does, and the state in which it meets a contact that has taken in all before it.
TRANSITIONS: Final[Mapping[str, tuple[str, Callable[[Contact, RoutingEvent], Change]]]] = {
    "OfferAccepted": (WAITING, _accept),
    "ContactTransferred": (TALKING, _pass_on),
    "ContactFlowedOut": (WAITING, _pass_on),
    "ContactEnded": (TALKING, _end),
    "WrapUpCompleted": (WRAP_UP, _complete),
    "ContactAbandoned": (WAITING, _abandon),
    "CallbackRequested": (WAITING, _promise),
    "ContactQueued": (WAITING, _queue),
    "CallbackScheduled": (WAITING, _schedule),
    "CallbackNotReached": (TALKING, _miss),
    "CallbackGivenUp": (WAITING, _give_up),
}


def _set_aside(contact: Contact, event: RoutingEvent) -> Contact:
    interrupted = event.name == "WorkInterrupted"
    return interrupting.set_aside(contact, offer_id=event.offer_id, interrupted=interrupted, sequence=event.sequence)


def _prioritise(contact: Contact, event: RoutingEvent) -> Contact:
    """A later entry, of another pool perhaps, begins with it."""
    return contact if event.entry < contact.entry.number else replace(contact, priority=event.own_priority)


#: What stands beside the state: it meets a contact in whichever, and keeps an order of its own.
BESIDE: Final[Mapping[str, Callable[[Contact, RoutingEvent], Contact]]] = {
    "WorkInterrupted": _set_aside,
    "WorkResumed": _set_aside,
    "ContactPriorityChanged": _prioritise,
}
