"""Analytics as its process runs it, on a real broker and database, reached by HTTP."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx

from services.analytics.bootstrap import build
from services.analytics.settings import Settings
from switchyard.eventing.envelope import Message, Received
from switchyard.kafka.publisher import KafkaPublisher
from switchyard.kafka.settings import KafkaSettings
from switchyard.mongo.client import Database
from switchyard.service.health import Health
from switchyard.service.identity import HEADER, Principal, sign_internal
from switchyard.service.running import Resources, Service
from switchyard.service.telemetry import setup


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One running analytics, and a way to publish what it counts."""

    service: Service
    publisher: KafkaPublisher
    http: httpx.AsyncClient
    settings: Settings

    async def publish(self, events: Iterable[Received | Message]) -> None:
        await self.publisher.publish([each.message if isinstance(each, Received) else each for each in events])

    async def get(
        self, path: str, tenant: str, *, roles: Iterable[str] = ("supervisor",), **query: str
    ) -> httpx.Response:
        principal = Principal(tenant=tenant, subject="sue", roles=frozenset(roles), credential_id="key")
        token = sign_internal(principal, self.settings.internal_secret.get_secret_value(), datetime.now(UTC))
        return await self.http.get(path, params=query, headers={HEADER: token})

    async def items(self, path: str, tenant: str, **query: str) -> list[Mapping[str, Any]]:
        answer = await self.get(path, tenant, **query)
        assert answer.status_code == 200, answer.text
        found: list[Mapping[str, Any]] = answer.json()["items"]
        return found


@asynccontextmanager
async def running_analytics(kafka: KafkaSettings, database: Database, group: str) -> AsyncIterator[Desk]:
    """Run analytics until the block ends, then end it as its process would."""
    settings = Settings(analytics_group=group, instance="a")
    publisher = KafkaPublisher(kafka)
    await publisher.start()
    resources = Resources(
        publisher=publisher,
        database=database,
        kafka=kafka,
        telemetry=setup("analytics", settings),
        health=Health(),
    )
    service = build(settings, resources)
    for step in service.on_start:
        await step()
    stop = asyncio.Event()
    work = [asyncio.ensure_future(background(stop)) for background in service.background]
    transport = httpx.ASGITransport(app=service.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://analytics") as http:
        try:
            yield Desk(service=service, publisher=publisher, http=http, settings=settings)
        finally:
            stop.set()
            await asyncio.wait_for(asyncio.gather(*work), 30)
            await publisher.stop()
