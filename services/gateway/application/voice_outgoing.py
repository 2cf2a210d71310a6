"""Calling customers: the intent is stored before the provider is told, so that nobody is rung twice."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from services.gateway.application.messages import SendRefused, SendUnavailable
from services.gateway.application.ports import OutgoingCall
from services.gateway.application.voice_changes import change_call
from services.gateway.application.voice_ports import CallControl, CallOut, Calls
from services.gateway.domain.voice_call import Call, Stage, told
from services.gateway.domain.voice_outgoing import dialling, placed, unanswered
from switchyard.eventing.aggregates import StoreUnavailable


class RingCustomers:
    """The CallCustomers port over any CallOut."""

    def __init__(self, calls: Calls, out: CallOut, control: CallControl, clock: Callable[[], datetime]) -> None:
        self._calls = calls
        self._out = out
        self._control = control
        self._clock = clock

    async def __call__(self, outgoing: OutgoingCall) -> bool:
        """Raises SendRefused, SendUnavailable."""
        try:
            call = await self._intended(outgoing)
            if call.is_live and call.stage is not Stage.DIALLING:
                return False
            if call.stage is Stage.DIALLING and call.offer_id == outgoing.offer_id and not call.told:
                await self._ring(call)
        except StoreUnavailable as error:
            raise SendUnavailable("calls") from error
        return True

    async def _intended(self, outgoing: OutgoingCall) -> Call:
        to_ring = partial(
            dialling,
            offer_id=outgoing.offer_id,
            agent_id=outgoing.agent_id,
            caller=outgoing.customer,
            called=outgoing.called_from,
        )
        first = to_ring(_before(outgoing))
        if await self._calls.add(first, self._clock()):
            return first
        return await self._change(first, to_ring)

    async def _ring(self, call: Call) -> None:
        try:
            sid = await self._out.ring(call)
        except SendRefused:
            await self._change(call, partial(unanswered, ring=call.rings))
            raise
        after = await self._change(call, partial(placed, ring=call.rings, sid=sid))
        if after.stage is Stage.OVER and not after.told and after.call_sid == sid:
            # Called off while the order was under way.
            await self._control.hang_up(after)
            await self._change(after, partial(told, stage=after.stage, offer_id=after.offer_id))

    async def _change(self, call: Call, transition: Callable[[Call], Call]) -> Call:
        changed = await change_call(self._calls, call.tenant, call.contact_id, transition, self._clock())
        if changed is None:
            raise StoreUnavailable(f"The call of {call.contact_id} vanished.")
        return changed[1]


def _before(outgoing: OutgoingCall) -> Call:
    """The customer has not been called yet."""
    return Call(
        tenant=outgoing.tenant,
        contact_id=outgoing.contact_id,
        call_sid="",
        caller=outgoing.customer,
        called=outgoing.called_from,
        greeting=outgoing.greeting,
        stage=Stage.OVER,
    )
