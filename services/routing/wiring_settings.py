"""The settings side of routing, joined: routes, sweeps, announcing again, moves between pools."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial

import structlog
from fastapi import APIRouter

from services.routing.adapters.cel_expressions import CelExpressions
from services.routing.adapters.mongo_floor_book import MongoFloorBook
from services.routing.adapters.mongo_settings import MongoSettings, mongo_settings
from services.routing.adapters.public_holidays import LibraryHolidays
from services.routing.application.settings.announce_again import announce_again
from services.routing.application.settings.ports import LiveQueues, Ports
from services.routing.application.settings.reading import has_setting
from services.routing.domain.organisation import Queue
from services.routing.entrypoints.agent_moves import AgentMoves
from services.routing.entrypoints.floor_consumer import FloorNotes
from services.routing.entrypoints.floor_http import floor_router
from services.routing.entrypoints.settings_http.routes import settings_routers
from switchyard.eventing.aggregates import StoreUnavailable
from switchyard.eventing.ports import Subscription
from switchyard.service.running import Background, Resources

ANNOUNCE_SECONDS = 3_600.0
#: After a failed round; the database is away then, and the round costs little.
AGAIN_SECONDS = 5.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsParts:
    routers: Sequence[APIRouter]
    subscriptions: Sequence[Subscription]
    background: Sequence[Background]
    on_start: Sequence[Callable[[], Awaitable[None]]]
    has_queue: Callable[[str, str], Awaitable[bool]]


def wire_settings(resources: Resources, live: LiveQueues, stores: MongoSettings | None = None) -> SettingsParts:
    """Join the settings over what the process gives; the store is MongoDB's unless another is given."""
    stores = stores or mongo_settings(resources.database, resources.publisher, resources.clock)
    book = MongoFloorBook(resources.database)
    ports = Ports(
        store=stores.store,
        expressions=CelExpressions(),
        clock=resources.clock,
        public_holidays=LibraryHolidays(),
        live=live,
    )
    return SettingsParts(
        routers=(*settings_routers(ports), floor_router(book)),
        subscriptions=(AgentMoves(ports).subscription(), FloorNotes(book).subscription()),
        background=(*stores.sweeps, _announcing(ports)),
        on_start=(stores.prepare, book.prepare),
        has_queue=partial(has_setting, stores.store, Queue),
    )


def _announcing(ports: Ports) -> Background:
    async def announce_at_start_and_hourly(stop: asyncio.Event) -> None:
        while not stop.is_set():
            pause = ANNOUNCE_SECONDS
            try:
                log.info("settings-announced", count=await announce_again(ports))
            except StoreUnavailable as error:
                log.warning("settings-not-announced", error=str(error))
                pause = AGAIN_SECONDS
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), pause)

    return announce_at_start_and_hourly
