"""The life of a service's process: start in order, crash when a part dies, end within ten seconds when told to."""

import asyncio
import gc
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

import structlog
import uvloop
from fastapi import FastAPI
from opentelemetry.trace import Tracer
from prometheus_client import CollectorRegistry

from switchyard.eventing.ports import Publisher, Subscription, Tail
from switchyard.kafka.settings import KafkaSettings
from switchyard.mongo.client import Database
from switchyard.service import logs
from switchyard.service.health import Health
from switchyard.service.parenthood import die_with_parent
from switchyard.service.settings import ServiceSettings
from switchyard.service.telemetry import Telemetry

SettingsT = TypeVar("SettingsT", bound=ServiceSettings)

#: Motor works in threads: a reply of the database that has come waits for the interpreter for at most so long, where
#: the loop is at work just then. The default of 5 ms, met twice, was most of a durable offer's slowest hundredth.
_THREAD_TURN_SECONDS = 0.0005

#: Runs until the event is set. Returning or raising before that ends the process.
Background = Callable[[asyncio.Event], Awaitable[None]]
Step = Callable[[], Awaitable[None]]

_log = structlog.get_logger(__name__)


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resources:
    """What the process gives to `build`; tests give their own."""

    publisher: Publisher
    database: Database
    kafka: KafkaSettings
    telemetry: Telemetry
    health: Health
    clock: Callable[[], datetime] = utc_now

    @property
    def registry(self) -> CollectorRegistry:
        return self.telemetry.registry

    @property
    def tracer(self) -> Tracer:
        return self.telemetry.tracer


@dataclass(slots=True, kw_only=True)
class Service:
    """A service put together: what it serves, reads and does in the background.

    `on_start` runs in order before anything is consumed or served, `on_stop` when both have ended. `reads` names the
    topics that a background task reads by a consumer of its own.
    """

    name: str
    app: FastAPI
    subscriptions: Sequence[Subscription] = ()
    tails: Sequence[Tail] = ()
    reads: Sequence[str] = ()
    background: Sequence[Background] = ()
    on_start: Sequence[Step] = ()
    on_stop: Sequence[Step] = ()


def run(settings_type: type[SettingsT], build: Callable[[SettingsT, Resources], Service]) -> None:
    """Run a service as this process until it is told to end; exits 0 then, and 1 when a part of it died."""
    from switchyard.service.process import live  # noqa: PLC0415 -- a process is made of what this module declares

    settings = settings_type()
    die_with_parent(settings.parent_pid)
    logs.configure(settings.service, settings.log_level)
    # What start-up made lives for ever: keep the collector from walking it again and again.
    gc.collect()
    gc.freeze()
    sys.setswitchinterval(_THREAD_TURN_SECONDS)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        sys.exit(runner.run(live(settings, build)))
