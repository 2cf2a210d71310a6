"""A mail server that keeps what it gets: the smarthost of tests and of the demo."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP


@dataclass(frozen=True, slots=True, kw_only=True)
class SunkMail:
    """A mail as it came; `sender` is the envelope's, empty for the null sender."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage

    @property
    def text(self) -> str:
        body = self.message.get_body(("plain", "html"))
        return str(body.get_content()).strip() if body is not None else ""


class MailSink:
    """`answers` are given to the next mails in turn instead of 250, such as "451 busy"; refused mails are not kept."""

    def __init__(self) -> None:
        self.mails: list[SunkMail] = []
        self.answers: list[str] = []
        self._server: asyncio.Server | None = None
        self._arrived = asyncio.Condition()

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen; port 0 takes a free one. Raises OSError where the port is taken."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: SMTP(self, hostname="sink", enable_SMTPUTF8=True, loop=loop), host, port
        )

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()

    @property
    def port(self) -> int:
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    def messages_for(self, address: str) -> Sequence[SunkMail]:
        """Mails to the address, oldest first."""
        return [mail for mail in self.mails if address.lower() in mail.recipients]

    async def wait_for(self, address: str, *, count: int = 1, timeout_seconds: float = 30) -> Sequence[SunkMail]:
        """Wait until the address has that many mails. Raises TimeoutError."""
        async with asyncio.timeout(timeout_seconds), self._arrived:
            await self._arrived.wait_for(lambda: len(self.messages_for(address)) >= count)
        return self.messages_for(address)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: ARG002, N802 aiosmtpd's form
        if self.answers:
            return self.answers.pop(0)
        parsed = message_from_bytes(envelope.original_content, policy=policy.default)
        recipients = tuple(address.lower() for address in envelope.rcpt_tos)
        async with self._arrived:
            self.mails.append(
                SunkMail(sender=(envelope.mail_from or "").strip("<>"), recipients=recipients, message=parsed)
            )
            self._arrived.notify_all()
        return "250 OK"
