"""WS /v1/stream: JSON frames in both directions; every frame out has a `seq`, by which a client resumes.

Closes with 1003 on a binary frame, 1012 when this replica goes (resume elsewhere or here), 1013 when the client reads
too slowly, and 4409 when the session was resumed by another socket.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

import structlog
from fastapi import APIRouter
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from services.gateway.application.door.agent_presence import AgentPresence
from services.gateway.application.door.ports import Json, SendTyping
from services.gateway.application.door.rate_limits import Allowance, RateLimits
from services.gateway.application.door.stream_desk import StreamDesk, StreamRefused
from services.gateway.application.door.stream_session import StreamSession, StreamSessions
from services.gateway.entrypoints.acting import may_oversee
from services.gateway.entrypoints.authentication import Authenticator, accepted_subprotocol
from services.gateway.entrypoints.stream_inputs import names_in, read_frame
from switchyard.service.identity import Principal
from switchyard.service.problems import Problem, problem_response

log = structlog.get_logger(__name__)

_UNSUPPORTED: Final = 1003
_INTERNAL_ERROR: Final = 1011
_RESTARTING: Final = 1012
_TOO_SLOW: Final = 1013
_TAKEN_OVER: Final = 4409
_MOST_SUBSCRIPTIONS: Final = 50
_TOO_MANY: Final = StreamRefused("too-many-subscriptions", f"At most {_MOST_SUBSCRIPTIONS} at once.")
_SEND_SECONDS: Final = 10.0
#: Frames a client may send: typing comes in bursts of a few a second.
_FRAMES: Final = Allowance(per_second=20, burst=60)
_MAY_NOT: Final = frozenset({"partner"})


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamDoor:
    """Everything a connection needs; `draining` is set when the process begins to end."""

    authenticator: Authenticator
    desk: StreamDesk
    sessions: StreamSessions
    presence: AgentPresence
    typing: SendTyping
    draining: asyncio.Event

    def router(self) -> APIRouter:
        router = APIRouter()
        router.add_api_websocket_route("/v1/stream", self.connect)
        return router

    async def connect(self, websocket: WebSocket) -> None:
        try:
            principal = await self._admit(websocket)
        except Problem as problem:
            await websocket.send_denial_response(problem_response(problem))
            return
        await websocket.accept(subprotocol=accepted_subprotocol(websocket))
        self.presence.arrived(principal.tenant, principal.subject)
        try:
            await _Connection(self, websocket, principal).serve()
        finally:
            self.presence.left(principal.tenant, principal.subject)

    async def _admit(self, websocket: WebSocket) -> Principal:
        principal = await self.authenticator.of_websocket(websocket)
        if principal.roles <= _MAY_NOT:
            raise Problem(403, "role-missing", "The stream is for people who work with contacts.")
        if self.draining.is_set():
            raise Problem(503, "draining", "This replica ends now.", headers={"Retry-After": "1"})
        return principal


class _Connection:
    """One socket, reading and writing until either ends."""

    def __init__(self, door: StreamDoor, websocket: WebSocket, principal: Principal) -> None:
        self._door = door
        self._websocket = websocket
        self._principal = principal
        self._limits = RateLimits(_FRAMES)
        self._session = self._open()
        self._attachment = self._session.attach()
        self._sent = 0
        self._heard_any = False

    def _open(self) -> StreamSession:
        session = StreamSession(
            tenant=self._principal.tenant,
            subject=self._principal.subject,
            credential_id=self._principal.credential_id,
            oversees=may_oversee(self._principal),
        )
        session.add({"type": "welcome", "token": session.token})
        self._door.sessions.add(session)
        return session

    async def serve(self) -> None:
        parts = [asyncio.create_task(part()) for part in (self._read, self._write, self._drain)]
        try:
            done, _ = await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
            await self._close(_code(done.pop()))
        finally:
            for part in parts:
                part.cancel()
            await asyncio.gather(*parts, return_exceptions=True)
            self._session.detach(self._attachment)

    async def _close(self, code: int) -> None:
        if code and self._websocket.client_state == WebSocketState.CONNECTED:
            try:
                await asyncio.wait_for(self._websocket.close(code), 1.0)
            except (TimeoutError, RuntimeError, WebSocketDisconnect):
                return

    async def _drain(self) -> int:
        await self._door.draining.wait()
        return _RESTARTING

    async def _write(self) -> int:
        """Send what the session has, in order; return the code to close with."""
        while self._session.attachment == self._attachment:
            session = self._session
            session.changed.clear()
            frames = session.after(self._sent)
            if frames is None:
                return _TOO_SLOW
            for frame in frames:
                try:
                    await asyncio.wait_for(self._websocket.send_text(frame), _SEND_SECONDS)
                except TimeoutError:
                    return _TOO_SLOW
                except (WebSocketDisconnect, RuntimeError):
                    return 0
                if session is not self._session:
                    break  # the client resumed another session while this frame was on its way
                self._sent += 1
            if not frames:
                await session.changed.wait()
        return _TAKEN_OVER

    async def _read(self) -> int:
        while True:
            event = await self._websocket.receive()
            if event["type"] == "websocket.disconnect":
                return 0
            text = event.get("text")
            if text is None:
                return _UNSUPPORTED
            await self._take(text)

    async def _take(self, text: str) -> None:
        session = self._session
        try:
            self._check_rate()
            await self._obey(read_frame(text))
        except StreamRefused as refusal:
            session.add(_error(refusal))
        self._heard_any = True

    def _check_rate(self) -> None:
        if self._limits.take("", time.monotonic()) > 0:
            raise StreamRefused("rate-limited", "Too many frames; this one was dropped.")

    async def _obey(self, frame: dict[str, Any]) -> None:
        actions: dict[str, Callable[[dict[str, Any]], Awaitable[None]]] = {
            "subscribe": self._subscribe,
            "unsubscribe": self._unsubscribe,
            "resume": self._resume,
            "typing": self._type,
            "ping": self._ping,
        }
        action = actions.get(frame.get("type", ""))
        if action is None:
            raise StreamRefused("frame-unknown", f"A frame's type is one of {', '.join(actions)}.")
        await action(frame)

    async def _subscribe(self, frame: dict[str, Any]) -> None:
        """Take each name by itself: one that is refused keeps nobody from the others, and its error names it."""
        session = self._session
        new = [to for to in names_in(frame) if not session.follows(to)]
        room = max(0, _MOST_SUBSCRIPTIONS - len(session.channels))
        # At once: a queue that nobody knows is waited for, as one made a moment ago may yet be announced.
        await asyncio.gather(*(self._subscribe_to(session, to) for to in new[:room]))
        for to in new[room:]:
            session.add({**_error(_TOO_MANY), "to": to})

    async def _subscribe_to(self, session: StreamSession, to: str) -> None:
        try:
            await self._door.desk.subscribe(session, to)
        except StreamRefused as refusal:
            session.add({**_error(refusal), "to": to})

    async def _unsubscribe(self, frame: dict[str, Any]) -> None:
        for to in names_in(frame):
            self._door.desk.unsubscribe(self._session, to)

    async def _ping(self, _frame: dict[str, Any]) -> None:
        self._session.add({"type": "pong"})

    async def _type(self, frame: dict[str, Any]) -> None:
        contact, typing = frame.get("contact"), frame.get("typing")
        if not isinstance(contact, str) or not isinstance(typing, bool):
            raise StreamRefused("frame-invalid", "typing needs contact (text) and typing (true or false).")
        if not self._door.desk.holds(self._session, contact):
            raise StreamRefused("not-the-holder", "You do not hold this contact, or do not follow `me`.")
        await self._door.typing(self._session.tenant, contact, "agent", typing)

    async def _resume(self, frame: dict[str, Any]) -> None:
        """Go on with an earlier session: what was missed, or where that is gone, everything as it is now."""
        token, last = frame.get("token"), frame.get("last_seq")
        if not isinstance(token, str) or not isinstance(last, int) or self._heard_any:
            raise StreamRefused("frame-invalid", "resume is the first frame, with token (text) and last_seq (number).")
        mine = self._session
        found = self._door.sessions.find(token, tenant=mine.tenant, subject=mine.subject)
        if found is None or found is mine:
            raise StreamRefused("resume-unknown", "That session is over or on another replica: subscribe again.")
        missed = found.after(last)
        self._door.sessions.drop(mine)
        self._sent = found.last if missed is None else last
        self._attachment = found.attach()
        self._session = found
        mine.changed.set()
        found.add({"type": "resumed", "token": found.token, "complete": missed is not None})
        if missed is None:
            await self._door.desk.snapshot_again(found)


def _code(part: asyncio.Task[int]) -> int:
    error = part.exception()
    if error is None:
        return part.result()
    log.error("stream connection failed", exc_info=error)
    return _INTERNAL_ERROR


def _error(refusal: StreamRefused) -> dict[str, Json]:
    return {"type": "error", "code": refusal.code, "detail": refusal.detail}
