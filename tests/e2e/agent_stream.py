"""An agent's or supervisor's side of WS /v1/stream, frame by frame."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from tests.e2e.platform import Platform

Frame = dict[str, Any]


class AgentStream:
    """Keeps every frame it got and checks that their numbers have no gap."""

    def __init__(self, connection: ClientConnection, *, resumes: bool) -> None:
        self._connection = connection
        self._resumes = resumes
        self.frames: list[Frame] = []
        self.last_seq = 0
        self._came = asyncio.Condition()
        self._reading = asyncio.create_task(self._read())

    async def send(self, **frame: Any) -> None:
        await self._connection.send(json.dumps(frame))

    async def frame(self, kind: str, *, seconds: float = 20.0, **having: Any) -> Frame:
        """The first frame of the kind that has these values, waiting for it."""
        return await self.frame_where(lambda f: f["type"] == kind and having.items() <= f.items(), seconds=seconds)

    async def frame_where(self, fits: Callable[[Frame], bool], *, seconds: float = 20.0) -> Frame:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds), self._came:
                await self._came.wait_for(lambda: self._reading.done() or any(map(fits, self.frames)))
        found = next(filter(fits, self.frames), None)
        if found is None and self._reading.done():
            self._reading.result()
        assert found is not None, f"no such frame among {self.frames}"
        return found

    async def drop(self) -> None:
        """Lose the connection as a laptop does that is closed."""
        self._reading.cancel()
        self._connection.transport.abort()

    async def close(self) -> None:
        self._reading.cancel()
        await self._connection.close()

    async def _read(self) -> None:
        try:
            async for text in self._connection:
                frame = json.loads(text)
                async with self._came:
                    self._take(frame)
                    self._came.notify_all()
        finally:
            async with self._came:
                self._came.notify_all()

    def _take(self, frame: Frame) -> None:
        if self._resumes and frame["type"] == "welcome":
            return  # to a session that is given up for the earlier one
        self.frames.append(frame)
        assert frame["seq"] == self.last_seq + 1, f"{self.last_seq} is followed by {frame['seq']}"
        self.last_seq = frame["seq"]


@asynccontextmanager
async def agent_stream(
    platform: Platform, token: str, *, resumes: AgentStream | None = None
) -> AsyncIterator[AgentStream]:
    """A socket at the stream's door, going on with an earlier one's session where `resumes` names it."""
    url = platform.api.replace("http", "ws", 1) + "/v1/stream"
    connection = await connect(url, additional_headers={"Authorization": f"Bearer {token}"}, proxy=None)
    stream = AgentStream(connection, resumes=resumes is not None)
    try:
        if resumes is not None:
            stream.last_seq = resumes.last_seq
            welcome = await resumes.frame("welcome")
            await stream.send(type="resume", token=welcome["token"], last_seq=resumes.last_seq)
        yield stream
    finally:
        await stream.close()
