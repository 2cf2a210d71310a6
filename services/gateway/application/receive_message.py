"""Taking in a customer's message: an answer to a survey, a line of an open contact, or a new contact's first line."""

from collections.abc import Callable
from dataclasses import replace

from services.gateway.application.answer_delivery import AnswerDelivery
from services.gateway.application.append_line import AppendLine
from services.gateway.application.entry_points import EntryPoints
from services.gateway.application.messages import InboundMessage, ReceivedMessage
from services.gateway.application.open_contact import THREADED, NewContact, OpenContact
from services.gateway.application.ports import Contacts, Exists, Lines
from services.gateway.domain.contact import WRAP_UP, Contact
from services.gateway.domain.errors import NotThere, TranscriptClosed
from services.gateway.domain.identifiers import contact_of_message
from services.gateway.domain.line import CUSTOMER, NewLine
from switchyard.eventing.aggregates import StoreUnavailable
from switchyard.eventing.turns import Turns

#: A message meets at most a closing contact, then one that another replica opens; more means something is broken.
_ATTEMPTS = 4
#: The most references of a mail that are looked up; the newest say where it belongs.
MOST_REFERENCES = 20


#: Counts a message by its channel and what it became: line, duplicate, answer or ignored.
Count = Callable[[str, str], None]


class ReceiveMessage:
    """What is returned is durable; the same message again gives the same answer and changes nothing."""

    def __init__(
        self,
        *,
        contacts: Contacts,
        lines: Lines,
        entry_points: EntryPoints,
        open_contact: OpenContact,
        append: AppendLine,
        answer: AnswerDelivery,
        count: Count,
    ) -> None:
        self._contacts = contacts
        self._lines = lines
        self._entry_points = entry_points
        self._open = open_contact
        self._append = append
        self._answer = answer
        self._count = count
        self._turns = Turns()

    async def __call__(self, inbound: InboundMessage) -> ReceivedMessage:
        """Raises NotThere (entry-point-unknown), Invalid (text-too-long, line-empty), StoreUnavailable."""
        async with self._turns.taken(f"{inbound.tenant}|{inbound.channel}|{inbound.customer_address}"):
            received = await self._receive(inbound)
        self._count(inbound.channel, _result(received))
        return received

    async def _receive(self, inbound: InboundMessage) -> ReceivedMessage:
        seen = await self._lines.of_provider_message(inbound.tenant, inbound.channel, [inbound.provider_message_id])
        if seen is not None:
            return ReceivedMessage(contact_id=seen.contact_id, line=seen.number, duplicate=True)
        answered = await self._answered(inbound)
        if answered is not None:
            return ReceivedMessage(contact_id=None, line=None, duplicate=False, answered_delivery=answered)
        return await self._say(inbound)

    async def _answered(self, inbound: InboundMessage) -> str | None:
        if inbound.automatic or inbound.bounce:
            return None
        return await self._answer.by_message(
            tenant=inbound.tenant,
            channel=inbound.channel,
            address=inbound.customer_address,
            text=inbound.text,
            message_id=inbound.provider_message_id,
            at=inbound.received_at,
        )

    async def _say(self, inbound: InboundMessage) -> ReceivedMessage:
        previous = await self._previous(inbound)
        for _ in range(_ATTEMPTS):
            contact = previous if previous is not None and previous.is_talkable else None
            if contact is None and (inbound.automatic or inbound.bounce):
                return ReceivedMessage(contact_id=None, line=None, duplicate=False)
            try:
                contact = contact or await self._open(await self._new_contact(inbound, previous))
                appended = await self._append(_line(inbound, contact))
            except TranscriptClosed as closed:
                previous = await self._ended(inbound.tenant, closed.contact_id)
            except Exists:
                previous = await self._previous(inbound)
            else:
                return ReceivedMessage(contact_id=contact.id, line=appended.line.number, duplicate=appended.duplicate)
        raise StoreUnavailable("the contact of a message keeps changing")

    async def _previous(self, inbound: InboundMessage) -> Contact | None:
        """Return the contact that the message goes on with, open or not."""
        if inbound.follows_contact:
            stored = await self._contacts.find(inbound.tenant, inbound.follows_contact)
            if stored is not None:
                return await self._newest_after(stored.thing)
        if inbound.references:
            ids = inbound.references[-MOST_REFERENCES:]
            line = await self._lines.of_provider_message(inbound.tenant, inbound.channel, ids)
            if line is not None:
                stored = await self._contacts.find(inbound.tenant, line.contact_id)
                return await self._newest_after(stored.thing) if stored else None
        if inbound.channel not in THREADED:
            return None
        latest = await self._contacts.latest_on(inbound.tenant, _thread(inbound))
        return latest.thing if latest else None

    async def _newest_after(self, contact: Contact) -> Contact:
        """A reply to an old mail goes on with the newest contact of its service request on the channel."""
        if contact.is_talkable:
            return contact
        filters = {"service_request_id": contact.service_request_id, "channel": contact.channel}
        newest = await self._contacts.page(contact.tenant, filters, sort=[("opened_at", -1)], limit=1)
        return newest[0].thing if newest else contact

    async def _ended(self, tenant: str, contact_id: str) -> Contact | None:
        """Return a contact whose transcript is closed, though its own state may not say so yet."""
        stored = await self._contacts.find(tenant, contact_id, fresh=True)
        if stored is None:
            return None
        return stored.thing if not stored.thing.is_talkable else _as_ended(stored.thing)

    async def _new_contact(self, inbound: InboundMessage, previous: Contact | None) -> NewContact:
        entry_point = await self._entry_points.find(inbound.tenant, inbound.channel, inbound.entry_address)
        if entry_point is None:
            detail = f"No entry point takes {inbound.channel} at this address."
            raise NotThere("entry-point-unknown", detail)
        contact_id = contact_of_message(inbound.tenant, inbound.channel, inbound.provider_message_id)
        if previous is not None and previous.id == contact_id:
            # It ended before its first words were stored: they open the next one.
            contact_id = contact_of_message(inbound.tenant, inbound.channel, contact_id)
        return NewContact(
            tenant=inbound.tenant,
            contact_id=contact_id,
            channel=inbound.channel,
            customer_address=inbound.customer_address,
            customer_name=inbound.customer_name,
            entry_address=inbound.entry_address,
            entry_point=entry_point,
            subject=inbound.subject,
            client_id=inbound.provider_message_id,
            never_auto_answer=inbound.never_auto_answer,
            in_thread=True,
            previous=previous,
            at=inbound.received_at,
        )


def _as_ended(contact: Contact) -> Contact:
    """The closing line is there, the contact's own change is on its way: no word can be added any more."""
    return replace(contact, state=WRAP_UP)


def _thread(inbound: InboundMessage) -> str:
    return f"{inbound.channel}|{inbound.entry_address}|{inbound.customer_address}"


def _line(inbound: InboundMessage, contact: Contact) -> NewLine:
    return NewLine(
        tenant=inbound.tenant,
        contact_id=contact.id,
        channel=inbound.channel,
        author=CUSTOMER,
        client_id=inbound.provider_message_id,
        text=inbound.text,
        html=inbound.html,
        quoted=inbound.quoted,
        subject=inbound.subject,
        attachments=inbound.attachments,
        automatic=inbound.automatic,
        provider_message_id=inbound.provider_message_id,
        at=inbound.received_at,
    )


def _result(received: ReceivedMessage) -> str:
    if received.answered_delivery:
        return "answer"
    if received.contact_id is None:
        return "ignored"
    return "duplicate" if received.duplicate else "line"
