"""An agent at a socket of the stream, who acts by REST."""

import asyncio
import json
import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from websockets.asyncio.client import ClientConnection, connect

from tests.bench.scene import Scene


@dataclass(slots=True, kw_only=True)
class Desk:
    """`offers` get each offer and when it came, in seconds of the steady clock. Use it as a context manager."""

    scene: Scene
    agent: str
    offers: asyncio.Queue[tuple[dict[str, Any], float]] = field(default_factory=asyncio.Queue)
    _token: str = ""
    _stream: ClientConnection | None = None
    _reading: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._token = self.scene.token(self.agent)
        url = self.scene.door.url.replace("http", "ws", 1) + "/v1/stream"
        self._stream = await connect(
            url, additional_headers={"Authorization": f"Bearer {self._token}"}, proxy=None, compression=None
        )
        await self._stream.send(json.dumps({"type": "subscribe", "to": ["me"]}))
        self._reading = asyncio.create_task(self._read(self._stream))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._reading is not None
        assert self._stream is not None
        self._reading.cancel()
        await self._stream.close()

    async def be(self, state: str) -> None:
        reason = {"reason": "break"} if state == "not_ready" else {}
        path = f"/v1/agents/{self.agent}/state"
        await self.scene.door.put(path, {"state": state, **reason}, token=self._token)

    async def accept(self, offer: dict[str, Any]) -> None:
        await self.scene.door.post(f"/v1/offers/{offer['id']}/accept", token=self._token)

    async def end(self, contact: str) -> None:
        await self.scene.door.post(f"/v1/contacts/{contact}/end", token=self._token)

    async def wrap_up(self, contact: str) -> None:
        await self.scene.door.post(f"/v1/contacts/{contact}/wrap-up", {"disposition": "resolved"}, token=self._token)

    async def _read(self, stream: ClientConnection) -> None:
        async for text in stream:
            came = time.perf_counter()
            frame = json.loads(text)
            if frame["type"] == "offer":
                self.offers.put_nowait((frame["offer"], came))
