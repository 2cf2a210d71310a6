"""Telling a customer, on their own channel, what becomes of a contact that leaves its queue unserved."""

from collections.abc import Callable
from datetime import datetime, timedelta

from services.gateway.application.append_line import AppendLine
from services.gateway.application.door.routing_events import RoutingEvent
from services.gateway.application.ports import Contacts, Customers, Lines
from services.gateway.application.send_lines import SendLines
from services.gateway.domain.contact import PROMISED_CALL, TOLD, Contact
from services.gateway.domain.errors import FirstWordsMissing, TranscriptClosed
from services.gateway.domain.last_steps import CALLBACK, words_for
from services.gateway.domain.line import CUSTOMER, SYSTEM, NewLine

#: On these the contact opens without a word of the customer's.
_WORDLESS = frozenset({"voice", "chat"})
#: Who writes again so soon after they were told is not told again: two machines would answer each other for ever.
TOLD_LATELY = timedelta(minutes=10)
#: The words that open a contact are stored right after it; by then they are there, or never come.
FIRST_WORDS = timedelta(seconds=5)


class TellCustomer:
    """One line an entry, however often the event comes; it leaves where the channel has a provider."""

    def __init__(
        self,
        *,
        contacts: Contacts,
        append: AppendLine,
        lines: Lines,
        customers: Customers,
        send: SendLines,
        clock: Callable[[], datetime],
    ) -> None:
        self._contacts = contacts
        self._append = append
        self._lines = lines
        self._customers = customers
        self._send = send
        self._clock = clock

    async def __call__(self, contact: Contact, event: RoutingEvent) -> None:
        """Raises FirstWordsMissing, StoreUnavailable."""
        if not (_last_step(event) or event.announcement):
            return
        await self._await_first_words(contact)
        leaves = await self._may_leave(contact)
        try:
            appended = await self._append(_line(contact, event, leaves=leaves))
        except TranscriptClosed:
            return
        if leaves and not appended.duplicate:
            self._send.submit(appended.line)

    async def _await_first_words(self, contact: Contact) -> None:
        """A transcript that closed first would turn those words away, and the customer would have said nothing."""
        if contact.channel in _WORDLESS or self._clock() - contact.opened_at > FIRST_WORDS:
            return
        said = await self._lines.read(contact.tenant, contact.id, limit=5)
        if not any(line.author == CUSTOMER for line in said):
            raise FirstWordsMissing("first-words-missing", f"{contact.id} has no line of its customer yet.")

    async def _may_leave(self, contact: Contact) -> bool:
        if not self._send.takes(contact.channel) or contact.never_auto_answer:
            return False
        customer = await self._customers.find(contact.tenant, contact.customer_id, fresh=True)
        wants = customer is None or contact.channel not in customer.thing.opted_out
        return wants and not await self._told_lately(contact)

    async def _told_lately(self, contact: Contact) -> bool:
        if not contact.previous_contact_id:
            return False
        stored = await self._contacts.find(contact.tenant, contact.previous_contact_id)
        before = stored.thing if stored is not None else None
        if before is None or before.outcome not in {TOLD, PROMISED_CALL} or before.closed_at is None:
            return False
        return contact.opened_at - before.closed_at < TOLD_LATELY


def _last_step(event: RoutingEvent) -> str:
    return CALLBACK if event.name == "CallbackRequested" else event.last_step


def _line(contact: Contact, event: RoutingEvent, *, leaves: bool) -> NewLine:
    return NewLine(
        tenant=contact.tenant,
        contact_id=contact.id,
        channel=contact.channel,
        author=SYSTEM,
        client_id=f"way-out-{event.entry}",
        text=words_for(_last_step(event), event.announcement),
        automatic=True,
        deliver=leaves,
        at=event.time,
    )
