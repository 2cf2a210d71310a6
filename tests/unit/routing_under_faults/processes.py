"""A process that may be killed or held at any of its calls, and the wires to the broker and the database."""

import asyncio
import random
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from enum import Enum
from hashlib import sha256
from typing import Any, Generic, TypeVar

T = TypeVar("T")

#: Any instant will do.
START_MS = 1_795_337_400_000


class Fate(Enum):
    """What becomes of one call."""

    ANSWERED = "answered"
    #: Fails, and nothing was done.
    REFUSED = "refused"
    #: Done, but the reply is lost.
    UNANSWERED = "unanswered"
    #: Fails for the caller, and is done seconds later.
    LATE = "late"
    #: Done in part: some of the documents or messages, and an error.
    PARTIAL = "partial"


class Trace:
    """What happened, line by line; two runs of a seed have the same."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def note(self, *words: object) -> None:
        now = asyncio.get_running_loop().time()
        self.lines.append(f"{now:.6f} {' '.join(map(str, words))}")

    def hash(self) -> str:
        return sha256("\n".join(self.lines).encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Request(Generic[T]):
    """A call on its way: what the server does, what it does of it by half, and what the caller gets for an error."""

    caller: str
    kind: str
    server: str
    act: Callable[[], T]
    part: Callable[[], object]
    error: type[Exception]


@dataclass
class Wires:
    """Carries every call; `trouble` is the share of calls that do not go well, and `down` names who is away."""

    pick: random.Random
    trace: Trace
    trouble: float
    down: set[str] = field(default_factory=set)

    def carry(self, request: Request[T]) -> "asyncio.Future[T]":
        """Have a server act, whatever becomes of the caller meanwhile; gives its reply to be."""
        loop = asyncio.get_running_loop()
        reply: asyncio.Future[T] = loop.create_future()
        loop.call_later(self._latency(), self._arrive, request, self._fate(request.server), reply)
        return reply

    def _arrive(self, request: Request[T], fate: Fate, reply: "asyncio.Future[T]") -> None:
        self.trace.note(request.caller, request.kind, fate.value)
        loop = asyncio.get_running_loop()
        if fate is Fate.ANSWERED:
            loop.call_later(self._latency(), _answer, reply, request.act())
            return
        if fate is Fate.UNANSWERED:
            request.act()
        elif fate is Fate.PARTIAL:
            request.part()
        elif fate is Fate.LATE:
            loop.call_later(self.pick.uniform(0.5, 9.0), request.act)
        loop.call_later(self.pick.uniform(0.1, 1.0), _fail, reply, request.error(f"{request.kind}: {fate.value}"))

    def _latency(self) -> float:
        """Mostly a few milliseconds, now and then most of a second."""
        return self.pick.uniform(0.001, 0.01) if self.pick.random() < 0.9 else self.pick.uniform(0.01, 0.8)

    def _fate(self, server: str) -> Fate:
        if server in self.down:
            return Fate.REFUSED
        if self.pick.random() >= self.trouble:
            return Fate.ANSWERED
        return self.pick.choice((Fate.REFUSED, Fate.UNANSWERED, Fate.LATE, Fate.PARTIAL))


def _answer(reply: "asyncio.Future[T]", result: T) -> None:
    if not reply.done():
        reply.set_result(result)


def _fail(reply: "asyncio.Future[Any]", error: Exception) -> None:
    if not reply.done():
        reply.set_exception(error)


@dataclass
class Doom:
    """After so many more calls of these kinds the process is struck, before the call or after its reply."""

    calls: int
    kinds: tuple[str, ...]
    after: bool
    strike: Callable[[], None]


class Process:
    """A replica's, or the customers'. Everything it does between two calls is one instant."""

    def __init__(self, name: str, wires: Wires, skew_ms: int = 0) -> None:
        self.name = name
        self.alive = True
        self.doom: Doom | None = None
        self._wires = wires
        self._skew_ms = skew_ms
        self._tasks: list[asyncio.Task[Any]] = []
        self._going = asyncio.Event()
        self._going.set()

    def clock(self) -> int:
        """Tell the time as this process has it, in milliseconds."""
        return START_MS + self._skew_ms + round(asyncio.get_running_loop().time() * 1000)

    def start(self, *coroutines: Coroutine[Any, Any, None]) -> None:
        self._tasks += [asyncio.create_task(each) for each in coroutines]

    def kill(self) -> None:
        """End at once: nothing that it would still say is heard."""
        self.alive = False
        self._going.set()
        for task in self._tasks:
            task.cancel()

    def hold(self) -> None:
        """Stop as SIGSTOP does: what is on its way goes on, nothing here does."""
        self._going.clear()

    def go_on(self) -> None:
        self._going.set()

    async def call(
        self,
        kind: str,
        server: str,
        act: Callable[[], T],
        *,
        error: type[Exception],
        part: Callable[[], object] = lambda: None,
    ) -> T:
        """Ask a server for something. Raises `error` where no answer comes."""
        await self._passes(kind, after=False)
        try:
            return await self._wires.carry(
                Request(caller=self.name, kind=kind, server=server, act=act, part=part, error=error)
            )
        finally:
            await self._passes(kind, after=True)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        await self._passes("sleep", after=True)

    async def _passes(self, kind: str, *, after: bool) -> None:
        doom = self.doom
        if doom is not None and kind in doom.kinds and after is doom.after:
            doom.calls -= 1
            if doom.calls <= 0:
                self.doom = None
                doom.strike()
        while self.alive and not self._going.is_set():
            await self._going.wait()
        if not self.alive:
            raise asyncio.CancelledError
