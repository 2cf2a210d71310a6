"""What simulations at the door need: a place to keep them, and somebody to play them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol, TypeAlias

from services.routing.simulation.reader import Fault

#: Plain data as JSON has it; `Any` because results are a document for people and files, not for code.
Plain: TypeAlias = Mapping[str, Any]
Stage: TypeAlias = Literal["waiting", "running", "done", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a simulation has no results; `faults` where the request was at fault."""

    code: str
    detail: str
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """`progress` is the share done; `updated_at` moves on every few seconds while somebody is at it."""

    tenant: str
    id: str
    name: str
    created_by: str
    created_at: datetime
    updated_at: datetime
    stage: Stage = "waiting"
    progress: float = 0.0
    results: Plain | None = None
    failure: Failure | None = None

    @property
    def over(self) -> bool:
        return self.stage in {"done", "failed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayJob:
    """A recorded span of a pool, in milliseconds since the epoch, and what is to be different."""

    tenant: str
    pool: str
    since: int
    until: int
    changes: Plain


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulationJob:
    """A scenario as it was written, or a replay."""

    name: str
    scenario: Plain | None = None
    replay: ReplayJob | None = None
    seed: int | None = None
    replications: int | None = None


class PlayFailed(Exception):
    """The simulation came to no result."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.detail)
        self.failure = failure


class Player(Protocol):
    async def play(self, job: SimulationJob, progress: Callable[[float], None]) -> Plain:
        """Play a job somewhere else than in this process; cancelling ends it there. Raises PlayFailed."""


class Simulations(Protocol):
    async def save(self, simulation: Simulation) -> None:
        """Keep a simulation as it is now. Raises StoreUnavailable."""

    async def find(self, tenant: str, id: str) -> Simulation | None:  # noqa: A002 - the field's own name
        """Read one. Raises StoreUnavailable."""

    async def page(self, tenant: str, *, limit: int, before: str | None) -> Sequence[Simulation]:
        """List the newest first, without results, from below an id. Raises StoreUnavailable."""
