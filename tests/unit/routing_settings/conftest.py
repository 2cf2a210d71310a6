"""Routing's settings on stores and a broker in memory."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
import pytest

from services.routing.adapters.cel_expressions import CelExpressions
from services.routing.adapters.public_holidays import LibraryHolidays
from services.routing.adapters.settings_store import StoredSettings
from services.routing.application.settings.errors import PoolMoving
from services.routing.application.settings.ports import Ports
from services.routing.domain.organisation import KINDS, Setting
from services.routing.entrypoints.settings_http import problems
from services.routing.entrypoints.settings_http.routes import settings_routers
from switchyard.service import telemetry
from switchyard.service.health import Health
from switchyard.service.http import make_app
from switchyard.service.identity import HEADER, Principal, sign_internal
from switchyard.service.settings import ServiceSettings
from switchyard.testing.clock import FixedClock
from switchyard.testing.memory_aggregates import InMemoryAggregates
from switchyard.testing.memory_bus import InMemoryBus


class Settings(ServiceSettings):
    pass


class Engines:
    """How many are in each queue, as the engines would tell; `moving` are pools whose engine cannot be asked."""

    def __init__(self) -> None:
        self.contacts: dict[tuple[str, str], int] = {}
        self.moving: set[str] = set()

    async def contacts_in(self, tenant: str, pool: str, queue_id: str) -> int:
        assert tenant == "acme"
        if pool in self.moving:
            raise PoolMoving(pool)
        return self.contacts.get((pool, queue_id), 0)


@dataclass
class SettingsBench:
    ports: Ports
    bus: InMemoryBus
    engines: Engines
    app: httpx.ASGITransport
    secret: str

    def token(self, tenant: str, *roles: str) -> dict[str, str]:
        """The header by which the door knows who asks."""
        principal = Principal(tenant=tenant, subject="ann", roles=frozenset(roles or {"admin"}), credential_id="crd_1")
        return {HEADER: sign_internal(principal, self.secret, datetime.now(UTC))}

    @asynccontextmanager
    async def client(self, tenant: str = "acme", *roles: str) -> AsyncIterator[httpx.AsyncClient]:
        headers = self.token(tenant, *roles)
        async with httpx.AsyncClient(transport=self.app, base_url="http://test", headers=headers) as client:
            yield client


@pytest.fixture
def bench() -> SettingsBench:
    settings, bus, clock = Settings(), InMemoryBus(), FixedClock()
    aggregates: dict[type[Setting], InMemoryAggregates] = {
        kind: InMemoryAggregates(bus, source_prefix=f"routing/{name}", clock=clock) for kind, name in KINDS.items()
    }

    async def tenants_of(_kind: type[Setting]) -> list[str]:
        return ["acme"]

    engines = Engines()
    ports = Ports(
        store=StoredSettings(aggregates, tenants_of),
        expressions=CelExpressions(),
        clock=clock,
        public_holidays=LibraryHolidays(),
        live=engines,
    )
    frame = telemetry.setup("routing", settings)
    app = make_app(
        "routing", settings=settings, registry=frame.registry, health=Health(), tracer_provider=frame.provider
    )
    for router in settings_routers(ports):
        app.include_router(router)
    problems.add_handlers(app)
    return SettingsBench(
        ports=ports,
        bus=bus,
        engines=engines,
        app=httpx.ASGITransport(app=app),
        secret=settings.internal_secret.get_secret_value(),
    )
