"""Messages for the customer of a call: a question is put on the line while it is up, everything else goes as SMS."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Protocol

from services.gateway.application.messages import OutgoingMessage, SendRefused, SendUnavailable, Sent
from services.gateway.application.ports import ChannelSender
from services.gateway.application.voice_changes import change_call
from services.gateway.application.voice_ports import CallControl, CallGone, Calls
from services.gateway.domain.voice_call import Call, Question, Stage, asked, instruction, over, told
from switchyard.eventing.aggregates import StoreUnavailable


class Consent(Protocol):
    async def __call__(self, tenant: str, channel: str, address: str) -> bool:
        """Whether the customer may be written to there. Raises StoreUnavailable."""


class VoiceSender:
    """The voice channel's ChannelSender."""

    def __init__(
        self,
        *,
        calls: Calls,
        control: CallControl,
        sms: ChannelSender,
        may_write: Consent,
        clock: Callable[[], datetime],
    ) -> None:
        self._calls = calls
        self._control = control
        self._sms = sms
        self._may_write = may_write
        self._clock = clock

    async def send(self, message: OutgoingMessage) -> Sent:
        """Ask on the line, or write to the caller. Raises SendRefused, SendUnavailable."""
        try:
            call = await self._put(message)
            if call.stage is Stage.ASKING and await self._asked(call, message):
                return _on_the_line(call, message)
            return await self._write(call, message)
        except StoreUnavailable as error:
            raise SendUnavailable("calls") from error

    async def find_sent(self, message: OutgoingMessage) -> Sent | None:
        """Raises SendRefused, SendUnavailable."""
        try:
            found = await self._calls.find(message.tenant, message.contact_id)
        except StoreUnavailable as error:
            raise SendUnavailable("calls") from error
        if found is None:
            return None
        if _is_of(found[0], message) and found[0].told:
            return _on_the_line(found[0], message)
        sent = await self._sms.find_sent(_as_sms(found[0], message))
        return _by_sms(found[0], sent) if sent else None

    async def _put(self, message: OutgoingMessage) -> Call:
        transition = partial(asked, question=_question(message)) if message.expects and message.delivery_id else _same
        changed = await change_call(self._calls, message.tenant, message.contact_id, transition, self._clock())
        if changed is None:
            raise SendRefused("customer-gone", "There is no call.")
        return changed[1]

    async def _asked(self, call: Call, message: OutgoingMessage) -> bool:
        if not _is_of(call, message):
            return False
        if call.told:
            return True
        outcome: Callable[[Call], Call] = partial(told, stage=call.stage, offer_id=call.offer_id)
        try:
            await self._control.instruct(call, instruction(call))
        except CallGone:
            outcome = over
        await change_call(self._calls, call.tenant, call.contact_id, outcome, self._clock())
        return outcome is not over

    async def _write(self, call: Call, message: OutgoingMessage) -> Sent:
        if not call.caller.startswith("+"):
            raise SendRefused("customer-gone", "The caller's number is withheld.")
        if not await self._may_write(call.tenant, "sms", call.caller):
            raise SendRefused("opted-out", "The caller wants no SMS.")
        return _by_sms(call, await self._sms.send(_as_sms(call, message)))


def _same(call: Call) -> Call:
    return call


def _is_of(call: Call, message: OutgoingMessage) -> bool:
    return call.question is not None and call.question.delivery_id == message.delivery_id


def _question(message: OutgoingMessage) -> Question:
    expects = message.expects
    return Question(
        delivery_id=message.delivery_id or "", text=message.text, scale_max=expects.scale_max if expects else 0
    )


def _on_the_line(call: Call, message: OutgoingMessage) -> Sent:
    return Sent(provider_message_id=f"{call.call_sid}/{message.delivery_id}")


def _as_sms(call: Call, message: OutgoingMessage) -> OutgoingMessage:
    """From the tenant's SMS number: the number that was called may take no messages."""
    return replace(message, channel="sms", from_address="", to_address=call.caller)


def _by_sms(call: Call, sent: Sent) -> Sent:
    return Sent(provider_message_id=sent.provider_message_id, channel="sms", customer_address=call.caller)
