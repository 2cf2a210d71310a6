"""A customer's side of a web chat, frame by frame."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from tests.e2e.platform import Platform

Frame = dict[str, Any]


class Chat:
    """Keeps every frame it got; `lines` are the conversation as the customer has it on the screen."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self.frames: list[Frame] = []
        self.lines: dict[int, Frame] = {}
        self._came = asyncio.Condition()
        self._reading = asyncio.create_task(self._read())

    async def send(self, **frame: Any) -> None:
        await self._connection.send(json.dumps(frame))

    async def say(self, text: str) -> None:
        await self.send(type="message", client_id=uuid.uuid4().hex, text=text)

    async def start(self, queue: str, **more: Any) -> str:
        """Begin a contact; returns its id."""
        await self.send(type="start", client_id=uuid.uuid4().hex, queue=queue, **more)
        started = await self.frame("started")
        return str(started["contact"])

    async def frame(self, kind: str, *, seconds: float = 20.0, **having: Any) -> Frame:
        """The first frame of the kind that has these values, waiting for it."""

        def found() -> Frame | None:
            return next((f for f in self.frames if f["type"] == kind and having.items() <= f.items()), None)

        async with asyncio.timeout(seconds), self._came:
            await self._came.wait_for(lambda: found() is not None)
        frame = found()
        assert frame is not None
        return frame

    async def drop(self) -> None:
        """Lose the connection as a phone in a tunnel does."""
        self._reading.cancel()
        self._connection.transport.abort()

    async def close(self) -> None:
        self._reading.cancel()
        await self._connection.close()

    @property
    def last_seq(self) -> int:
        return max(self.lines, default=0)

    async def _read(self) -> None:
        async for text in self._connection:
            frame = json.loads(text)
            async with self._came:
                self.frames.append(frame)
                if frame["type"] == "message":
                    assert frame["seq"] not in self.lines, f"line {frame['seq']} came twice"
                    self.lines[frame["seq"]] = frame
                self._came.notify_all()


@asynccontextmanager
async def chatting(platform: Platform, site_key: str | None = None) -> AsyncIterator[Chat]:
    """A socket at the chat door."""
    url = platform.api.replace("http", "ws", 1) + f"/v1/chat?site_key={site_key or platform.endpoints['site_key']}"
    chat = Chat(await connect(url, proxy=None))
    try:
        yield chat
    finally:
        await chat.close()
