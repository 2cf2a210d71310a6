"""An agent's words to a customer: only the holder's or a supervisor's, only where the customer may be written to."""

from dataclasses import dataclass
from datetime import datetime

from services.gateway.application.append_line import AppendLine
from services.gateway.application.ports import AppendedLine, Contacts, Customers
from services.gateway.application.send_lines import SendLines
from services.gateway.domain.attachment import Attachment
from services.gateway.domain.contact import TALKING, Contact
from services.gateway.domain.errors import NotAllowed, NotThere, StateConflict
from services.gateway.domain.line import AGENT, NewLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """`may_oversee` is a supervisor's right to speak in a contact that somebody else holds."""

    tenant: str
    contact_id: str
    agent_id: str
    client_id: str
    text: str
    at: datetime
    attachments: tuple[Attachment, ...] = ()
    may_oversee: bool = False


class SendReply:
    def __init__(self, *, contacts: Contacts, customers: Customers, append: AppendLine, send: SendLines) -> None:
        self._contacts = contacts
        self._customers = customers
        self._append = append
        self._send = send

    async def __call__(self, reply: Reply) -> AppendedLine:
        """Raises NotThere, NotAllowed (not-the-holder), StateConflict (contact-waiting, customer-opted-out ...)."""
        contact = await self._allowed(reply)
        leaves = self._send.takes(contact.channel)
        if leaves:
            await self._check_consent(contact)
        line = NewLine(
            tenant=reply.tenant,
            contact_id=reply.contact_id,
            channel=contact.channel,
            author=AGENT,
            agent_id=reply.agent_id,
            client_id=reply.client_id,
            text=reply.text,
            attachments=reply.attachments,
            deliver=leaves,
            at=reply.at,
        )
        appended = await self._append(line)
        if leaves and not appended.duplicate:
            self._send.submit(appended.line)
        return appended

    async def _allowed(self, reply: Reply) -> Contact:
        for fresh in (False, True):
            stored = await self._contacts.find(reply.tenant, reply.contact_id, fresh=fresh)
            if stored is None:
                raise NotThere("contact-unknown", f"There is no contact {reply.contact_id}.")
            refusal = _refusal(stored.thing, reply)
            if refusal is None:
                return stored.thing
            if fresh:
                raise refusal
        raise AssertionError("the second look returns or raises")

    async def _check_consent(self, contact: Contact) -> None:
        customer = await self._customers.find(contact.tenant, contact.customer_id, fresh=True)
        if customer is not None and contact.channel in customer.thing.opted_out:
            raise StateConflict("customer-opted-out", f"The customer takes no more {contact.channel}.")


def _refusal(contact: Contact, reply: Reply) -> NotAllowed | StateConflict | None:
    if not (contact.is_held_by(reply.agent_id) or reply.may_oversee):
        if contact.holder is None:
            return StateConflict("contact-not-yours", f"The contact is {contact.state}; no agent holds it.")
        return NotAllowed("not-the-holder", "Another agent holds this contact.")
    if contact.state != TALKING:
        return StateConflict("contact-not-talking", f"The contact is {contact.state}.")
    return None
