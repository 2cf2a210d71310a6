"""The stores that quality stands on, whatever holds them."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from switchyard.eventing.aggregates import Aggregates


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    """`prepare` runs before anything is stored, `sweeps` publish what a broker that was away has missed."""

    scorecards: Aggregates
    scorecard_versions: Aggregates
    evaluations: Aggregates
    prepare: Callable[[], Awaitable[None]]
    sweeps: tuple[Callable[[asyncio.Event], Awaitable[None]], ...]
