"""The stores that ticketing stands on, whatever holds them."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from services.ticketing.application.ports import TicketNumbers
from switchyard.eventing.aggregates import Aggregates


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    """`prepare` runs before anything is stored, `sweeps` publish what a broker that was away has missed."""

    tickets: Aggregates
    types: Aggregates
    numbers: TicketNumbers
    prepare: Callable[[], Awaitable[None]]
    sweeps: tuple[Callable[[asyncio.Event], Awaitable[None]], ...]
