"""Failure 5: an agent's stream falls silent without an end; what rang there waits again in its place for others."""

import asyncio
import json
import signal
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect

from switchyard.testing.tcp_proxy import TcpProxy
from tests.failure.load.target import Target, waited
from tests.failure.scale import SOAK, scaled
from tests.tally import Tally

Found = TypeVar("Found")

#: So many agents fall silent side by side, each in a pool of its own.
_LANES = 5
_PING_SECONDS, _GRACE_SECONDS = 1.0, 2.0
#: A ping is sent, its answer waited for, and the grace runs; the aim is a second above where the machine is ours alone.
_TIMEOUT_SECONDS = 2 * _PING_SECONDS + _GRACE_SECONDS
_LATEST_SECONDS = _TIMEOUT_SECONDS + (1 if SOAK else 20)

pytestmark = pytest.mark.timeout(1800)


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    environment = {
        "SWITCHYARD_WS_PING_SECONDS": str(_PING_SECONDS),
        "SWITCHYARD_AGENT_GRACE_SECONDS": str(_GRACE_SECONDS),
    }
    target = Target(tmp_path_factory.mktemp("black-holes"), environment)
    target.stack.start()
    try:
        yield target
    finally:
        target.stack.kill()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """A pool with a queue and two agents, reached as its admin."""

    name: str
    target: Target
    http: httpx.AsyncClient

    @property
    def queue(self) -> str:
        return f"queue-{self.name}"

    async def ask(self, method: str, path: str, body: Any = None) -> Any:
        answer = await self.http.request(method, path, json=body)
        assert answer.is_success, f"{method} {path}: {answer.text}"
        return answer.json() if answer.content else None

    async def furnish(self) -> None:
        pool = f"pool-{self.name}"
        await self.ask("PUT", f"/v1/pools/{pool}", {"id": pool, "name": pool})
        queue = {"id": self.queue, "name": self.queue, "pool": pool, "ring_seconds": 600, "wrap_up_seconds": 0}
        await self.ask("PUT", f"/v1/queues/{self.queue}", queue)
        for agent in (self.agent("silent"), self.agent("other")):
            body = {"id": agent, "name": agent, "pool": pool, "queues": [self.queue]}
            await self.ask("PUT", f"/v1/agents/{agent}", body)

    def agent(self, word: str) -> str:
        return f"{word}-{self.name}"

    async def be(self, agent: str, state: str) -> None:
        await self.ask("PUT", f"/v1/agents/{agent}/state", {"state": state})

    async def contact(self) -> str:
        opened = await self.ask("POST", "/v1/contacts", {"channel": "chat", "queue": self.queue})
        return str(opened["id"])

    async def ringing_at(self, agent: str, count: int) -> list[str]:
        """The contacts that ring at an agent, in the order in which they were offered."""

        async def look() -> list[str] | None:
            offers = (await self.ask("GET", f"/v1/offers?agent={agent}"))["items"]
            offers.sort(key=lambda offer: int(offer["id"].rpartition(".")[2]))
            return [offer["contact"] for offer in offers] if len(offers) == count else None

        return await self._until(look, f"{count} offers to {agent}")

    async def waiting(self, count: int) -> list[str]:
        async def look() -> list[str] | None:
            items = (await self.ask("GET", f"/v1/queues/{self.queue}/waiting"))["items"]
            return [item["contact"] for item in items] if len(items) == count else None

        return await self._until(look, f"{count} contacts to wait")

    async def not_ready(self, agent: str) -> str:
        """The reason, once the agent is not ready."""

        async def look() -> str | None:
            shown = await self.ask("GET", f"/v1/agents/{agent}/state")
            return str(shown["reason"]) if shown["state"] == "not_ready" else None

        return await self._until(look, f"{agent} to be not ready")

    @staticmethod
    async def _until(look: Callable[[], Awaitable[Found | None]], what: str) -> Found:
        until = time.monotonic() + 60
        while (found := await look()) is None:
            assert time.monotonic() < until, f"waited in vain for {what}"
            await asyncio.sleep(0.1)
        return found


