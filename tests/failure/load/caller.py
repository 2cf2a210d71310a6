"""A REST client that asks until it gets an answer, under one Idempotency-Key, as a good client should."""

import asyncio
from dataclasses import dataclass
from typing import Any

import httpx

from tests.failure.load.target import Target

_PAUSE_SECONDS = 0.3
#: Longer than any of these tests keeps the platform away.
_PATIENCE_SECONDS = 120.0


class GaveUp(AssertionError):
    """The platform gave no final answer for longer than it was away."""


@dataclass(frozen=True, slots=True)
class Caller:
    """`token` is one credential's; where the platform is, is looked up anew for every attempt."""

    target: Target
    http: httpx.AsyncClient
    token: str

    async def ask(self, method: str, path: str, body: Any = None, *, key: str = "") -> httpx.Response:
        """Return the first final answer: no 429 or 5xx, and for 202 what became of the command. Raises GaveUp."""
        headers = {"Authorization": f"Bearer {self.token}"} | ({"Idempotency-Key": key} if key else {})
        until = asyncio.get_running_loop().time() + _PATIENCE_SECONDS
        last: object = None
        while asyncio.get_running_loop().time() < until:
            try:
                last = answer = await self.http.request(
                    method, self.target.api + path, json=body, headers=headers, timeout=8.0
                )
                if answer.status_code == 202:
                    # From now on the same key gives this same answer; the outcome has an address of its own.
                    return await self._outcome(answer.headers["Location"])
                if answer.status_code < 500 and answer.status_code != 429:
                    return answer
            except (httpx.TransportError, OSError) as error:
                last = error
            await asyncio.sleep(_PAUSE_SECONDS)
        raise GaveUp(f"{method} {path}: {last!r} {getattr(last, 'text', '')}")

    async def _outcome(self, location: str) -> httpx.Response:
        """Return the command's state once it is known; 409 where it was refused, 404 where nobody remembers it."""
        until = asyncio.get_running_loop().time() + _PATIENCE_SECONDS
        while asyncio.get_running_loop().time() < until:
            answer = await self.ask("GET", location)
            state = answer.json().get("state") if answer.is_success else "unknown"
            if state != "pending":
                return httpx.Response(409, json=answer.json()) if state == "refused" else answer
            await asyncio.sleep(_PAUSE_SECONDS)
        raise GaveUp(f"{location} is pending")

    async def good(self, method: str, path: str, body: Any = None) -> Any:
        """Return the JSON of a success. Raises AssertionError."""
        answer = await self.ask(method, path, body)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None
