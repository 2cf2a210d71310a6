"""Reads strangers' mails in child processes, so that no mail can stop, slow or swell the gateway."""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict

import structlog

from services.gateway.adapters.mail_parser_frames import LENGTH, pack_request, unpack_reply
from services.gateway.adapters.mail_parser_limits import MailLimits
from services.gateway.domain.mail import MailReaderBusy, MailRefused, ParsedMail

_log = structlog.get_logger()
#: A child is replaced after so many mails: whatever leaks in it stays small.
_MAILS_PER_CHILD = 500
_KILLED = "mail-too-costly"
#: Out of processor time, and what native code does when it is out of memory.
_LIMIT_SIGNALS = frozenset({signal.SIGPROF, signal.SIGABRT, signal.SIGSEGV})


class ChildMailParser:
    """A few child processes, started when first needed; a mail that kills its child is refused as too costly."""

    def __init__(
        self,
        limits: MailLimits,
        *,
        children: int = 2,
        most_waiting: int = 50,
        observe: Callable[[float], None] = lambda seconds: None,  # noqa: ARG005
    ) -> None:
        self._limits = limits
        self._free = asyncio.LifoQueue[_Child | None]()
        for _ in range(children):
            self._free.put_nowait(None)
        self._places = children + most_waiting
        self._observe = observe
        self._running: set[_Child] = set()

    async def __call__(self, raw: bytes, envelope_sender: str) -> ParsedMail:
        """Raises MailRefused, or MailReaderBusy where it could not be read now."""
        if self._places == 0:
            raise MailReaderBusy("Too many mails wait to be read.")
        self._places -= 1
        began = time.perf_counter()
        try:
            return await self._read(raw, envelope_sender)
        finally:
            self._places += 1
            self._observe(time.perf_counter() - began)

    async def stop(self) -> None:
        """End every child; mails being read fail as MailReaderBusy."""
        await asyncio.gather(*(child.kill() for child in self._running))
        self._running.clear()

    async def _read(self, raw: bytes, envelope_sender: str) -> ParsedMail:
        child = await self._free.get()
        healthy = False
        try:
            child = child or await self._start()
            mail = await child.read(raw, envelope_sender, self._limits.wall_seconds)
            healthy = child.mails < _MAILS_PER_CHILD
        except MailRefused as refusal:
            healthy = refusal.code != _KILLED
            raise
        else:
            return mail
        finally:
            await self._give_back(child, healthy=healthy)

    async def _start(self) -> "_Child":
        child = await _Child.start(self._limits)
        self._running.add(child)
        return child

    async def _give_back(self, child: "_Child | None", *, healthy: bool) -> None:
        self._free.put_nowait(child if healthy else None)
        if child is not None and not healthy:
            self._running.discard(child)
            await child.kill()


class _Child:
    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.mails = 0

    @classmethod
    async def start(cls, limits: MailLimits) -> "_Child":
        # An environment without the gateway's secrets: nothing a mail might make the parser do can read them.
        environment = {name: os.environ[name] for name in ("PATH", "LANG", "VIRTUAL_ENV") if name in os.environ}
        environment["PYTHONPATH"] = os.pathsep.join(entry for entry in sys.path if entry) or os.curdir
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "services.gateway.adapters.mail_parser_child",
            json.dumps(asdict(limits)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=environment,
        )
        return cls(process)

    async def read(self, raw: bytes, envelope_sender: str, wall_seconds: float) -> ParsedMail:
        self.mails += 1
        try:
            async with asyncio.timeout(wall_seconds):
                header, content = await self._exchange(pack_request(raw, envelope_sender))
        except TimeoutError:
            raise MailReaderBusy("The mail could not be read in time.") from None
        except (OSError, asyncio.IncompleteReadError):
            raise await self._death() from None
        return unpack_reply(header, content)

    async def kill(self) -> None:
        with suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()

    async def _exchange(self, request: bytes) -> tuple[bytes, bytes]:
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None  # noqa: S101 both are pipes, made so in start()
        assert stdout is not None  # noqa: S101
        stdin.write(request)
        await stdin.drain()
        return await _field(stdout), await _field(stdout)

    async def _death(self) -> MailRefused | MailReaderBusy:
        """A signal at one of its limits is the mail's fault; whatever else ends a child is ours, so ask again."""
        code = await self._process.wait()
        _log.warning("mail-parser-died", exit_code=code)
        if -code in _LIMIT_SIGNALS:
            return MailRefused(_KILLED, "The mail takes too much time or memory to read.")
        return MailReaderBusy("The mail's reader was stopped.")


async def _field(stream: asyncio.StreamReader) -> bytes:
    length = LENGTH.unpack(await stream.readexactly(LENGTH.size))[0]
    return await stream.readexactly(length)
