"""Time as an entry point: looks again and again for surveys whose time ran out."""

import asyncio
from contextlib import suppress

import structlog

from services.notify.adapters.telemetry import NotifyMetrics
from services.notify.application.expire_surveys import BATCH, expire_surveys
from services.notify.application.ports import Ports
from switchyard.eventing.aggregates import StoreUnavailable
from switchyard.service.health import Heartbeat

#: A survey that ends some seconds late harms nobody.
SWEEP_SECONDS = 5.0

_log = structlog.get_logger(__name__)


class ExpirySweep:
    """A background: every replica runs it, and a survey that two of them find is ended once."""

    def __init__(
        self, ports: Ports, metrics: NotifyMetrics, heartbeat: Heartbeat, every_seconds: float = SWEEP_SECONDS
    ) -> None:
        self._ports = ports
        self._metrics = metrics
        self._heartbeat = heartbeat
        self._every_seconds = every_seconds

    async def run(self, stop: asyncio.Event) -> None:
        """Sweep until told to stop; go on at once while batches come full."""
        while not stop.is_set():
            self._heartbeat.beat()
            if await self._sweep() < BATCH:
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), self._every_seconds)

    async def _sweep(self) -> int:
        try:
            ended = await expire_surveys(self._ports)
        except StoreUnavailable:
            self._metrics.sweep_failures.inc()
            _log.warning("the sweep for expired surveys was put off: the database is away")
            return 0
        if ended:
            _log.info("surveys expired", count=ended)
        return ended
