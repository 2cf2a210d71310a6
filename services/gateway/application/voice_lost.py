"""Finds calls whose end was never told: a status webhook may be lost, and a contact must not wait for ever."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from services.gateway.application.messages import SendRefused, SendUnavailable
from services.gateway.application.voice_ports import CallControl, CallGone, Calls
from services.gateway.application.voice_receive import Leg, ReceiveCalls, leg_of
from services.gateway.application.voice_receive_outgoing import ReceiveCustomers
from services.gateway.domain.voice_call import Call, Stage
from switchyard.eventing.aggregates import StoreUnavailable

_log = structlog.get_logger()
#: A call nothing was heard of for so long is asked about.
SILENT = timedelta(minutes=5)
#: No telephone rings for so long, whatever the setting.
RUNG_OUT = timedelta(seconds=90)
PERIOD_SECONDS = 30.0
_MOST_AT_ONCE = 50


class FindLostCalls:
    def __init__(
        self,
        *,
        calls: Calls,
        control: CallControl,
        receive: ReceiveCalls,
        customers: ReceiveCustomers,
        clock: Callable[[], datetime],
    ) -> None:
        self._calls = calls
        self._control = control
        self._receive = receive
        self._customers = customers
        self._clock = clock

    async def run(self, stop: asyncio.Event) -> None:
        """Look around every half minute until told to stop."""
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
        return await self._lost_talks() + await self._lost_rings()

    async def _lost_talks(self) -> int:
        silent = await self._calls.unchanged_since(self._clock() - SILENT, _MOST_AT_ONCE)
        ended = [call for call in silent if call.stage is not Stage.DIALLING and await self._end_of(call)]
        for call in ended:
            _log.info("lost-call-found", tenant=call.tenant, contact_id=call.contact_id)
            await self._receive.lost(_leg(call))
        return len(ended)

    async def _lost_rings(self) -> int:
        """An agent waits for each of these: a telephone does not ring for as long."""
        moment = self._clock() - RUNG_OUT
        ringing = await self._calls.unchanged_since(moment, _MOST_AT_ONCE, stage=Stage.DIALLING)
        ended = [(call, end) for call in ringing if (end := await self._end_of(call))]
        for call, end in ended:
            _log.info("lost-ring-found", tenant=call.tenant, contact_id=call.contact_id)
            await self._customers.ended(_leg(call), ring=call.rings, status=end)
        return len(ended)

    async def _end_of(self, call: Call) -> str:
        """How the leg ended; empty while it is up, and where nobody can say."""
        if not call.call_sid:
            return "failed"  # the provider never took the order
        try:
            return await self._control.ended_as(call) or ""
        except CallGone:
            return "failed"
        except (SendUnavailable, SendRefused):
            return ""


def _leg(call: Call) -> Leg:
    return leg_of(call.tenant, call.call_sid, call.contact_id)