@asynccontextmanager
async def furnished(target: Target, name: str) -> AsyncIterator[Lane]:
    headers = {"Authorization": f"Bearer {target.token('admin-of-lanes', 'admin')}"}
    async with httpx.AsyncClient(base_url=target.api, headers=headers, timeout=30) as http:
        lane = Lane(name=name, target=target, http=http)
        await lane.furnish()
        yield lane


@asynccontextmanager
async def streaming(lane: Lane, proxy: TcpProxy, agent: str) -> AsyncIterator[ClientConnection]:
    """A desktop's stream through the proxy; it asks for no sign of life itself, as a desktop that has crashed."""
    bearer = {"Authorization": f"Bearer {lane.target.token(agent, 'agent')}"}
    url = f"ws://127.0.0.1:{proxy.port}/v1/stream"
    stream = await connect(url, additional_headers=bearer, ping_interval=None, proxy=None)
    try:
        await stream.send(json.dumps({"type": "subscribe", "to": ["me"]}))
        await stream.recv()
        yield stream
    finally:
        stream.transport.abort()


async def fall_silent(lane: Lane) -> float:
    """Let an agent fall silent with three contacts ringing; returns after how many seconds it was not ready."""
    silent, other = lane.agent("silent"), lane.agent("other")
    port = urlsplit(lane.target.api).port
    assert port is not None
    async with TcpProxy(port) as proxy, streaming(lane, proxy, silent):
        await lane.be(silent, "available")
        contacts = [await lane.contact() for _ in range(3)]
        assert await lane.ringing_at(silent, 3) == contacts
        contacts.append(await lane.contact())
        proxy.hold()
        began = time.monotonic()
        assert await lane.not_ready(silent) == "system"
        seconds = time.monotonic() - began
        assert await lane.waiting(4) == contacts
        await lane.be(other, "available")
        assert await lane.ringing_at(other, 3) == contacts[:3]
        assert await lane.ringing_at(silent, 0) == []
    for contact in contacts:
        await lane.ask("POST", f"/v1/contacts/{contact}/end")
    await lane.be(other, "offline")
    return seconds


async def test_what_rang_at_a_silent_agent_waits_in_its_place_and_the_agent_is_not_ready(
    target: Target, tally: Tally
) -> None:
    slowest = 0.0
    for number in tally.rounds(scaled(50) // _LANES, "rounds"):
        names = [f"{number}-{lane}" for lane in range(_LANES)]
        seconds = await asyncio.gather(*(_one(target, name) for name in names))
        tally.count("agents fallen silent", len(seconds))
        slowest = max(slowest, *seconds)
    tally.measure("s until the last was not ready", round(slowest, 2))
    assert slowest <= _LATEST_SECONDS


async def test_an_agent_who_does_not_return_after_its_gateway_was_killed_is_missed(target: Target) -> None:
    async with furnished(target, "killed") as lane:
        silent, port = lane.agent("silent"), urlsplit(target.api).port
        assert port is not None
        async with TcpProxy(port) as proxy, streaming(lane, proxy, silent):
            await lane.be(silent, "available")
            contact = await lane.contact()
            assert await lane.ringing_at(silent, 1) == [contact]
            killed = target.signal("gateway", signal.SIGKILL)
        await target.replaced("gateway", killed)
    await waited(lambda: _listens(port), "the gateway to listen", 60)
    async with furnished(target, "killed") as lane:
        assert await lane.not_ready(silent) == "system"
        assert await lane.waiting(1) == [contact]
        await lane.ask("POST", f"/v1/contacts/{contact}/end")


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


async def _one(target: Target, name: str) -> float:
    async with furnished(target, name) as lane:
        return await fall_silent(lane)
