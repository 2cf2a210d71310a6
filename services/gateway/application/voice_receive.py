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
class Leg:
    """The leg that a report is about. Who was called back is known by their contact, who called us by the leg."""

    tenant: str
    call_sid: str
    contact_id: str

    @property
    def is_incoming(self) -> bool:
        return self.contact_id == contact_of_call(self.tenant, self.call_sid)


def leg_of(tenant: str, call_sid: str, contact_id: str = "") -> Leg:
    """Name a leg; without a contact it is one that came in."""
    return Leg(tenant=tenant, call_sid=call_sid, contact_id=contact_id or contact_of_call(tenant, call_sid))


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
            return step(known[0])
        await self._open_contact(_new_contact(call, incoming, entry_point))
        return NextStep(call=call, instruction=Hold(greeting=entry_point.greeting))

    async def left(self, leg: Leg) -> None:
        """The caller's leg is gone."""
        call = await self.call(leg)
        if call.is_outgoing:
            await self._customer_left(leg, call)
            return
        changed = await self._change(leg, over)
        if changed is None:
            await self._remember_gone(leg)
        elif changed[1].stage is not Stage.AWAITED:
            # Whatever the stage: an earlier report may have been stored and its request to end lost. Twice is harmless.
            await self._end(changed[0], "customer")

    async def _customer_left(self, leg: Leg, call: Call) -> None:
        """The end is asked for first: by the time a second report comes the customer may be called anew."""
        if call.is_live:
            await self._end(call, "customer")
            await self._change(leg, over)

    async def lost(self, leg: Leg) -> None:
        """The caller's leg has been gone for long, and so is what might have been told of it."""
        if (await self.call(leg)).stage in {Stage.RECORDING, Stage.AWAITED}:
            await self.recorded(leg, None)
        else:
            await self.left(leg)

    async def recorded(self, leg: Leg, recording: Recording | None) -> NextStep:
        """The caller left a message, or none; told by the leg and by the recording, the first counts."""
        await self._finish(tenant=leg.tenant, contact_id=leg.contact_id, recording=recording, at=self._clock())
        changed = await self._change(leg, settled)
        return NextStep(call=changed[1] if changed else stranger(leg), instruction=HangUp())

    async def agent_left(self, leg: Leg, offer_id: str, *, answered: bool, from_room: bool = False) -> NextStep:
        """The agent's leg ended while the caller's is up: they hung up, never answered, or went into a room."""
        transition = partial(agent_left, offer_id=offer_id, answered=answered, from_room=from_room)
        changed = await self._change(leg, transition)
        if changed is None:
            return step(stranger(leg))
        before, after = changed
        if after.stage is Stage.PARTING and offer_id == after.offer_id:
            await self._end(before, "agent" if answered else "system")
        return step(after)

    async def call(self, leg: Leg) -> Call:
        """The call as it is; one that is over where it is unknown."""
        found = await self._calls.find(leg.tenant, leg.contact_id)
        return found[0] if found and found[0].call_sid == leg.call_sid else stranger(leg)

    async def now(self, leg: Leg) -> NextStep:
        """The leg has done what it was told, and asks what comes next."""
        return step(await self.call(leg))

    async def patience_ended(self, leg: Leg) -> NextStep:
        """The caller was kept long enough; a question that has come meanwhile is still put."""
        changed = await self._change(leg, patience_ended)
        return step(changed[1] if changed else stranger(leg))

    async def pressed(self, leg: Leg, delivery_id: str, digits: str) -> NextStep:
        """A digit answers the question; one off the scale is asked for again."""
        call = await self.call(leg)
        question = call.question
        if question is None or question.delivery_id != delivery_id or not digits:
            return NextStep(call=call, instruction=HangUp())
        if not digits.isdecimal() or not 1 <= int(digits) <= question.scale_max:
            return NextStep(call=call, instruction=Ask(question=question))
        await self._record(leg, delivery_id, int(digits))
        return NextStep(call=call, instruction=HangUp(thanks=True))

    async def _change(self, leg: Leg, transition: Callable[[Call], Call]) -> tuple[Call, Call] | None:
        """Change the call of this very leg; None where there is none, or the customer was called anew since."""

        def of_leg(call: Call) -> Call:
            return transition(call) if call.call_sid == leg.call_sid else call

        changed = await change_call(self._calls, leg.tenant, leg.contact_id, of_leg, self._clock())
        return changed if changed and changed[1].call_sid == leg.call_sid else None

    async def _record(self, leg: Leg, delivery_id: str, rating: int) -> None:
        message_id = f"{leg.call_sid}/{delivery_id}"
        try:
            await self._answer(
                tenant=leg.tenant, delivery_id=delivery_id, rating=rating, at=self._clock(), message_id=message_id
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

    async def _remember_gone(self, leg: Leg) -> None:
        """A caller who left before their arrival was told: the arrival, when it comes, opens nothing."""
        if leg.is_incoming and not await self._calls.add(stranger(leg), self._clock()):
            await self.left(leg)


def step(call: Call) -> NextStep:
    return NextStep(call=call, instruction=instruction(call))


def stranger(leg: Leg) -> Call:
    """A call we know nothing of but that it is over."""
    return Call(
        tenant=leg.tenant,
        contact_id=leg.contact_id,
        call_sid=leg.call_sid,
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
