"""Routing refused a contact its place: a queue that is not there ends the contact, a request too old is made anew."""

from datetime import datetime

from services.gateway.application.apply_routing_event import ApplyRoutingEvent
from services.gateway.application.changing import change
from services.gateway.application.ports import Cause, Contacts
from services.gateway.domain import contact as contacts
from services.gateway.domain.contact import WAITING, Change, Contact
from services.gateway.domain.errors import NotThere
from services.gateway.domain.identifiers import enqueue_command

FOR_GOOD = frozenset({"queue-unknown", "command-invalid", "channel-unknown"})
TOO_OLD = "command-expired"


class EnqueueRefused:
    def __init__(self, contacts: Contacts, apply: ApplyRoutingEvent) -> None:
        self._contacts = contacts
        self._apply = apply

    async def __call__(self, *, tenant: str, contact_id: str, command_id: str, code: str, at: datetime) -> bool:
        """Return whether the refusal was about the contact's present request and changed it."""

        def decide(contact: Contact) -> Change:
            return _decided(contact, command_id, code, at)

        try:
            stored = await self._contacts.find(tenant, contact_id)
            if stored is not None and decide(stored.thing)[0].state != stored.thing.state:
                await self._apply.close_transcript(tenant, contact_id, stored.thing.channel, at)
            contact, written = await change(
                self._contacts, tenant, contact_id, decide, Cause(id=command_id, at=at), missing="contact-unknown"
            )
        except NotThere:
            return False
        if written and contact.outcome:
            self._apply.tell_final(contact)
        return written


def _decided(contact: Contact, command_id: str, code: str, at: datetime) -> Change:
    entry = contact.entry
    asked = enqueue_command(entry.pool_id, contact.tenant, contact.id, entry.number)
    if contact.state != WAITING or command_id != asked:
        return contact, ()
    if code == TOO_OLD:
        return contacts.ask_again(contact)
    return contacts.refuse(contact, at=at) if code in FOR_GOOD else (contact, ())
