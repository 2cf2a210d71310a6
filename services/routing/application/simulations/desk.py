"""Takes simulations in, plays them one after the other, and keeps what came of each.

Nobody can drown the service: so many wait at most, of which so many of one tenant; the rest is told to come again.
"""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from services.routing.application.simulations.ports import (
    Failure,
    Player,
    PlayFailed,
    Simulation,
    SimulationJob,
    Simulations,
)
from switchyard.eventing.aggregates import StoreUnavailable

log = structlog.get_logger(__name__)

LOST = Failure(code="simulation-lost", detail="The service that played it was stopped before the end; start it again.")

FAILED = Failure(code="simulation-failed", detail="The simulation met a fault of the service; its log says which.")


class SimulationsBusy(Exception):
    """As many simulations wait as may; nothing was started."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskLimits:
    """`answer_seconds` is how long a start waits for the end; after `lost_seconds` without news nobody is at it."""

    most_unfinished: int = 20
    most_of_a_tenant: int = 4
    answer_seconds: float = 3.0
    news_seconds: float = 1.0
    lost_seconds: float = 60.0


class SimulationDesk:
    def __init__(
        self,
        *,
        simulations: Simulations,
        player: Player,
        clock: Callable[[], datetime],
        new_id: Callable[[], str],
        limits: DeskLimits | None = None,
    ) -> None:
        self._simulations = simulations
        self._player = player
        self._clock = clock
        self._new_id = new_id
        self._limits = limits or DeskLimits()
        self._turn = asyncio.Semaphore(1)
        self._unfinished: dict[str, Simulation] = {}
        self._tasks: set[asyncio.Task[Simulation]] = set()

    async def start(self, tenant: str, subject: str, job: SimulationJob) -> Simulation:
        """Take a job in; gives it done where that takes no longer than a client likes to wait, else on its way.

        Raises SimulationsBusy, StoreUnavailable.
        """
        self._room_for(tenant)
        now = self._clock()
        simulation = Simulation(
            tenant=tenant, id=self._new_id(), name=job.name, created_by=subject, created_at=now, updated_at=now
        )
        self._unfinished[simulation.id] = simulation
        try:
            await self._simulations.save(simulation)
        except BaseException:
            del self._unfinished[simulation.id]
            raise
        task = asyncio.create_task(self._play(simulation, job))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        done, _ = await asyncio.wait({task}, timeout=self._limits.answer_seconds)
        return task.result() if done else self._unfinished.get(simulation.id, simulation)

    async def find(self, tenant: str, id: str) -> Simulation | None:  # noqa: A002 - the field's own name
        """Read one, whichever replica plays it. Raises StoreUnavailable."""
        found = await self._simulations.find(tenant, id)
        return None if found is None else self._or_lost(found)

    async def page(self, tenant: str, *, limit: int, before: str | None) -> list[Simulation]:
        """List the newest first, without results. Raises StoreUnavailable."""
        return [self._or_lost(found) for found in await self._simulations.page(tenant, limit=limit, before=before)]

    async def stop(self) -> None:
        """End what is being played; each is kept as lost where the store is still there."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _room_for(self, tenant: str) -> None:
        mine = sum(simulation.tenant == tenant for simulation in self._unfinished.values())
        if len(self._unfinished) >= self._limits.most_unfinished or mine >= self._limits.most_of_a_tenant:
            raise SimulationsBusy

    def _or_lost(self, found: Simulation) -> Simulation:
        silent = self._clock() - found.updated_at
        if found.over or silent < timedelta(seconds=self._limits.lost_seconds):
            return found
        return replace(found, stage="failed", failure=LOST)

    async def _play(self, simulation: Simulation, job: SimulationJob) -> Simulation:
        """Play it when its turn comes, and tell meanwhile how far it is; whatever happens, it ends."""
        news = asyncio.create_task(self._tell(simulation.id))
        try:
            async with self._turn:
                self._now(simulation.id, stage="running")
                results = await self._player.play(job, lambda share: self._now(simulation.id, progress=share))
            over = replace(simulation, stage="done", progress=1.0, results=results)
        except PlayFailed as failed:
            over = self._failed(simulation.id, failed.failure)
        except asyncio.CancelledError:
            over = self._failed(simulation.id, LOST)
        except Exception:
            log.exception("simulation-failed", simulation=simulation.id)
            over = self._failed(simulation.id, FAILED)
        finally:
            news.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await news
        return await self._conclude(over)

    def _failed(self, id: str, failure: Failure) -> Simulation:  # noqa: A002 - the field's own name
        return replace(self._unfinished[id], stage="failed", failure=failure)

    def _now(self, id: str, **changed: object) -> None:  # noqa: A002 - the field's own name
        self._unfinished[id] = replace(self._unfinished[id], **changed)  # type: ignore[arg-type]

    async def _tell(self, id: str) -> None:  # noqa: A002 - the field's own name
        """Save how far it is every now and then; a store that is away hears the next time."""
        while True:
            await asyncio.sleep(self._limits.news_seconds)
            with contextlib.suppress(StoreUnavailable):
                await self._simulations.save(replace(self._unfinished[id], updated_at=self._clock()))

    async def _conclude(self, over: Simulation) -> Simulation:
        over = replace(over, updated_at=self._clock())
        try:
            await self._simulations.save(over)
        except StoreUnavailable as error:
            log.warning("simulation-not-kept", simulation=over.id, error=str(error))
        finally:
            del self._unfinished[over.id]
        log.info("simulation-over", simulation=over.id, stage=over.stage)
        return over
