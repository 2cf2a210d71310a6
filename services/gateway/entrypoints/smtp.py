"""The SMTP and LMTP door for mail: a mail is answered with 250 only when it is stored.

Where a mail cannot be taken now (451) its server keeps it and comes again; what can never be taken (550, 552, 554) is
told its sender by that server. Nothing is relayed: every recipient is a mailbox of ours.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

import structlog
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

from services.gateway.application.pool_paces import PoolBehind
from services.gateway.application.receive_mail import Mailbox, ReceiveMail
from services.gateway.domain.errors import GatewayError
from services.gateway.domain.mail import MailReaderBusy, MailRefused, ParsedMail
from switchyard.eventing.aggregates import StoreUnavailable
from switchyard.eventing.ports import BrokerUnavailable

_log = structlog.get_logger()
_ACCEPTED = "250 2.0.0 Stored"
_LATER = "451 4.3.0 Cannot be stored now, come again"
_BUSY = (StoreUnavailable, BrokerUnavailable, PoolBehind, MailReaderBusy, TimeoutError, OSError)


class MailDoor:
    """What aiosmtpd asks: whether a recipient exists, and what becomes of a mail."""

    def __init__(
        self,
        receive: ReceiveMail,
        clock: Callable[[], datetime],
        *,
        count: Callable[[str], None] = lambda outcome: None,  # noqa: ARG005
        most_recipients: int = 20,
    ) -> None:
        self._receive = receive
        self._most_recipients = most_recipients
        self._in_hand = 0
        self.idle = asyncio.Event()
        self.idle.set()
        self._clock = clock
        self._count = count

    async def handle_RCPT(  # noqa: N802 aiosmtpd finds handlers by this name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, rcpt_options: list[str]
    ) -> str:
        if len(envelope.rcpt_tos) >= self._most_recipients:
            return "452 4.5.3 Too many recipients"
        try:
            mailbox = await self._receive.mailbox(address)
        except _BUSY:
            return _LATER
        if mailbox is None:
            self._count("no-mailbox")
            return "550 5.1.1 No such mailbox"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(rcpt_options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """One answer for all recipients; LMTP wants one for each (RFC 2033, 4.2)."""
        with self._at_work():
            answers = await self._answers(envelope)
        if isinstance(server, LMTP):
            return "\r\n".join(answers)
        refused = [answer for answer in answers if not answer.startswith("2")]
        # A later retry repeats the mailboxes that have it, which is harmless; so the worst answer that can heal wins.
        return min(refused, default=_ACCEPTED)

    @contextmanager
    def _at_work(self) -> Iterator[None]:
        self._in_hand += 1
        self.idle.clear()
        try:
            yield
        finally:
            self._in_hand -= 1
            if self._in_hand == 0:
                self.idle.set()

    async def _answers(self, envelope: Envelope) -> list[str]:
        raw = envelope.original_content or b""
        try:
            mail = await self._receive.read(raw, envelope.mail_from or "")
        except MailRefused as refused:
            self._count("refused")
            _log.info("mail-refused", code=refused.code, bytes=len(raw))
            return [_refusal(refused)] * len(envelope.rcpt_tos)
        except _BUSY as error:
            self._count("deferred")
            _log.warning("mail-deferred", reason=type(error).__name__)
            return [_LATER] * len(envelope.rcpt_tos)
        return [await self._deliver(mail, address) for address in envelope.rcpt_tos]

    async def _deliver(self, mail: ParsedMail, address: str) -> str:
        try:
            mailbox = await self._receive.mailbox(address)
            if mailbox is None:
                return "550 5.1.1 No such mailbox"
            return await self._stored(mail, mailbox)
        except MailRefused as refused:
            self._count("refused")
            return _refusal(refused)
        except _BUSY as error:
            self._count("deferred")
            _log.warning("mail-deferred", reason=type(error).__name__)
            return _LATER
        except GatewayError as refused_by_rule:
            self._count("refused")
            _log.info("mail-refused", code=refused_by_rule.code)
            return f"554 5.6.0 {refused_by_rule.code}"

    async def _stored(self, mail: ParsedMail, mailbox: Mailbox) -> str:
        received = await self._receive.deliver(mail, mailbox, self._clock())
        self._count("duplicate" if received.duplicate else "stored" if received.contact_id else "ignored")
        _log.info(
            "mail-stored",
            tenant=mailbox.tenant,
            contact_id=received.contact_id,
            duplicate=received.duplicate,
            nature=mail.nature.value,
        )
        return _ACCEPTED

    async def handle_exception(self, error: Exception) -> str:
        """An error of ours is never the mail's fault: its server keeps it."""
        _log.error("mail-door-failed", error=type(error).__name__)
        return _LATER


def _refusal(refused: MailRefused) -> str:
    status = "552 5.3.4" if refused.code == "mail-too-large" else "554 5.6.0"
    return f"{status} {refused.code}: {refused.detail}"
