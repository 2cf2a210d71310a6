"""Lets a supervisor follow a call: moves its two legs into a room when first asked, and brings the supervisor in."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from services.gateway.application.messages import SendRefused, SendUnavailable
from services.gateway.application.monitor_contact import AGENT_GONE
from services.gateway.application.voice_changes import change_call
from services.gateway.application.voice_ports import CallGone, Calls, RoomControl
from services.gateway.domain.voice_call import Call, Stage, moving_to_room, not_in_room
from switchyard.eventing.aggregates import StoreUnavailable


class MonitorCalls:
    """The VoiceMonitor port over any RoomControl. Repeating a command is harmless."""

    def __init__(self, calls: Calls, rooms: RoomControl, clock: Callable[[], datetime]) -> None:
        self._calls = calls
        self._rooms = rooms
        self._clock = clock

    async def follow(self, *, tenant: str, contact_id: str, supervisor_id: str, mode: str) -> None:
        """Bring the supervisor in, or change how they are heard.

        Raises SendRefused(agent-not-on-line) where agent and caller do not talk, SendRefused(agent-gone) where the
        agent hung up in the moment of the move and the caller is alone in the room now, SendUnavailable.
        """
        call = await self._talking(tenant, contact_id)
        try:
            call = call if call.room_leg else await self._moved(call)
            if not await self._rooms.change_mode(call, supervisor_id, mode):
                await self._rooms.ring_in(call, supervisor_id, mode)
        except CallGone:
            raise _not_on_line(contact_id) from None

    async def leave(self, *, tenant: str, contact_id: str, supervisor_id: str) -> None:
        """Let the supervisor go; caller and agent stay in their room. Raises SendUnavailable, SendRefused."""
        call = await self._find(tenant, contact_id)
        if call is None or not call.room_leg:
            return
        try:
            await self._rooms.let_go(call, supervisor_id)
        except CallGone:
            return

    async def _moved(self, call: Call) -> Call:
        """Store the intent first: the provider tells that the agent's leg is gone before it answers us."""
        leg = await self._rooms.agent_leg(call)
        if not leg:
            raise CallGone
        moving = await self._change(call, partial(moving_to_room, offer_id=call.offer_id, leg=leg))
        try:
            await self._rooms.move_agent(moving, moving.room_leg)
        except CallGone:
            await self._not_moved(call, leg)
            raise
        return moving

    async def _not_moved(self, call: Call, leg: str) -> None:
        """The leg had ended before it could be moved; the provider's report of that was taken for the move."""
        before, _ = await self._changed(call, partial(not_in_room, leg=leg))
        if before.in_room:
            raise SendRefused(AGENT_GONE, f"The agent has left the call of {call.contact_id}.")

    async def _talking(self, tenant: str, contact_id: str) -> Call:
        call = await self._find(tenant, contact_id)
        if call is None or call.stage is not Stage.TALKING or not call.told:
            raise _not_on_line(contact_id)
        return call

    async def _find(self, tenant: str, contact_id: str) -> Call | None:
        try:
            found = await self._calls.find(tenant, contact_id)
        except StoreUnavailable as error:
            raise SendUnavailable("calls") from error
        return found[0] if found else None

    async def _change(self, call: Call, transition: Callable[[Call], Call]) -> Call:
        return (await self._changed(call, transition))[1]

    async def _changed(self, call: Call, transition: Callable[[Call], Call]) -> tuple[Call, Call]:
        try:
            changed = await change_call(self._calls, call.tenant, call.contact_id, transition, self._clock())
        except StoreUnavailable as error:
            raise SendUnavailable("calls") from error
        if changed is None or changed[1].offer_id != call.offer_id:
            raise CallGone
        return changed


def _not_on_line(contact_id: str) -> SendRefused:
    return SendRefused("agent-not-on-line", f"Nobody talks on the call of {contact_id}.")
