"""Simulations as they stand at the REST door."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from services.routing.application.simulations.ports import Simulation, Stage
from switchyard.service.times import GivenTime

#: A pool's or another thing's id.
Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
MOST_REPLAYED = timedelta(days=2)
EXAMPLE: Mapping[str, Any] = {
    "scenario": {
        "name": "one more agent",
        "open_seconds": 3600,
        "queues": [
            {
                "id": "front",
                "target_seconds": 20,
                "arrivals": [{"rates_per_hour": [120]}],
                "handling": {"talk": {"distribution": "exponential", "mean_seconds": 180}, "wrap_up": 20},
                "patience": {"distribution": "exponential", "mean_seconds": 120},
            }
        ],
        "groups": [{"id": "desk", "queues": ["front"], "staff": [9]}],
    },
    "replications": 10,
    "seed": 1,
}


class ReplayRequest(BaseModel):
    """A recorded span of a pool, at most two days, and what is to be different: see docs/simulation.md."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    pool: Id = "default"
    from_: Annotated[GivenTime, Field(alias="from")]
    to: GivenTime
    changes: dict[str, Any] = {}

    @field_validator("to")
    @classmethod
    def _later(cls, to: datetime, info: ValidationInfo) -> datetime:
        begins = info.data.get("from_")
        if begins is not None and not timedelta(0) < to - begins <= MOST_REPLAYED:
            raise ValueError("must be later than `from`, by two days at most")
        return to


class SimulationRequest(BaseModel):
    """Either a scenario as docs/simulation.md describes it, or a recorded day to be replayed."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": dict(EXAMPLE)})

    scenario: dict[str, Any] | None = None
    replay: ReplayRequest | None = None
    seed: Annotated[int, Field(ge=0, le=2**53)] | None = None
    replications: Annotated[int, Field(ge=1, le=1_000)] | None = None

    @field_validator("replay")
    @classmethod
    def _not_both(cls, replay: ReplayRequest | None, info: ValidationInfo) -> ReplayRequest | None:
        if replay is not None and info.data.get("scenario") is not None:
            raise ValueError("must not be given beside a scenario")
        return replay


class FieldAtFault(BaseModel):
    pointer: str
    detail: str


class SimulationProblem(BaseModel):
    """Why there are no results, in the words of a problem."""

    code: str
    detail: str
    errors: list[FieldAtFault] = []


class SimulationBody(BaseModel):
    """`results` are there once `state` is `done`: figures of docs/figures.md with 95 % confidence intervals."""

    id: str
    name: str
    state: Stage
    progress: float
    created_at: datetime
    created_by: str
    results: dict[str, Any] | None = None
    problem: SimulationProblem | None = None

    @classmethod
    def shown(cls, simulation: Simulation) -> Self:
        failure = simulation.failure
        errors = [FieldAtFault(pointer=each.pointer, detail=each.detail) for each in failure.faults] if failure else []
        return cls(
            id=simulation.id,
            name=simulation.name,
            state=simulation.stage,
            progress=round(simulation.progress, 3),
            created_at=simulation.created_at,
            created_by=simulation.created_by,
            results=None if simulation.results is None else dict(simulation.results),
            problem=SimulationProblem(code=failure.code, detail=failure.detail, errors=errors) if failure else None,
        )
