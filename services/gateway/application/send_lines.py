"""Bringing agents' lines to customers on channels with a provider: SMS and email.

The line itself is the stored intent: it says `pending` until the provider has it. What a process leaves behind is
found again, and looked up at the provider before it is sent once more.
"""

from collections.abc import Mapping

from services.gateway.application.messages import OutgoingMessage, SendRefused, SendUnavailable, Sent
from services.gateway.application.ports import ChannelSender, Contacts, Lines
from services.gateway.application.retrying import Attempt, Retrying, TryAgain
from services.gateway.domain.contact import Contact
from services.gateway.domain.line import Line
from switchyard.eventing.aggregates import StoreUnavailable

#: Lines looked at for what a mail answers; older ones stay reachable by the mail's own references.
_LINES_READ = 200
_MOST_REFERENCES = 20
#: Found in one scan; the next takes the rest.
SCAN_LIMIT = 1_000


class SendLines:
    def __init__(
        self, *, contacts: Contacts, lines: Lines, senders: Mapping[str, ChannelSender], retrying: Retrying
    ) -> None:
        self._contacts = contacts
        self._lines = lines
        self._senders = senders
        self._retrying = retrying

    def takes(self, channel: str) -> bool:
        """Whether lines of this channel leave through a provider."""
        return channel in self._senders and channel != "voice"

    def submit(self, line: Line, *, unsure: bool = False) -> None:
        """Send a line soon, behind the contact's earlier ones; `unsure` whether it was sent before."""

        async def job(attempt: Attempt) -> None:
            await self._send(line, attempt, unsure=unsure or attempt.number > 1)

        contact = f"{line.tenant}/{line.contact_id}"
        self._retrying.submit(contact, f"{contact}/{line.number}", job)

    async def recover(self) -> int:
        """Submit what the store says has not left; returns how many. Raises StoreUnavailable."""
        found = await self._lines.undelivered(limit=SCAN_LIMIT)
        for line in found:
            self.submit(line, unsure=True)
        return len(found)

    async def _send(self, line: Line, attempt: Attempt, *, unsure: bool) -> None:
        try:
            sent = await self._handed_over(line, unsure=unsure)
        except SendRefused as refused:
            await self._settle(line, state="failed", code=refused.code)
        except SendUnavailable as error:
            if not attempt.last:
                raise TryAgain(str(error)) from error
            await self._settle(line, state="failed", code="attempts-exhausted")
        else:
            await self._settle(line, state="sent", provider_message_id=sent.provider_message_id)

    async def _handed_over(self, line: Line, *, unsure: bool) -> Sent:
        stored = await self._contacts.find(line.tenant, line.contact_id)
        sender = self._senders.get(line.channel)
        if stored is None or sender is None:
            raise SendRefused("channel-unknown")
        message = await self._message(stored.thing, line)
        found = await sender.find_sent(message) if unsure else None
        return found or await sender.send(message)

    async def _settle(self, line: Line, *, state: str, code: str = "", provider_message_id: str = "") -> None:
        try:
            await self._lines.delivered(line, state=state, code=code, provider_message_id=provider_message_id)
        except StoreUnavailable as error:
            raise TryAgain(str(error)) from error

    async def _message(self, contact: Contact, line: Line) -> OutgoingMessage:
        references = await self._references(contact, line) if contact.channel == "email" else ()
        return OutgoingMessage(
            tenant=contact.tenant,
            contact_id=contact.id,
            channel=contact.channel,
            from_address=contact.entry_address,
            to_address=contact.customer_address,
            text=line.text,
            html=line.html,
            subject=contact.subject,
            attachments=line.attachments,
            line=line.number,
            in_reply_to=references[-1] if references else "",
            references=references,
            automatic=line.automatic,
        )

    async def _references(self, contact: Contact, line: Line) -> tuple[str, ...]:
        earlier = await self._lines.read(contact.tenant, contact.id, limit=_LINES_READ)
        ids = [each.provider_message_id for each in earlier if each.number < line.number and each.provider_message_id]
        return tuple(ids[-_MOST_REFERENCES:])
