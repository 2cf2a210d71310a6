"""Opening the callback that routing has put into the place of a contact that waited."""

from contextlib import suppress
from typing import Final

from services.gateway.application.append_line import AppendLine
from services.gateway.application.door.routing_events import RoutingEvent
from services.gateway.application.ports import Cause, Contacts, Exists
from services.gateway.domain import calling_back
from services.gateway.domain.contact import Change, Contact, Entry

#: Routing's word for a callback that the customer wanted, by themselves or through somebody.
ASKED_FOR: Final = "asked-for"


class OpenCallback:
    """The event names the callback, so that a repeat finds it there."""

    def __init__(self, contacts: Contacts, append: AppendLine) -> None:
        self._contacts = contacts
        self._append = append

    async def __call__(self, event: RoutingEvent) -> None:
        """Do nothing for any other event. Raises StoreUnavailable."""
        if event.name != "CallbackRequested":
            return
        # Fresh: the number to call may have been given a moment ago, at another replica.
        stored = await self._contacts.find(event.tenant, event.contact_id, fresh=True)
        if stored is None:
            return
        callback, facts = _callback(stored.thing, event)
        with suppress(Exists):
            await self._contacts.add(callback, facts, Cause(id=event.id, at=event.time))
            self._append.begin(callback)


def _callback(contact: Contact, event: RoutingEvent) -> Change:
    entry = Entry(
        number=1,
        queue_id=event.queue_id,
        pool_id=event.pool,
        queued_at=event.queued_at or contact.entry.queued_at,
    )
    wished = calling_back.wish_of(contact, event.causation_id)
    return calling_back.follow(
        contact, callback_id=event.callback_contact_id, entry=entry, wished=wished, at=event.time
    )
