"""WS /v1/chat?site_key=: lets customers in, within limits, and runs a session per socket."""

import asyncio
import time
from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any

import structlog
from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from starlette.websockets import WebSocketState

from services.gateway.application.chat.parts import ChatParts
from services.gateway.application.chat.rules import Bucket
from services.gateway.application.chat.start_chat import ChatStart
from services.gateway.application.chat.tokens import InvalidToken
from services.gateway.application.pool_paces import PoolBehind
from services.gateway.application.ports import Exists
from services.gateway.domain.contact import Contact, FormAnswer
from services.gateway.domain.entry_point import EntryPoint
from services.gateway.domain.errors import GatewayError
from services.gateway.entrypoints import chat_frames as frames
from services.gateway.entrypoints.chat_session import ChatSession
from switchyard.eventing.aggregates import StoreUnavailable

#: Close codes of our own: what came first was no start or resume; too much came; no such site key or token.
BAD_START, TOO_MUCH, NOT_LET_IN, TRY_LATER = 4400, 4429, 4403, 1013
#: A customer who does not take frames this long has lost the connection.
_SEND_SECONDS = 10.0
#: Frames are JSON texts: no client of ours sends bytes.
UNSUPPORTED = 1003
_MOST_BAD_FRAMES = 10

log = structlog.get_logger(__name__)


