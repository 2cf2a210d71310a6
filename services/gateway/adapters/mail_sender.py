"""Sends mails by the smarthost. A mail's Message-ID follows from its line or delivery, so that a mail sent twice after
a lost answer is one mail to whoever gets it."""

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime

import aiosmtplib

from services.gateway.application.attachments import Attachments
from services.gateway.application.messages import OutgoingMessage, SendRefused, SendUnavailable, Sent
from services.gateway.application.receive_mail import MailThreads
from services.gateway.domain.mail_subjects import one_line, reply_subject
from services.gateway.domain.mail_threads import make_message_id, references_of_reply
from switchyard.eventing.aggregates import StoreUnavailable

# The library writes ids longer than a line as encoded words, which mail programs do not read as ids.
_POLICY = SMTP_POLICY.clone(max_line_length=998)
_NO_SUBJECT = "Your message"


@dataclass(frozen=True, slots=True, kw_only=True)
class Smarthost:
    """Where mails leave. `tls` is none, starttls or implicit; a name goes with a password."""

    host: str
    port: int
    username: str = ""
    password: str = ""
    tls: str = "none"
    timeout_seconds: float = 20.0


class SmtpMailSender:
    """The mail channel's ChannelSender."""

    def __init__(
        self, smarthost: Smarthost, threads: MailThreads, attachments: Attachments, clock: Callable[[], datetime]
    ) -> None:
        self._smarthost = smarthost
        self._threads = threads
        self._attachments = attachments
        self._clock = clock

    async def send(self, message: OutgoingMessage) -> Sent:
        """Raises SendRefused where the smarthost says never, SendUnavailable where it may take the mail later."""
        mail = await self._compose(message)
        # An automatic mail names no return path, so that no machine can answer it (RFC 3834, 3.3).
        sender = "" if message.automatic else message.from_address
        try:
            await self._hand_over(mail, sender, message.to_address)
        except aiosmtplib.SMTPRecipientsRefused as refused:
            raise _refusal(refused.recipients[0].code, refused.recipients[0].message) from None
        except aiosmtplib.SMTPResponseException as refused:
            raise _refusal(refused.code, refused.message) from None
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            raise SendUnavailable(type(error).__name__) from error
        return Sent(provider_message_id=self._message_id(message))

    async def find_sent(self, message: OutgoingMessage) -> Sent | None:  # noqa: ARG002 SMTP tells nothing afterwards
        """A smarthost cannot be asked; sending again is harmless, the Message-ID is the same."""
        return None

    def _message_id(self, message: OutgoingMessage) -> str:
        return make_message_id(
            tenant=message.tenant,
            contact_id=message.contact_id,
            what=message.delivery_id or f"l{message.line}",
            mail_domain=self._threads.mail_domain,
            key=self._threads.key,
        )

    async def _compose(self, message: OutgoingMessage) -> EmailMessage:
        try:
            mail = compose(message, message_id=self._message_id(message), at=self._clock())
            await self._attach(mail, message)
        except StoreUnavailable as error:
            raise SendUnavailable("attachments") from error
        except ValueError as error:
            raise SendRefused("provider-refused", type(error).__name__) from error
        return mail

    async def _attach(self, mail: EmailMessage, message: OutgoingMessage) -> None:
        for attachment in message.attachments:
            found = await self._attachments.fetch(message.tenant, attachment.id)
            if found is None:
                raise SendRefused("attachment-unknown", attachment.id)
            maintype, _, subtype = attachment.media_type.partition("/")
            if not subtype or maintype in {"message", "multipart"}:
                maintype, subtype = "application", "octet-stream"
            mail.add_attachment(found.content, maintype=maintype, subtype=subtype, filename=attachment.name)

    async def _hand_over(self, mail: EmailMessage, sender: str, recipient: str) -> None:
        host = self._smarthost
        client = aiosmtplib.SMTP(
            hostname=host.host,
            port=host.port,
            username=host.username or None,
            password=host.password or None,
            use_tls=host.tls == "implicit",
            start_tls=host.tls == "starttls",
            tls_context=ssl.create_default_context() if host.tls != "none" else None,
            timeout=host.timeout_seconds,
        )
        async with client:
            await client.sendmail(sender, [recipient], mail.as_bytes(policy=_POLICY))


def compose(message: OutgoingMessage, *, message_id: str, at: datetime) -> EmailMessage:
    """The mail of an agent's answer or of a delivery, with the headers that keep it in the customer's thread."""
    mail = EmailMessage(policy=_POLICY)
    mail["Message-ID"] = f"<{message_id}>"
    mail["Date"] = format_datetime(at)
    mail["From"] = Address(addr_spec=message.from_address)
    mail["To"] = Address(addr_spec=message.to_address)
    mail["Subject"] = _subject(message)
    if message.in_reply_to:
        mail["In-Reply-To"] = f"<{message.in_reply_to}>"
        chain = references_of_reply(message.references, message.in_reply_to)
        mail["References"] = " ".join(f"<{reference}>" for reference in chain)
    if message.automatic:
        mail["Auto-Submitted"] = "auto-generated"
        mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content(message.text, charset="utf-8", cte="base64")
    if message.html:
        mail.add_alternative(message.html, subtype="html", charset="utf-8", cte="base64")
    return mail


def _subject(message: OutgoingMessage) -> str:
    if message.in_reply_to and not message.delivery_id:
        return reply_subject(message.subject)
    return one_line(message.subject) or _NO_SUBJECT


def _refusal(code: int, detail: str) -> SendRefused | SendUnavailable:
    """4xx is for now, 5xx for ever (RFC 5321, 4.2.1); a mailbox that is none is the customer gone."""
    if code < 500:
        return SendUnavailable(f"smarthost {code}")
    gone = code in {550, 551, 553}
    return SendRefused("customer-gone" if gone else "provider-refused", one_line(f"{code} {detail}"))
