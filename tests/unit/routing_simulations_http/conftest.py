"""The door of simulations over a store in memory and a player that the test controls, or the real one."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count

import httpx
import pytest

from services.routing.adapters.memory_simulations import InMemorySimulations
from services.routing.adapters.simulation_limits import SimulationLimits
from services.routing.application.simulations.desk import DeskLimits, SimulationDesk
from services.routing.application.simulations.ports import Plain, Player, SimulationJob
from services.routing.entrypoints.simulations_http import simulations_router
from switchyard.service import telemetry
from switchyard.service.health import Health
from switchyard.service.http import make_app
from switchyard.service.identity import HEADER, Principal, sign_internal
from switchyard.service.settings import ServiceSettings
from switchyard.testing.clock import FixedClock


class Settings(ServiceSettings):
    pass


@dataclass
class SlowPlayer:
    """Plays until it is let go, or fails as it is told."""

    go: asyncio.Event = field(default_factory=asyncio.Event)
    played: list[SimulationJob] = field(default_factory=list)
    fails: Exception | None = None
    ended: int = 0

    async def play(self, job: SimulationJob, progress: Callable[[float], None]) -> Plain:
        self.played.append(job)
        progress(0.25)
        try:
            await self.go.wait()
        finally:
            self.ended += 1
        if self.fails is not None:
            raise self.fails
        return {"name": job.name}


@dataclass
class Door:
    desk: SimulationDesk
    clock: FixedClock
    app: httpx.ASGITransport
    secret: str
    store: InMemorySimulations

    @asynccontextmanager
    async def client(self, tenant: str = "acme", *roles: str) -> AsyncIterator[httpx.AsyncClient]:
        who = Principal(tenant=tenant, subject="ann", roles=frozenset(roles or {"planner"}), credential_id="crd_1")
        token = sign_internal(who, self.secret, datetime.now(UTC))
        async with httpx.AsyncClient(transport=self.app, base_url="http://test", headers={HEADER: token}) as client:
            yield client


Open = Callable[..., Door]


def _patience(player: Player) -> float:
    """A start waits for a player that is let go already, however busy the machine; for another it need not wait."""
    return 60.0 if isinstance(player, SlowPlayer) and player.go.is_set() else 0.05


@pytest.fixture
def open_door() -> Open:
    """Make a door; `answer_seconds` is how long a POST waits for its results."""

    def make(player: Player, *, limits: SimulationLimits | None = None, desk: DeskLimits | None = None) -> Door:
        settings, clock, store, numbers = Settings(), FixedClock(), InMemorySimulations(), count(1)
        made = SimulationDesk(
            simulations=store,
            player=player,
            clock=clock,
            new_id=lambda: f"sim_{next(numbers):04d}",
            limits=desk or DeskLimits(answer_seconds=_patience(player), news_seconds=0.02),
        )
        frame = telemetry.setup("routing", settings)
        app = make_app(
            "routing", settings=settings, registry=frame.registry, health=Health(), tracer_provider=frame.provider
        )
        app.include_router(simulations_router(made, limits or SimulationLimits()))
        return Door(
            desk=made,
            clock=clock,
            app=httpx.ASGITransport(app=app),
            secret=settings.internal_secret.get_secret_value(),
            store=store,
        )

    return make
