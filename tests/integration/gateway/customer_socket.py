"""A customer's side of WS /v1/chat, and waiting for what must come true."""

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any, TypeVar

import websockets

PATIENCE_SECONDS = 30.0
Found = TypeVar("Found")


class Chat:
    """A customer's socket; frames are kept until somebody asks for them."""

    def __init__(self, socket: websockets.ClientConnection) -> None:
        self.socket = socket
        self.contact = self.token = ""
        self.frames: list[dict[str, Any]] = []

    async def say(self, **frame: Any) -> None:
        await self.socket.send(json.dumps(frame))

    async def next(self, kind: str, **fields: Any) -> dict[str, Any]:
        """Take the next frame of a kind with these fields, leaving the others."""
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            for frame in self.frames:
                if frame["type"] == kind and all(frame.get(name) == value for name, value in fields.items()):
                    self.frames.remove(frame)
                    return frame
            try:
                raw = await asyncio.wait_for(self.socket.recv(), until - time.monotonic())
            except TimeoutError as error:
                raise AssertionError(f"no {kind} {fields}; came {self.frames}") from error
            self.frames.append(json.loads(raw))

    async def closed(self) -> int:
        """Wait for the close, and return its code."""
        await asyncio.wait_for(self.socket.wait_closed(), PATIENCE_SECONDS)
        assert self.socket.close_code is not None
        return self.socket.close_code


async def until(look: Callable[[], Found | None], what: str) -> Found:
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        found = look()
        if found is not None:
            return found
        await asyncio.sleep(0.01)
    raise AssertionError(f"did not happen: {what}")
