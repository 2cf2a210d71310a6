"""A lean HTTP client: the load generator shares two cores with what it measures, so it must cost little."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class Refused(Exception):
    """The door gave another status than the one that the bench needs."""


class Door:
    """HTTP/1.1 over connections that are kept; as many as requests are under way at once."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.url = url
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 80
        self._idle: list[Connection] = []

    async def post(self, path: str, body: Any = None, *, token: str) -> Any:
        return await self.call("POST", path, body, token=token)

    async def put(self, path: str, body: Any, *, token: str) -> Any:
        return await self.call("PUT", path, body, token=token)

    async def call(self, method: str, path: str, body: Any = None, *, token: str) -> Any:
        """Send JSON, return the answer's. Raises Refused."""
        data = b"" if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {token}"} | ({"Content-Type": "application/json"} if data else {})
        answer = await self.send(method, path, data, headers)
        return answer.json() if answer.body else None

    async def send(self, method: str, path: str, data: bytes, headers: Mapping[str, str]) -> Answer:
        """Raises Refused where the answer is no success, or that of an unfinished command (202)."""
        reader, writer = self._idle.pop() if self._idle else await asyncio.open_connection(self._host, self._port)
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self._host}:{self._port}", f"Content-Length: {len(data)}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + data)
        answer = await _read(reader)
        self._idle.append((reader, writer))
        if not 200 <= answer.status < 300 or answer.status == 202:
            raise Refused(f"{method} {path}: {answer.status} {answer.body[:300].decode()}")
        return answer

    def close(self) -> None:
        for _, writer in self._idle:
            writer.close()
        self._idle.clear()


async def _read(reader: asyncio.StreamReader) -> Answer:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    status = int(head[9:12])
    _, found, rest = head.partition(b"content-length:")
    size = int(rest.partition(b"\r\n")[0]) if found else 0
    return Answer(status, await reader.readexactly(size) if size else b"")
