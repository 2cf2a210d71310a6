"""Routing's settings in MongoDB."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from services.routing.adapters.settings_store import StoredSettings
from services.routing.domain.organisation import KINDS, ConfiguredAgent, ConfiguredShift, Queue, Setting
from switchyard.eventing.clock import Clock
from switchyard.eventing.ports import Publisher
from switchyard.mongo.aggregates import MongoAggregates
from switchyard.mongo.client import Database
from switchyard.mongo.failures import translated


@dataclass(frozen=True, slots=True, kw_only=True)
class MongoSettings:
    """`prepare` runs before anything is stored; `sweeps` publish what a broker that was away has missed."""

    store: StoredSettings
    prepare: Callable[[], Awaitable[None]]
    sweeps: tuple[Callable[[asyncio.Event], Awaitable[None]], ...]


def mongo_settings(database: Database, publisher: Publisher, clock: Clock) -> MongoSettings:
    """Return the store over one database."""
    aggregates: dict[type[Setting], MongoAggregates] = {
        kind: MongoAggregates(
            database[f"settings_{name.replace('-', '_')}"], publisher, source_prefix=f"routing/{name}", clock=clock
        )
        for kind, name in KINDS.items()
    }

    async def prepare() -> None:
        for each in aggregates.values():
            await each.prepare()
        with translated():
            await aggregates[ConfiguredAgent].collection.create_index([("tenant", 1), ("body.queues", 1), ("id", 1)])
            await aggregates[ConfiguredAgent].collection.create_index([("tenant", 1), ("body.team", 1), ("id", 1)])
            await aggregates[ConfiguredShift].collection.create_index([("tenant", 1), ("body.agent", 1), ("id", 1)])
            await aggregates[Queue].collection.create_index([("tenant", 1), ("body.pool", 1), ("id", 1)])
            for calendar in ("business_hours", "holidays"):
                await aggregates[Queue].collection.create_index([("tenant", 1), (f"body.{calendar}", 1), ("id", 1)])

    async def tenants_of(kind: type[Setting]) -> list[str]:
        with translated():
            found: list[str] = await aggregates[kind].collection.distinct("tenant")
        return sorted(found)

    return MongoSettings(
        store=StoredSettings(aggregates, tenants_of),
        prepare=prepare,
        sweeps=tuple(each.outbox.run for each in aggregates.values()),
    )
