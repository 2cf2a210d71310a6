"""Takes a mail in: reads it, keeps its files and gives it to the contact it belongs to."""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from services.gateway.application.attachments import Attachments
from services.gateway.application.messages import InboundMessage, ReceivedMessage
from services.gateway.domain.attachment import Attachment
from services.gateway.domain.entry_point import EntryPoint
from services.gateway.domain.identifiers import derived
from services.gateway.domain.mail import MailAttachment, MailNature, MailRefused, ParsedMail
from services.gateway.domain.mail_threads import contact_named_by

#: Reads a mail's bytes and envelope sender. Raises MailRefused, MailReaderBusy.
ReadMail = Callable[[bytes, str], Awaitable[ParsedMail]]
#: Stores a customer's message durably. Raises StoreUnavailable and GatewayError.
Receive = Callable[[InboundMessage], Awaitable[ReceivedMessage]]


class FindEntryPoint(Protocol):
    async def find(self, tenant: str, channel: str, address: str) -> EntryPoint | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """Where a mail goes: an address of a tenant."""

    tenant: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MailThreads:
    """What signed Message-IDs are made with: `<...>@<tenant>.<mail_domain>`."""

    mail_domain: str
    key: bytes


class ReceiveMail:
    """One mail for one or more mailboxes; giving it again is harmless, its Message-ID names it."""

    def __init__(
        self,
        *,
        read: ReadMail,
        receive: Receive,
        attachments: Attachments,
        entry_points: FindEntryPoint,
        threads: MailThreads,
    ) -> None:
        self._read = read
        self._receive = receive
        self._attachments = attachments
        self._entry_points = entry_points
        self._threads = threads

    async def mailbox(self, address: str) -> Mailbox | None:
        """The mailbox of `<queue or mapped name>@<tenant>.<mail domain>`, or None where there is none."""
        _, _, domain = address.rpartition("@")
        tenant = domain.lower().removesuffix(f".{self._threads.mail_domain}".lower())
        if tenant == domain.lower() or not tenant or "." in tenant:
            return None
        found = await self._entry_points.find(tenant, "email", address)
        return Mailbox(tenant=tenant, address=address.lower()) if found else None

    async def read(self, raw: bytes, envelope_sender: str) -> ParsedMail:
        """Raises MailRefused, MailReaderBusy."""
        mail = await self._read(raw, envelope_sender)
        if mail.message_id:
            return mail
        # Bytes are the same at every retry of the same server, so their hash names the mail as well.
        return replace(mail, message_id=f"{hashlib.sha256(raw).hexdigest()[:32]}@no-message-id.invalid")

    async def deliver(self, mail: ParsedMail, mailbox: Mailbox, at: datetime) -> ReceivedMessage:
        """Store the mail for one mailbox; when this returns, it is durable.

        Raises MailRefused, and what storing raises.
        """
        if self._contact_of(mailbox.tenant, (mail.message_id,)):
            raise MailRefused("mail-looping", "This mail was sent from here.")
        attachments = tuple([await self._keep(mail, mailbox.tenant, each) for each in mail.attachments])
        return await self._receive(self._inbound(mail, mailbox, attachments, at))

    def _inbound(
        self, mail: ParsedMail, mailbox: Mailbox, attachments: tuple[Attachment, ...], at: datetime
    ) -> InboundMessage:
        return InboundMessage(
            tenant=mailbox.tenant,
            channel="email",
            provider_message_id=mail.message_id,
            customer_address=mail.from_address,
            customer_name=mail.from_name,
            entry_address=mailbox.address,
            subject=mail.subject,
            text=mail.text or mail.subject,
            html=mail.html,
            quoted=mail.quoted,
            attachments=attachments,
            references=mail.references,
            follows_contact=self._contact_of(mailbox.tenant, mail.references),
            automatic=mail.nature is MailNature.AUTO_REPLY,
            bounce=mail.nature is MailNature.BOUNCE,
            never_auto_answer=mail.nature is not MailNature.PERSONAL,
            received_at=at,
        )

    def _contact_of(self, tenant: str, references: tuple[str, ...]) -> str | None:
        threads = self._threads
        return contact_named_by(references, tenant=tenant, mail_domain=threads.mail_domain, key=threads.key)

    async def _keep(self, mail: ParsedMail, tenant: str, file: MailAttachment) -> Attachment:
        content_hash = hashlib.sha256(file.content).hexdigest()
        attachment = Attachment(
            id=derived("att_", tenant, mail.message_id, file.name, content_hash),
            name=file.name,
            media_type=file.media_type,
            size_bytes=len(file.content),
        )
        await self._attachments.keep(tenant, attachment, file.content)
        return attachment
