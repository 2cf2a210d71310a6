"""A client's side of a WebSocket, straight into the application: no network, frame by frame."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from starlette.types import Message, Scope


class AsgiSocket:
    def __init__(self) -> None:
        self.to_app: asyncio.Queue[Message] = asyncio.Queue()
        self.from_app: asyncio.Queue[Message] = asyncio.Queue()

    async def say(self, **frame: Any) -> None:
        await self.to_app.put({"type": "websocket.receive", "text": json.dumps(frame)})

    async def say_bytes(self, content: bytes) -> None:
        await self.to_app.put({"type": "websocket.receive", "bytes": content})

    async def message(self) -> Message:
        async with asyncio.timeout(5):
            return await self.from_app.get()

    async def frame(self) -> dict[str, Any]:
        frame: dict[str, Any] = json.loads((await self.message())["text"])
        return frame


@asynccontextmanager
async def open_socket(app: FastAPI, path: str, bearer: str) -> AsyncIterator[AsgiSocket]:
    """Ask for a socket; the answer to that is its first message."""
    socket = AsgiSocket()
    scope: Scope = {
        "type": "websocket",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(b"authorization", f"Bearer {bearer}".encode())],
        "subprotocols": [],
        "scheme": "ws",
        "server": ("door", 80),
        "client": ("client", 1),
        "root_path": "",
        "state": {},
        "extensions": {"websocket.http.response": {}},
    }
    await socket.to_app.put({"type": "websocket.connect"})
    running = asyncio.ensure_future(app(scope, socket.to_app.get, socket.from_app.put))
    try:
        yield socket
        await socket.to_app.put({"type": "websocket.disconnect", "code": 1000})
        await running
    finally:
        running.cancel()
