"""A plain client of server-sent events, as a partner might write one."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSentEvent:
    """`id` is what to come back with; `data` of None was a cursor alone."""

    id: str
    data: dict[str, Any] | None


@asynccontextmanager
async def server_sent_events(
    http: httpx.AsyncClient, path: str, headers: dict[str, str]
) -> AsyncIterator[AsyncIterator[ServerSentEvent]]:
    """Connect and yield what comes. Raises AssertionError where the door refuses."""
    async with http.stream("GET", path, headers=headers, timeout=httpx.Timeout(15.0, read=30.0)) as response:
        assert response.status_code == 200, (await response.aread()).decode()
        assert response.headers["content-type"].startswith("text/event-stream")
        yield _events(response)


async def _events(response: httpx.Response) -> AsyncIterator[ServerSentEvent]:
    fields: dict[str, str] = {}
    async for line in response.aiter_lines():
        if line:
            name, _, value = line.partition(":")
            fields[name] = value.strip()
            continue
        if "id" in fields:
            yield ServerSentEvent(id=fields["id"], data=json.loads(fields["data"]) if "data" in fields else None)
        fields = {}
