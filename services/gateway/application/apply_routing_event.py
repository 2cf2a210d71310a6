"""Writing routing's decisions into the contact they are about.

Each is applied once: a contact remembers, per pool, the number of the last event it took in. Offers, and queueing but
for callbacks, are not written, because nothing durable depends on them; they pass through the live feed.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from enum import Enum
from typing import Final

from services.gateway.application.append_line import AppendLine
from services.gateway.application.changing import change
from services.gateway.application.door.routing_events import RoutingEvent
from services.gateway.application.feed_items import ContactFinal, FeedItem
from services.gateway.application.live_feed import LiveFeed
from services.gateway.application.open_callback import ASKED_FOR, OpenCallback
from services.gateway.application.ports import Cause, Contacts
from services.gateway.application.tell_customer import TellCustomer
from services.gateway.application.turns import Turns
from services.gateway.domain import calling_back, interrupting, monitoring
from services.gateway.domain import contact as contacts
from services.gateway.domain.callback import CallbackPlan
from services.gateway.domain.contact import CLOSED, TALKING, WAITING, WRAP_UP, Change, Contact, Entry, Holder
from services.gateway.domain.errors import CallbackMissing, EventAhead, GatewayError, NotThere, TranscriptClosed
from services.gateway.domain.line import CLOSING, CUSTOMER, SYSTEM, NewLine

#: A predecessor is under way in the consumer, some milliseconds behind the reader that answers requests.
PATIENCE_SECONDS = 2.0
_PAUSE_SECONDS = 0.02


class Applied(Enum):
    """What became of an event: written, known before, or about no contact of this gateway."""

    WRITTEN = "written"
    KNOWN = "known"
    NO_CONTACT = "no-contact"


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


#: What stands beside the state: it meets a contact in whichever, and keeps an order of its own.
BESIDE: Final[Mapping[str, Callable[[Contact, RoutingEvent], Contact]]] = {
    "WorkInterrupted": _set_aside,
    "WorkResumed": _set_aside,
}


def _is_written(event: RoutingEvent) -> bool:
    """Tell whether the event changes its contact; of the queued, only callbacks keep where they stand."""
    if event.name == "ContactQueued":
        return event.callback_attempt > 0
    return event.name in BESIDE or (event.name in TRANSITIONS and not event.transferred)


class ApplyRoutingEvent:
    def __init__(self, contacts: Contacts, append: AppendLine, feed: LiveFeed[FeedItem], tell: TellCustomer) -> None:
        self._contacts = contacts
        self._open_callback = OpenCallback(contacts, append)
        self._append = append
        self._feed = feed
        self._tell = tell
        self._turns = Turns()

    async def __call__(self, event: RoutingEvent) -> Applied:
        """Apply an event that comes in its order, as the consumer group reads it.

        The order is that of one contact: the event that opens a callback may be under way beside the callback's first,
        which waits a moment for it. Raises FirstWordsMissing, CallbackMissing, StoreUnavailable.
        """
        if not _is_written(event):
            return Applied.KNOWN
        until = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        while True:
            try:
                async with self._turns.taken(f"{event.tenant}/{event.contact_id}"):
                    return await self._apply(event, in_order=True)
            except CallbackMissing:
                if asyncio.get_running_loop().time() > until:
                    raise
            await asyncio.sleep(_PAUSE_SECONDS)

    async def before_answering(self, event: RoutingEvent) -> Applied:
        """Apply an event that may run ahead of the consumer, waiting a moment for what comes before it."""
        if not _is_written(event):
            return Applied.KNOWN
        until = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        while True:
            try:
                async with self._turns.taken(f"{event.tenant}/{event.contact_id}"):
                    return await self._apply(event, in_order=False)
            except EventAhead:
                if asyncio.get_running_loop().time() > until:
                    return Applied.KNOWN
            await asyncio.sleep(_PAUSE_SECONDS)

    async def _apply(self, event: RoutingEvent, *, in_order: bool) -> Applied:
        def decide(contact: Contact) -> Change:
            return _decided(contact, event, in_order=in_order)

        try:
            before, after = await self._foreseen(event, in_order=in_order)
            if after is not before:
                # First of all: what routing says next is about the callback, whatever becomes of this contact.
                await self._open_callback(event)
                await self._tell(before, event)
            if before.takes_lines and not after.takes_lines:
                await self.close_transcript(event.tenant, event.contact_id, event.channel, event.time)
            contact, written = await change(
                self._contacts,
                event.tenant,
                event.contact_id,
                decide,
                Cause(id=event.id, at=event.time),
                missing="contact-unknown",
            )
        except NotThere:
            return Applied.NO_CONTACT
        if written and contact.state == CLOSED:
            self.tell_final(contact)
        return Applied.WRITTEN if written else Applied.KNOWN

    async def _foreseen(self, event: RoutingEvent, *, in_order: bool) -> tuple[Contact, Contact]:
        """Look before anything is said or closed: an event that is old, or ahead, leaves the contact as it is."""
        for fresh in (False, True):
            stored = await self._contacts.find(event.tenant, event.contact_id, fresh=fresh)
            if stored is None:
                raise _missing(event)
            try:
                after, _ = _decided(stored.thing, event, in_order=in_order)
            except EventAhead:
                if fresh:
                    raise
            else:
                return stored.thing, after
        raise AssertionError("the second look returns or raises")

    async def close_transcript(self, tenant: str, contact_id: str, channel: str, at: datetime) -> None:
        """Insert the closing line, once: a writer that meets it opens the next contact."""
        closing = NewLine(
            tenant=tenant,
            contact_id=contact_id,
            channel=channel,
            author=SYSTEM,
            client_id="closing",
            kind=CLOSING,
            text="",
            automatic=True,
            at=at,
        )
        try:
            await self._append(closing)
        except TranscriptClosed:
            return

    def tell_final(self, contact: Contact) -> None:
        item = ContactFinal(contact_id=contact.id, outcome=contact.outcome)
        self._feed.publish(contact.tenant, f"contact:{contact.id}", item)


def _missing(event: RoutingEvent) -> GatewayError:
    """A callback is opened by the event that its contact's wait ended with, which may be tried again at this moment."""
    if event.callback_attempt:
        return CallbackMissing("callback-missing", f"There is no callback {event.contact_id} yet.")
    return NotThere("contact-unknown", f"There is no {event.contact_id}.")


def _decided(contact: Contact, event: RoutingEvent, *, in_order: bool) -> Change:
    """Return the contact with the event in it, or as it is where that is so already."""
    if contact.state != CLOSED and event.name in BESIDE:
        return BESIDE[event.name](contact, event), ()
    old = event.sequence <= contact.applied_through(event.pool) or event.entry < contact.entry.number
    if old or contact.state == CLOSED:
        return contact, ()
    expected, transition = TRANSITIONS[event.name]
    if not in_order and contact.state != expected:
        raise EventAhead("event-ahead", f"{event.name} meets {contact.id} while it is {contact.state}.")
    after, facts = transition(contact, event)
    if after.state != TALKING:
        facts = (*monitoring.ended(contact, contact.monitors, monitoring.CONVERSATION_OVER), *facts)
        after = replace(after, monitors=())
    if after == contact and not facts:
        return contact, ()  # as it was foreseen: a version that a client has just been told stays good
    return contacts.mark_applied(after, pool_id=event.pool, sequence=event.sequence), facts
