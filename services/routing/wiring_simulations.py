"""The simulations side of routing, joined: routes, the store, and the child processes that play."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from uuid_utils import uuid7

from services.routing.adapters.mongo_simulations import MongoSimulations
from services.routing.adapters.simulation_limits import SimulationLimits
from services.routing.adapters.simulation_player import ChildPlayer, JournalPlace
from services.routing.application.simulations.desk import DeskLimits, SimulationDesk
from services.routing.application.simulations.ports import Player, Simulations
from services.routing.entrypoints.simulations_http import simulations_router
from services.routing.settings import Settings
from switchyard.service.running import Resources

#: Bytes of a scenario: reading one takes some tens of milliseconds beside the routing loop.
MOST_BODY_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulationParts:
    router: APIRouter
    on_start: Sequence[Callable[[], Awaitable[None]]]
    on_stop: Sequence[Callable[[], Awaitable[None]]]


def wire_simulations(settings: Settings, resources: Resources) -> SimulationParts:
    """Join the simulations over what the process gives."""
    store, limits = MongoSimulations(resources.database), SimulationLimits()
    player = ChildPlayer(limits, JournalPlace(uri=settings.mongodb_uri, database=settings.database))
    desk = make_desk(resources, store, player)
    return SimulationParts(router=simulations_router(desk, limits), on_start=(store.prepare,), on_stop=(desk.stop,))


def make_desk(
    resources: Resources, simulations: Simulations, player: Player, limits: DeskLimits | None = None
) -> SimulationDesk:
    """Make the desk over any store and player."""
    return SimulationDesk(
        simulations=simulations,
        player=player,
        clock=resources.clock,
        new_id=lambda: f"sim_{uuid7().hex}",
        limits=limits,
    )
