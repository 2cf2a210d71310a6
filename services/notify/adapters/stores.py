"""The stores that notify stands on, whatever holds them."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from services.notify.application.ports import DueSurveys
from switchyard.eventing.aggregates import Aggregates


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    """`prepare` runs before anything is stored, `sweeps` publish what a broker that was away has missed."""

    templates: Aggregates
    template_versions: Aggregates
    settings: Aggregates
    surveys: Aggregates
    notices: Aggregates
    due: DueSurveys
    prepare: Callable[[], Awaitable[None]]
    sweeps: tuple[Callable[[asyncio.Event], Awaitable[None]], ...]
