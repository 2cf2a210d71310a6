"""The gateway's hand on calls: brings the agent of an accepted offer on the line, holds, and lets go."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial

from services.gateway.application.messages import SendRefused, SendUnavailable
from services.gateway.application.voice_changes import change_call
from services.gateway.application.voice_ports import CallControl, CallGone, Calls
from services.gateway.domain.voice_call import (
    Call,
    HangUp,
    Hold,
    Instruction,
    Stage,
    connected_to,
    hears_on_hold,
    held,
    hung_up,
    instruction,
    let_go,
    of_offer,
    over,
    parted,
    passed_on,
    told,
)
from switchyard.eventing.aggregates import StoreUnavailable


class VoiceCalls:
    """The VoiceProvider port over any CallControl. The intent is stored before the provider is told."""

    def __init__(
        self, calls: Calls, control: CallControl, clock: Callable[[], datetime], *, keeps_line: bool = True
    ) -> None:
        self._calls = calls
        self._control = control
        self._clock = clock
        self._keeps_line = keeps_line

    async def connect(
        self, *, tenant: str, contact_id: str, offer_id: str, agent_id: str, agent_address: str | None
    ) -> None:
        """Join the agent to the caller; the same offer again rings nobody twice.

        Raises SendRefused(customer-gone) where the caller has left, SendUnavailable.
        """
        to_agent = partial(connected_to, offer_id=offer_id, agent_id=agent_id, agent_address=agent_address or "")
        before, call = await self._change(tenant, contact_id, to_agent)
        if call.stage is not Stage.TALKING or call.offer_id != offer_id or call.told:
            return
        tried = (before.stage, before.offer_id) == (Stage.TALKING, offer_id)
        try:
            if not (tried and await self._control.rings_agent(call)):
                await self._control.instruct(call, instruction(call))
        except CallGone:
            await self._change(tenant, contact_id, over)
            raise SendRefused("customer-gone", "The caller has left.") from None
        await self._mark_told(call)

    async def hold(self, *, tenant: str, contact_id: str, offer_id: str) -> None:
        """Let the caller wait again. Raises SendUnavailable, SendRefused."""
        _, call = await self._change(tenant, contact_id, partial(of_offer, offer_id=offer_id, then=held))
        await self._call_off(call)
        if call.stage is Stage.WAITING and not call.told:
            await self._tell(call, instruction(call))

    async def release(self, *, tenant: str, contact_id: str) -> None:
        """End the talk: the agent's leg goes at once, the caller's when no question comes.

        Raises SendUnavailable, SendRefused.
        """
        _, call = await self._change(tenant, contact_id, parted)
        await self._call_off(call)
        if call.stage is Stage.PARTING and not call.told:
            await self._tell(call, instruction(call) if self._keeps_line else HangUp())

    async def announce(self, *, tenant: str, contact_id: str, entry: int, announcement: str) -> None:
        """Tell a waiting caller something, and let them wait on. Raises SendUnavailable, SendRefused."""
        _, call = await self._change(tenant, contact_id, partial(passed_on, entry=entry))
        if call.stage is not Stage.WAITING or call.announced != entry or call.told:
            return
        try:
            await self._control.instruct(call, Hold(greeting=announcement))
        except CallGone:
            await self._change(tenant, contact_id, partial(hears_on_hold, announcement=announcement))
        else:
            await self._mark_told(call)

    async def let_go(self, *, tenant: str, contact_id: str, last_step: str, announcement: str) -> bool:
        """Tell a waiting caller why nobody comes, or take their message; False where they have left already.

        Raises SendUnavailable, SendRefused.
        """
        to_last_step = partial(let_go, last_step=last_step, announcement=announcement)
        _, call = await self._change(tenant, contact_id, to_last_step)
        if call.stage not in {Stage.TELLING, Stage.RECORDING}:
            return call.is_live
        if not call.told:
            # A leg that has not come so far as to wait cannot be told: it asks when it waits, or is reported gone.
            with suppress(CallGone):
                await self._control.instruct(call, instruction(call))
                await self._mark_told(call)
        return True

    async def hang_up(self, *, tenant: str, contact_id: str, offer_id: str) -> None:
        """End the customer's leg, which may ring or talk. Raises SendUnavailable, SendRefused."""
        _, call = await self._change(tenant, contact_id, partial(of_offer, offer_id=offer_id, then=hung_up))
        await self._call_off(call)

    async def _call_off(self, call: Call) -> None:
        """A leg without a name yet is ended by who learns it."""
        if call.is_outgoing and call.stage is Stage.OVER and not call.told and call.call_sid:
            await self._control.hang_up(call)
            await self._mark_told(call)

    async def _tell(self, call: Call, what: Instruction) -> None:
        try:
            await self._control.instruct(call, what)
        except CallGone:
            await self._change(call.tenant, call.contact_id, over)
        else:
            await self._mark_told(call)

    async def _mark_told(self, call: Call) -> None:
        await self._change(call.tenant, call.contact_id, partial(told, stage=call.stage, offer_id=call.offer_id))

    async def _change(self, tenant: str, contact_id: str, transition: Callable[[Call], Call]) -> tuple[Call, Call]:
        try:
            changed = await change_call(self._calls, tenant, contact_id, transition, self._clock())
        except StoreUnavailable as error:
            raise SendUnavailable("calls") from error
        if changed is None:
            raise SendRefused("customer-gone", f"There is no call of {contact_id}.")
        return changed
