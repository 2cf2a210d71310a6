"""Writing routing's decisions into the contact they are about.

Each is applied once: a contact remembers, per pool, the number of the last event it took in. Offers, and queueing but
for callbacks, are not written, because nothing durable depends on them; they pass through the live feed.
"""

import asyncio
from dataclasses import replace
from datetime import datetime
from enum import Enum

from services.gateway.application.append_line import AppendLine
from services.gateway.application.changing import change
from services.gateway.application.door.routing_events import RoutingEvent
from services.gateway.application.feed_items import ContactFinal, FeedItem
from services.gateway.application.live_feed import LiveFeed
from services.gateway.application.open_callback import OpenCallback
from services.gateway.application.ports import Cause, Contacts
from services.gateway.application.routing_changes import BESIDE, TRANSITIONS
from services.gateway.application.tell_customer import TellCustomer
from services.gateway.domain import contact as contacts
from services.gateway.domain import monitoring
from services.gateway.domain.contact import CLOSED, TALKING, Change, Contact
from services.gateway.domain.errors import CallbackMissing, EventAhead, GatewayError, NotThere, TranscriptClosed
from services.gateway.domain.line import CLOSING, SYSTEM, NewLine
from switchyard.eventing.turns import Turns

#: A predecessor is under way in the consumer, some milliseconds behind the reader that answers requests.
PATIENCE_SECONDS = 2.0
_PAUSE_SECONDS = 0.02


class Applied(Enum):
    """What became of an event: written, known before, or about no contact of this gateway."""

    WRITTEN = "written"
    KNOWN = "known"
    NO_CONTACT = "no-contact"


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
