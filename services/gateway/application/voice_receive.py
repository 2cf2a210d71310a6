"""What a provider tells of calls: one arrived, the caller left, the agent's leg ended, a digit was pressed.

Every one of them may come twice, late or out of order; each answers with what the caller's leg should do now.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from services.gateway.application.open_contact import NewContact
from services.gateway.application.receive_mail import FindEntryPoint
from services.gateway.application.voice_changes import change_call
from services.gateway.application.voice_ports import AnswerDelivery, Calls, EndContact, FinishVoicemail, OpenContact
from services.gateway.domain.entry_point import EntryPoint
from services.gateway.domain.errors import NotThere, StateConflict
from services.gateway.domain.identifiers import contact_of_message
from services.gateway.domain.voice_call import (
    Ask,
    Call,
    HangUp,
    Hold,
    Instruction,
    Recording,
    Stage,
    agent_left,
    instruction,
    over,
    patience_ended,
    settled,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingCall:
    tenant: str
    call_sid: str
    caller: str
    called: str
    at: datetime


def contact_of_call(tenant: str, call_sid: str) -> str:
    """A call's contact follows from its id, so that a repeated webhook finds the first's."""
    return contact_of_message(tenant, "voice", call_sid)


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """What this call's leg should do now."""

    call: Call
    instruction: Instruction


