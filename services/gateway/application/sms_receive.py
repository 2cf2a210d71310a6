"""Takes a customer's SMS in: a keyword changes their consent, everything else is a line."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.gateway.application.messages import InboundMessage, ReceivedMessage
from services.gateway.domain.sms_keywords import SmsKeyword, keyword_of

Receive = Callable[[InboundMessage], Awaitable[ReceivedMessage]]
#: What a customer reads after STOP and START, where the provider does not answer these itself. One confirmation is
#: allowed (CTIA); it says who stops and how to come back.
STOPPED = "You will get no more messages from us. Reply START to get them again. 您已退订，回复 START 恢复。"
STARTED = "You will get our messages again. Reply STOP to end them. 您已恢复订阅，回复 TD 退订。"


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingSms:
    """`opt_out_handled`: the provider has answered the keyword itself. `confirms`: it always does."""

    tenant: str
    message_sid: str
    from_number: str
    to_number: str
    text: str
    received_at: datetime
    opt_out_handled: bool = False


class ChangeConsent(Protocol):
    async def __call__(
        self, *, tenant: str, channel: str, customer_address: str, opted_out: bool, at: datetime
    ) -> None: ...


class SeenMessages(Protocol):
    async def has(self, tenant: str, message_id: str) -> bool: ...

    async def add(self, tenant: str, message_id: str, at: datetime) -> None: ...


class ReceiveSms:
    def __init__(self, *, receive: Receive, change_consent: ChangeConsent, seen: SeenMessages) -> None:
        self._receive = receive
        self._change_consent = change_consent
        self._seen = seen

    async def __call__(self, sms: IncomingSms) -> str:
        """Store the SMS durably; return what to answer at once, mostly nothing.

        Raises StoreUnavailable, GatewayError.
        """
        keyword = keyword_of(sms.text)
        if keyword is None:
            await self._receive(_inbound(sms))
            return ""
        return await self._obey(keyword, sms)

    async def _obey(self, keyword: SmsKeyword, sms: IncomingSms) -> str:
        """A replayed STOP must not undo a later START, so each message changes consent once."""
        if await self._seen.has(sms.tenant, sms.message_sid):
            return ""
        stopped = keyword is SmsKeyword.STOP
        await self._change_consent(
            tenant=sms.tenant,
            channel="sms",
            customer_address=sms.from_number,
            opted_out=stopped,
            at=sms.received_at,
        )
        await self._seen.add(sms.tenant, sms.message_sid, sms.received_at)
        if sms.opt_out_handled:
            return ""
        return STOPPED if stopped else STARTED


def _inbound(sms: IncomingSms) -> InboundMessage:
    return InboundMessage(
        tenant=sms.tenant,
        channel="sms",
        provider_message_id=sms.message_sid,
        customer_address=sms.from_number,
        entry_address=sms.to_number,
        text=sms.text,
        received_at=sms.received_at,
    )
