"""A customer in a web chat who comes back whenever the connection breaks, and says everything once."""

import asyncio
import json
import uuid
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from tests.failure.load.target import Target
from tests.invariants.evidence import History

_PAUSE_SECONDS = 0.2
_SILENCE_SECONDS = 15.0


@dataclass(slots=True, kw_only=True)
class ChatCustomer:
    """Says `lines` once an agent has joined, then waits for the end; or leaves at once where `leaves`."""

    target: Target
    history: History
    queue: str
    lines: int = 2
    leaves: bool = False
    contact: str = ""
    ended: bool = False
    resumed: int = 0
    _client_id: str = field(default_factory=lambda: uuid.uuid4().hex)
    _token: str = ""
    _seen: set[int] = field(default_factory=set)
    _unsaid: dict[str, str] = field(default_factory=dict)
    _joined: bool = False

    async def chat(self) -> None:
        """Return when the conversation is over."""
        while not self.ended:
            try:
                await self._connection()
            except (OSError, WebSocketException, TimeoutError):
                self.resumed += 1
            await asyncio.sleep(_PAUSE_SECONDS)

    async def _connection(self) -> None:
        url = self.target.api.replace("http", "ws", 1) + f"/v1/chat?site_key={self.target.endpoints['site_key']}"
        async with connect(url, proxy=None, open_timeout=5, close_timeout=1) as socket:
            if self._token:
                await _send(socket, type="resume", token=self._token, last_seq=max(self._seen, default=0))
            else:
                await _send(socket, type="start", client_id=self._client_id, queue=self.queue)
            while not self.ended:
                await self._take(socket, json.loads(await asyncio.wait_for(socket.recv(), _SILENCE_SECONDS)))

    async def _take(self, socket: ClientConnection, frame: dict[str, Any]) -> None:
        match frame["type"]:
            case "started":
                await self._started(socket, frame)
            case "agent_joined":
                await self._speak(socket)
            case "delivered" if "client_id" in frame:
                self._acknowledged(frame)
            case "message":
                self._shown(frame)
            case "ended":
                self.ended = True

    async def _started(self, socket: ClientConnection, frame: dict[str, Any]) -> None:
        self.contact, self._token = frame["contact"], frame["resume_token"]
        self.history.note("contact-accepted", contact=self.contact)
        if self.leaves:
            await _send(socket, type="end")
        for client_id, text in self._unsaid.items():
            await _send(socket, type="message", client_id=client_id, text=text)

    async def _speak(self, socket: ClientConnection) -> None:
        if self._joined:
            return
        self._joined = True
        self._unsaid = {f"{self._client_id}-{number}": f"Customer's line {number}" for number in range(self.lines)}
        for client_id, text in self._unsaid.items():
            await _send(socket, type="message", client_id=client_id, text=text)

    def _acknowledged(self, frame: dict[str, Any]) -> None:
        client_id, line = frame["client_id"], frame["seq"]
        self._unsaid.pop(client_id, None)
        self._seen.add(line)
        self.history.note("line-acknowledged", contact=self.contact, author="customer", client_id=client_id, line=line)

    def _shown(self, frame: dict[str, Any]) -> None:
        if frame["seq"] in self._seen and frame["from"] != "customer":
            self.history.note("line-shown-twice", contact=self.contact, line=frame["seq"])
        self._seen.add(frame["seq"])


async def _send(socket: ClientConnection, **frame: Any) -> None:
    await socket.send(json.dumps(frame))
