"""A pool of its own for one test: queues, agents, entry points, made at the door."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from tests.e2e.platform import Platform
from tests.e2e.polling import eventually

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A client of the REST door under one credential."""

    http: httpx.AsyncClient
    token: str

    async def ask(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        return await self.http.request(
            method, path, json=body, headers={"Authorization": f"Bearer {self.token}", **headers}
        )

    async def get(self, path: str) -> Any:
        return _good(await self.ask("GET", path))

    async def post(self, path: str, body: Any = None) -> Any:
        return _good(await self.ask("POST", path, body))

    async def put(self, path: str, body: Any) -> Any:
        return _good(await self.ask("PUT", path, body))


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent(Caller):
    id: str

    async def be(self, state: str, reason: str | None = None) -> None:
        body = {"state": state} if reason is None else {"state": state, "reason": reason}
        await self.put(f"/v1/agents/{self.id}/state", body)

    async def offer(self, *, seconds: float = 20.0) -> Json:
        """The next offer that rings."""

        async def look() -> Json | None:
            items = (await self.get(f"/v1/offers?agent={self.id}"))["items"]
            return items[0] if items else None

        return await eventually(look, f"an offer for {self.id}", seconds=seconds)

    async def accept(self) -> Json:
        """Take the next offer; returns it."""
        offer = await self.offer()
        await self.post(f"/v1/offers/{offer['id']}/accept")
        return offer

    async def say(self, contact: str, text: str) -> None:
        await self.post(f"/v1/contacts/{contact}/messages", {"text": text})

    async def end(self, contact: str) -> None:
        await self.post(f"/v1/contacts/{contact}/end")

    async def wrap_up(self, contact: str, **body: Any) -> None:
        await self.post(f"/v1/contacts/{contact}/wrap-up", {"disposition": "resolved", **body})

    async def lines(self, contact: str) -> list[Json]:
        items: list[Json] = (await self.get(f"/v1/contacts/{contact}/messages"))["items"]
        return items


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    platform: Platform
    http: httpx.AsyncClient
    admin: Caller
    word: str

    @property
    def pool(self) -> str:
        return f"pool-{self.word}"

    async def queue(self, name: str = "main", *, pool: str | None = None, **settings: Any) -> str:
        """Make a queue in the test's own pool; returns its id."""
        queue = f"{name}-{self.word}"
        pool = pool or self.pool
        await self.admin.put(f"/v1/pools/{pool}", {"id": pool, "name": pool})
        body = {"id": queue, "name": queue, "pool": pool, "ring_seconds": 20, "wrap_up_seconds": 60, **settings}
        await self.admin.put(f"/v1/queues/{queue}", body)
        return queue

    async def agent(self, queues: Sequence[str], *, pool: str | None = None, **settings: Any) -> Agent:
        """Make an agent of the queues, offline."""
        agent = f"agent-{uuid.uuid4().hex[:10]}"
        body = {"id": agent, "name": agent, "pool": pool or self.pool, "queues": list(queues), **settings}
        await self.admin.put(f"/v1/agents/{agent}", body)
        return Agent(http=self.http, token=self.platform.token(agent, "agent"), id=agent)

    async def entry_point(self, channel: str, address: str, queue: str, *, greeting: str = "Welcome.") -> None:
        point = f"{channel}-{self.word}"
        body = {"id": point, "channel": channel, "address": address, "queue": queue, "greeting": greeting}
        await self.admin.put(f"/v1/entry-points/{point}", body)

    def caller(self, subject: str, *roles: str, tenant: str | None = None) -> Caller:
        return Caller(http=self.http, token=self.platform.token(subject, *roles, tenant=tenant))

    async def closed(self, contact: str) -> Json:
        """The contact once it is final."""

        async def look() -> Json | None:
            shown: Json = await self.admin.get(f"/v1/contacts/{contact}")
            return shown if shown["state"] == "closed" else None

        return await eventually(look, f"{contact} to be closed")

    async def first(self, path: str) -> Json:
        """The first item of a list once there is one."""

        async def look() -> Json | None:
            items = (await self.admin.get(path))["items"]
            return items[0] if items else None

        return await eventually(look, f"an item at {path}")


def _good(response: httpx.Response) -> Any:
    assert response.is_success, f"{response.request.method} {response.request.url}: {response.text}"
    return response.json() if response.content else None
