"""Simulations in memory: what tests use, held to the same contract as MongoDB's."""

from collections.abc import Sequence
from dataclasses import replace

from services.routing.application.simulations.ports import Simulation


class InMemorySimulations:
    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], Simulation] = {}

    async def save(self, simulation: Simulation) -> None:
        self._kept[simulation.tenant, simulation.id] = simulation

    async def find(self, tenant: str, id: str) -> Simulation | None:  # noqa: A002 - the field's own name
        return self._kept.get((tenant, id))

    async def page(self, tenant: str, *, limit: int, before: str | None) -> Sequence[Simulation]:
        mine = [
            each for (owner, id_), each in self._kept.items() if owner == tenant and (before is None or id_ < before)
        ]
        newest = sorted(mine, key=lambda each: each.id, reverse=True)
        return [replace(each, results=None) for each in newest[:limit]]
