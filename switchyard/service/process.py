"""One process from start to end: parts are started in order, watched, and ended in the reverse order."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass

import structlog

from switchyard.eventing.ports import BrokerUnavailable
from switchyard.kafka.dead_letters import KafkaDeadLetters
from switchyard.kafka.publisher import KafkaPublisher
from switchyard.mongo.client import Client, connect
from switchyard.service import telemetry
from switchyard.service.consuming import start_consumers
from switchyard.service.ending import Ending
from switchyard.service.health import Health
from switchyard.service.running import Resources, Service, SettingsT
from switchyard.service.serving import HttpServer, PortTaken, bind, make_server
from switchyard.service.supervision import PartDied, Supervisor

#: Consumers and background tasks get this long to finish what they hold; with the HTTP grace it stays under ten.
_FINISH_SECONDS = 2.5

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Door:
    """The HTTP server, and the port that was taken for it before anything else was started."""

    server: HttpServer
    listening: socket.socket


async def live(settings: SettingsT, build: Callable[[SettingsT, Resources], Service]) -> int:
    """Run until told to end; return the process's exit code."""
    ending = Ending()
    ending.listen()
    try:
        listening = bind(settings)
        async with _resources(settings) as (resources, dead_letters):
            service = build(settings, resources)
            door = _Door(make_server(service.app, settings), listening)
            await _run_service(service, resources, dead_letters, door, ending)
    except PortTaken as taken:
        _log.critical("port taken", reason=str(taken))
        return 1
    except PartDied as died:
        _log.critical("a part died, so the process ends", part=str(died), exc_info=died.__cause__)
        return 1
    except Exception:  # noqa: BLE001 -- the last word of a process that fails is a log line, not a bare trace
        _log.critical("could not run", exc_info=True)
        return 1
    _log.info("ended")
    return 0


async def _close(client: Client) -> None:
    """Motor says goodbye over the wire and waits for it: in a thread, and no longer than a moment."""
    with suppress(TimeoutError):
        await asyncio.wait_for(asyncio.to_thread(client.close), 2)


@asynccontextmanager
async def _resources(settings: SettingsT) -> AsyncIterator[tuple[Resources, KafkaDeadLetters]]:
    async with AsyncExitStack() as parts:
        traces = telemetry.setup(settings.service, settings)
        parts.callback(traces.shutdown)
        client = connect(settings.mongo)
        parts.push_async_callback(_close, client)
        publisher = KafkaPublisher(settings.kafka)
        parts.push_async_callback(publisher.stop)
        try:
            await publisher.start()
        except BrokerUnavailable as away:
            # What is written meanwhile waits in the outboxes.
            _log.warning("started without the broker", reason=str(away))
        resources = Resources(
            publisher=publisher,
            database=client[settings.database],
            kafka=settings.kafka,
            telemetry=traces,
            health=Health(),
        )
        yield resources, KafkaDeadLetters(publisher)


async def _run_service(
    service: Service,
    resources: Resources,
    dead_letters: KafkaDeadLetters,
    door: _Door,
    ending: Ending,
) -> None:
    supervisor = Supervisor()
    resources.health.require("database", lambda: _pings(resources))
    for step in service.on_start:
        await step()
    # Ends from the right: a request that waits for its event needs the consumers until it has answered.
    async with (
        _stopped(service),
        _working(service, resources, supervisor, dead_letters, ending),
        _serving(door, resources.health, supervisor),
    ):
        await supervisor.wait(ending.asked)


@asynccontextmanager
async def _stopped(service: Service) -> AsyncIterator[None]:
    try:
        yield
    finally:
        for step in service.on_stop:
            await step()


@asynccontextmanager
async def _working(
    service: Service,
    resources: Resources,
    supervisor: Supervisor,
    dead_letters: KafkaDeadLetters,
    ending: Ending,
) -> AsyncIterator[None]:
    try:
        await start_consumers(service, resources, supervisor, dead_letters, ending.asked)
        for work in service.background:
            supervisor.start(getattr(work, "__qualname__", type(work).__name__), work)
        yield
    finally:
        ending.start_clock()
        await supervisor.finish(_FINISH_SECONDS)


@asynccontextmanager
async def _serving(door: _Door, health: Health, supervisor: Supervisor) -> AsyncIterator[None]:
    serving = supervisor.watch("http", door.server.serve(sockets=[door.listening]))
    health.started = True
    _log.info("started", address="{}:{}".format(*door.listening.getsockname()[:2]))
    try:
        yield
    finally:
        health.draining.set()
        door.server.should_exit = True
        await asyncio.wait({serving})


async def _pings(resources: Resources) -> bool:
    await resources.database.command("ping")
    return True
