"""Listens for mail servers in the gateway's own event loop, with bounds on connections, sizes and silence."""

import asyncio
import logging
import ssl
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import structlog
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP

from services.gateway.entrypoints.smtp import MailDoor

_LONGEST_LINE = 256 * 1024
_FINISH_SECONDS = 2.0
_log = structlog.get_logger()
# The library logs addresses and words of mails; we log ids.
logging.getLogger("mail.log").setLevel(logging.ERROR)


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpLimits:
    message_bytes: int = 10 * 1024 * 1024
    connections: int = 100
    connections_per_peer: int = 20
    #: A silent peer is hung up on after so many seconds (RFC 5321, 4.5.3.2.7 asks for five minutes).
    silence_seconds: float = 300.0


class MailServer:
    """Listens for SMTP, or LMTP, in the running event loop."""

    def __init__(
        self,
        door: MailDoor,
        limits: SmtpLimits,
        *,
        hostname: str,
        lmtp: bool = False,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._door = door
        self._limits = limits
        self._protocol = _LmtpConnection if lmtp else _SmtpConnection
        self._options = {"hostname": hostname, "tls_context": tls}
        self._peers: Counter[str] = Counter()
        self._server: asyncio.Server | None = None

    async def start(self, host: str, port: int) -> None:
        """Raises OSError where the port is taken."""
        self._server = await asyncio.get_running_loop().create_server(self._connection, host, port)

    async def stop(self) -> None:
        """Take no new connection, and answer the mails in hand; those not answered are sent again by their servers."""
        if self._server is not None:
            self._server.close()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._door.idle.wait(), _FINISH_SECONDS)

    def serving(self, host: str, port: int) -> Callable[[asyncio.Event], Awaitable[None]]:
        """A background task that listens until told to stop."""

        async def serve_mail(stop: asyncio.Event) -> None:
            await self.start(host, port)
            _log.info("mail-door-open", address=f"{host}:{self.port}")
            await stop.wait()
            await self.stop()

        return serve_mail

    @property
    def port(self) -> int:
        assert self._server is not None  # noqa: S101 asked after start()
        return int(self._server.sockets[0].getsockname()[1])

    def _connection(self) -> SMTP:
        return self._protocol(
            self._door,
            peers=self._peers,
            limits=self._limits,
            data_size_limit=self._limits.message_bytes,
            timeout=self._limits.silence_seconds,
            enable_SMTPUTF8=True,
            ident="Switchyard",
            loop=asyncio.get_running_loop(),
            **self._options,
        )


class _Counted:
    """Counts connections, in all and of each peer; one too many is told to come later and closed."""

    def __init__(self, *args: Any, peers: Counter[str], limits: SmtpLimits, **options: Any) -> None:
        super().__init__(*args, **options)
        self._peers = peers
        self._limits = limits
        self._peer = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        peer = str((transport.get_extra_info("peername") or ("local",))[0])
        crowded = self._peers.total() >= self._limits.connections
        if crowded or self._peers[peer] >= self._limits.connections_per_peer:
            transport.write(b"421 4.7.0 Too many connections, come again\r\n")  # type: ignore[attr-defined]
            transport.close()
            return
        if not self._peer:
            self._peer = peer
            self._peers[peer] += 1
        super().connection_made(transport)  # type: ignore[misc]

    def connection_lost(self, error: Exception | None) -> None:
        if self._peer:
            self._peers[self._peer] -= 1
            self._peer = ""
            super().connection_lost(error)  # type: ignore[misc]


class _SmtpConnection(_Counted, SMTP):
    # RFC 5321 bounds lines at 1,000 bytes, and web mailers send whole HTML bodies as one; the size limit holds anyway.
    line_length_limit = _LONGEST_LINE


class _LmtpConnection(_Counted, LMTP):
    line_length_limit = _LONGEST_LINE