class ReceiveCalls:
    """Every method raises StoreUnavailable; none raises for a call it does not know."""

    def __init__(
        self,
        *,
        calls: Calls,
        entry_points: FindEntryPoint,
        open_contact: OpenContact,
        end_contact: EndContact,
        answer: AnswerDelivery,
        finish: FinishVoicemail,
        clock: Callable[[], datetime],
    ) -> None:
        self._calls = calls
        self._entry_points = entry_points
        self._open_contact = open_contact
        self._end_contact = end_contact
        self._answer = answer
        self._finish = finish
        self._clock = clock

    async def arrived(self, incoming: IncomingCall) -> NextStep:
        """Open the contact and greet; raises NotThere(entry-point-unknown) where the number leads nowhere."""
        contact_id = contact_of_call(incoming.tenant, incoming.call_sid)
        entry_point = await self._entry_points.find(incoming.tenant, "voice", incoming.called)
        if entry_point is None:
            raise NotThere("entry-point-unknown", "No entry point takes calls to this number.")
        call = _new_call(incoming, contact_id, entry_point.greeting)
        added = await self._calls.add(call, incoming.at)
        known = None if added else await self._calls.find(incoming.tenant, contact_id)
        if known is not None and known[0].stage is not Stage.WAITING:
            # The caller had left before this came, or it is a repeat of what was answered long ago.
            return _step(known[0])
        await self._open_contact(_new_contact(call, incoming, entry_point))
        return NextStep(call=call, instruction=Hold(greeting=entry_point.greeting))

    async def left(self, tenant: str, call_sid: str) -> None:
        """The caller's leg is gone."""
        contact_id = contact_of_call(tenant, call_sid)
        changed = await change_call(self._calls, tenant, contact_id, over, self._clock())
        if changed is None:
            await self._remember_gone(tenant, call_sid)
        elif changed[1].stage is not Stage.AWAITED:
            # Whatever the stage: an earlier report may have been stored and its request to end lost. Twice is harmless.
            await self._end(changed[0], "customer")

    async def lost(self, tenant: str, call_sid: str) -> None:
        """The caller's leg has been gone for long, and so is what might have been told of it."""
        if (await self.call(tenant, call_sid)).stage in {Stage.RECORDING, Stage.AWAITED}:
            await self.recorded(tenant, call_sid, None)
        else:
            await self.left(tenant, call_sid)

    async def recorded(self, tenant: str, call_sid: str, recording: Recording | None) -> NextStep:
        """The caller left a message, or none; told by the leg and by the recording, the first counts."""
        contact_id = contact_of_call(tenant, call_sid)
        await self._finish(tenant=tenant, contact_id=contact_id, recording=recording, at=self._clock())
        changed = await change_call(self._calls, tenant, contact_id, settled, self._clock())
        return NextStep(call=changed[1] if changed else _stranger(tenant, call_sid), instruction=HangUp())

    async def agent_left(
        self, tenant: str, call_sid: str, offer_id: str, *, answered: bool, from_room: bool = False
    ) -> NextStep:
        """The agent's leg ended while the caller's is up: they hung up, never answered, or went into a room."""
        transition = partial(agent_left, offer_id=offer_id, answered=answered, from_room=from_room)
        contact_id = contact_of_call(tenant, call_sid)
        changed = await change_call(self._calls, tenant, contact_id, transition, self._clock())
        if changed is None:
            return _step(_stranger(tenant, call_sid))
        before, after = changed
        if after.stage is Stage.PARTING and offer_id == after.offer_id:
            await self._end(before, "agent" if answered else "system")
        return _step(after)

    async def call(self, tenant: str, call_sid: str) -> Call:
        """The call as it is; one that is over where it is unknown."""
        found = await self._calls.find(tenant, contact_of_call(tenant, call_sid))
        return found[0] if found else _stranger(tenant, call_sid)

    async def now(self, tenant: str, call_sid: str) -> NextStep:
        """The leg has done what it was told, and asks what comes next."""
        return _step(await self.call(tenant, call_sid))

    async def patience_ended(self, tenant: str, call_sid: str) -> NextStep:
        """The caller was kept long enough; a question that has come meanwhile is still put."""
        contact_id = contact_of_call(tenant, call_sid)
        changed = await change_call(self._calls, tenant, contact_id, patience_ended, self._clock())
        return _step(changed[1] if changed else _stranger(tenant, call_sid))

    async def pressed(self, tenant: str, call_sid: str, delivery_id: str, digits: str) -> NextStep:
        """A digit answers the question; one off the scale is asked for again."""
        call = await self.call(tenant, call_sid)
        question = call.question
        if question is None or question.delivery_id != delivery_id or not digits:
            return NextStep(call=call, instruction=HangUp())
        if not digits.isdecimal() or not 1 <= int(digits) <= question.scale_max:
            return NextStep(call=call, instruction=Ask(question=question))
        await self._record(tenant, call_sid, delivery_id, int(digits))
        return NextStep(call=call, instruction=HangUp(thanks=True))

    async def _record(self, tenant: str, call_sid: str, delivery_id: str, rating: int) -> None:
        message_id = f"{call_sid}/{delivery_id}"
        try:
            await self._answer(
                tenant=tenant, delivery_id=delivery_id, rating=rating, at=self._clock(), message_id=message_id
            )
        except (NotThere, StateConflict):
            return  # too late, or answered another way: the caller need not know

    async def _end(self, call: Call, ended_by: str) -> None:
        try:
            await self._end_contact(
                tenant=call.tenant,
                contact_id=call.contact_id,
                ended_by=ended_by,
                at=self._clock(),
                agent_id=call.agent_id if ended_by == "agent" else "",
            )
        except (NotThere, StateConflict):
            return  # never opened, or ended already

    async def _remember_gone(self, tenant: str, call_sid: str) -> None:
        """A caller who left before their arrival was told: the arrival, when it comes, opens nothing."""
        if not await self._calls.add(_stranger(tenant, call_sid), self._clock()):
            await self.left(tenant, call_sid)


def _step(call: Call) -> NextStep:
    return NextStep(call=call, instruction=instruction(call))


def _stranger(tenant: str, call_sid: str) -> Call:
    """A call we know nothing of but that it is over."""
    return Call(
        tenant=tenant,
        contact_id=contact_of_call(tenant, call_sid),
        call_sid=call_sid,
        caller="",
        called="",
        greeting="",
        stage=Stage.OVER,
    )


def _new_call(incoming: IncomingCall, contact_id: str, greeting: str) -> Call:
    return Call(
        tenant=incoming.tenant,
        contact_id=contact_id,
        call_sid=incoming.call_sid,
        caller=incoming.caller,
        called=incoming.called,
        greeting=greeting,
    )


def _new_contact(call: Call, incoming: IncomingCall, entry_point: EntryPoint) -> NewContact:
    return NewContact(
        tenant=call.tenant,
        contact_id=call.contact_id,
        channel="voice",
        customer_address=call.caller,
        entry_address=call.called,
        entry_point=entry_point,
        provider_ref=call.call_sid,
        client_id=call.call_sid,
        at=incoming.at,
    )
