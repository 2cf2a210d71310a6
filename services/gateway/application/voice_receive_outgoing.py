"""What a provider tells of a customer who is called back: their telephone rings, they answer, or they do not.

Every report may come twice, late or out of order; those of an earlier call of the same callback change nothing.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Final

from services.gateway.application.messages import SendRefused, SendUnavailable
from services.gateway.application.voice_changes import change_call
from services.gateway.application.voice_ports import CallControl, Calls, ReportReaching
from services.gateway.application.voice_receive import Leg, NextStep, ReceiveCalls, step, stranger
from services.gateway.domain.callback import BUSY, FAILED, NO_ANSWER
from services.gateway.domain.voice_call import Call, Stage, told
from services.gateway.domain.voice_outgoing import answered, named, unanswered

#: Why a customer was not reached, by how their leg ended. One that was answered and ended before we were asked what it
#: should do has failed.
_REASONS: Final[Mapping[str, str]] = {"busy": BUSY, "no-answer": NO_ANSWER}


class ReceiveCustomers:
    """Every method raises StoreUnavailable; none raises for a call it does not know."""

    def __init__(
        self,
        *,
        calls: Calls,
        control: CallControl,
        receive: ReceiveCalls,
        report: ReportReaching,
        clock: Callable[[], datetime],
    ) -> None:
        self._calls = calls
        self._control = control
        self._receive = receive
        self._report = report
        self._clock = clock

    async def answered(self, leg: Leg, *, ring: int) -> NextStep:
        """The customer is on the line; one who was called off in this moment is not kept."""
        call = await self._change(leg, partial(answered, ring=ring, sid=leg.call_sid))
        if call is None or call.rings != ring or call.call_sid != leg.call_sid:
            return step(stranger(leg))
        if call.is_live:
            await self._report.reached(tenant=leg.tenant, contact_id=leg.contact_id, at=self._clock())
        return step(call)

    async def ringing(self, leg: Leg, *, ring: int) -> None:
        """The leg is under way, and its name known; one that was called off before is ended now."""
        call = await self._change(leg, partial(named, ring=ring, sid=leg.call_sid))
        if call is None or call.stage is not Stage.OVER or call.told or call.call_sid != leg.call_sid:
            return
        # The next report, or the customer's answer, ends it where this does not.
        with suppress(SendUnavailable, SendRefused):
            await self._control.hang_up(call)
            await self._change(leg, partial(told, stage=call.stage, offer_id=call.offer_id))

    async def ended(self, leg: Leg, *, ring: int, status: str) -> None:
        """The leg is gone. Routing is told first: what is stored of the call is looked at once more if that fails."""
        found = await self._calls.find(leg.tenant, leg.contact_id)
        call = found[0] if found else None
        if call is None or call.rings != ring or call.call_sid not in {"", leg.call_sid}:
            return
        if call.stage is not Stage.DIALLING:
            await self._receive.left(leg)
            return
        reason = _REASONS.get(status, FAILED)
        await self._report.not_reached(tenant=leg.tenant, contact_id=leg.contact_id, reason=reason, at=self._clock())
        await self._change(leg, partial(unanswered, ring=ring))

    async def _change(self, leg: Leg, transition: Callable[[Call], Call]) -> Call | None:
        changed = await change_call(self._calls, leg.tenant, leg.contact_id, transition, self._clock())
        return changed[1] if changed else None
