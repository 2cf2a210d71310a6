"""Finds calls whose end was never told: a status webhook may be lost, and a contact must not wait for ever."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from services.gateway.application.messages import SendRefused, SendUnavailable
from services.gateway.application.voice_ports import CallControl, CallGone, Calls
from services.gateway.application.voice_receive import ReceiveCalls
from services.gateway.domain.voice_call import Call
from switchyard.eventing.aggregates import StoreUnavailable

_log = structlog.get_logger()
#: A call nothing was heard of for so long is asked about, so often.
SILENT = timedelta(minutes=5)
PERIOD_SECONDS = 60.0
_MOST_AT_ONCE = 50


class FindLostCalls:
    def __init__(
        self, *, calls: Calls, control: CallControl, receive: ReceiveCalls, clock: Callable[[], datetime]
    ) -> None:
        self._calls = calls
        self._control = control
        self._receive = receive
        self._clock = clock

    async def run(self, stop: asyncio.Event) -> None:
        """Look around every minute until told to stop."""
        while not stop.is_set():
            try:
                await self.once()
            except StoreUnavailable:
                _log.warning("lost-calls-not-sought")
            try:
                await asyncio.wait_for(stop.wait(), PERIOD_SECONDS)
            except TimeoutError:
                continue

    async def once(self) -> int:
        """Return how many calls had ended unheard. Raises StoreUnavailable."""
        silent = await self._calls.unchanged_since(self._clock() - SILENT, _MOST_AT_ONCE)
        ended = [call for call in silent if not await self._is_up(call)]
        for call in ended:
            _log.info("lost-call-found", tenant=call.tenant, contact_id=call.contact_id)
            await self._receive.lost(call.tenant, call.call_sid)
        return len(ended)

    async def _is_up(self, call: Call) -> bool:
        try:
            return await self._control.is_up(call)
        except CallGone:
            return False
        except (SendUnavailable, SendRefused):
            return True