class Socket:
    """A WebSocket that may be written to by several tasks, and closed by any."""

    def __init__(self, websocket: WebSocket) -> None:
        self._websocket = websocket
        self._writing = asyncio.Lock()

    async def send(self, frame: Mapping[str, Any]) -> bool:
        async with self._writing:
            if self._websocket.application_state is not WebSocketState.CONNECTED:
                return False
            try:
                async with asyncio.timeout(_SEND_SECONDS):
                    await self._websocket.send_json(frame)
            except (RuntimeError, WebSocketDisconnect, TimeoutError, OSError):
                return False
            return True

    async def close(self, code: int, reason: str) -> None:
        async with self._writing:
            if self._websocket.application_state is not WebSocketState.CONNECTED:
                return
            try:
                await self._websocket.close(code, reason)
            except (RuntimeError, WebSocketDisconnect, OSError):
                return

    async def receive(self) -> str:
        """Raises WebSocketDisconnect, also where the socket is closed on the customer for sending bytes."""
        event = await self._websocket.receive()
        if event["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(event.get("code", 1005))
        text = event.get("text")
        if text is None:
            await self.close(UNSUPPORTED, "frames are texts")
            raise WebSocketDisconnect(UNSUPPORTED)
        return str(text)


class ChatDoor:
    """The route's state: how many are in."""

    def __init__(self, parts: ChatParts) -> None:
        self._parts = parts
        self._open = 0

    def router(self) -> APIRouter:
        router = APIRouter()
        router.add_api_websocket_route("/v1/chat", self.enter)
        return router

    async def enter(self, websocket: WebSocket) -> None:
        """Run one socket from its first frame to its end."""
        await websocket.accept()
        socket = Socket(websocket)
        if self._open >= self._parts.rules.most_connections:
            await self._refuse(socket, "too-many-chats", "Too many customers are connected; try later.", TRY_LATER)
            return
        self._open += 1
        try:
            await self._run(socket, websocket.query_params.get("site_key", ""))
        except WebSocketDisconnect:
            return
        finally:
            self._open -= 1

    async def _run(self, socket: Socket, site_key: str) -> None:
        try:
            first = await self._first_frame(socket)
            with ExitStack() as stack:
                await self._talk(socket, first, site_key, stack)
        except frames.BadFrame as bad:
            await self._refuse(socket, bad.code, bad.detail, BAD_START)
        except InvalidToken:
            await self._refuse(socket, "resume-token-invalid", "The resume token was not given here.", NOT_LET_IN)
        except GatewayError as error:
            await self._refuse(socket, error.code, error.detail, NOT_LET_IN)
        except PoolBehind:
            await self._refuse(socket, "try-again", "Many customers come just now; try again.", TRY_LATER)
        except (StoreUnavailable, Exists):
            await self._refuse(socket, "try-again", "The chat could not be stored now; try again.", TRY_LATER)

    async def _first_frame(self, socket: Socket) -> frames.Start | frames.Resume:
        try:
            text = await asyncio.wait_for(socket.receive(), self._parts.rules.start_within)
        except TimeoutError as error:
            raise frames.BadFrame("start-expected", "Send start or resume first.") from error
        frame = frames.read_frame(text, most_bytes=self._parts.rules.most_frame_bytes)
        if not isinstance(frame, frames.Start | frames.Resume):
            raise frames.BadFrame("start-expected", "Send start or resume first.", "/type")
        return frame

    async def _talk(self, socket: Socket, first: frames.Start | frames.Resume, site_key: str, stack: ExitStack) -> None:
        parts = self._parts
        if isinstance(first, frames.Start):
            entry_point = await self._entry_point(site_key)
            start = _start(first)
            contact_id = parts.start.contact_id(entry_point, start)
            # Listening begins before the contact does, so that nothing that happens to it is missed.
            items = stack.enter_context(parts.feed.subscribe(entry_point.tenant, f"contact:{contact_id}"))
            contact = await parts.start(entry_point, start)
            parts.count("started")
        else:
            ticket = parts.tokens.read(first.token)
            items = stack.enter_context(parts.feed.subscribe(ticket.tenant, f"contact:{ticket.contact_id}"))
            contact = await self._resumed(ticket.tenant, ticket.contact_id)
            parts.count("resumed")
        session = ChatSession(parts, socket, contact, seen=first.last_seq if isinstance(first, frames.Resume) else 0)
        try:
            await session.open(contact)
            await self._until_closed(socket, session, session.follow(items))
        finally:
            session.close()

    async def _until_closed(self, socket: Socket, session: ChatSession, following: Any) -> None:
        tasks = [asyncio.create_task(following), asyncio.create_task(self._listen(socket, session))]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _listen(self, socket: Socket, session: ChatSession) -> None:
        rules = self._parts.rules
        bucket = Bucket(rate=rules.rate, burst=rules.burst, now=time.monotonic())
        bad_frames = 0
        while True:
            try:
                frame = frames.read_frame(await socket.receive(), most_bytes=rules.most_frame_bytes)
            except frames.BadFrame as bad:
                await socket.send(frames.error(bad.code, bad.detail, pointer=bad.pointer))
                bad_frames += 1
                if bad_frames > _MOST_BAD_FRAMES:
                    await socket.close(TOO_MUCH, "too many bad frames")
                    return
                continue
            if not bucket.take(time.monotonic()):
                await socket.send(frames.error("rate-limited", "That was too fast; wait a moment."))
                continue
            await session.take(frame)

    async def _entry_point(self, site_key: str) -> EntryPoint:
        found = await self._parts.entry_points.of_site_key(site_key) if site_key else None
        if found is None:
            raise frames.BadFrame("site-key-unknown", "No chat is offered under this site key.")
        return found

    async def _resumed(self, tenant: str, contact_id: str) -> Contact:
        parts = self._parts
        stored = await parts.contacts.find(tenant, contact_id, fresh=True)
        if stored is None:
            raise InvalidToken
        await parts.presence.take_over(stored.thing)
        return stored.thing

    async def _refuse(self, socket: Socket, code: str, detail: str, close_code: int) -> None:
        self._parts.count("refused")
        await socket.send(frames.error(code, detail))
        await socket.close(close_code, code)


def _start(frame: frames.Start) -> ChatStart:
    return ChatStart(
        client_id=frame.client_id,
        name=frame.name,
        address=frame.address,
        queue_id=frame.queue or "",
        flow=frame.flow or "",
        form=tuple(FormAnswer(name=name, value=value) for name, value in frame.answers.items()),
    )
