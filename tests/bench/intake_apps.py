"""Servers of G12, each a process: our intake routes with nothing behind them, and FastAPI + pydantic doing the same.

Nothing behind them: what a message becomes is remembered in memory by both, so that the routes alone are compared.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Any

import uvicorn
from fastapi import FastAPI, Form, HTTPException, Request, Response
from prometheus_client import CollectorRegistry
from pydantic import BaseModel, Field
from twilio.request_validator import RequestValidator
from twilio.twiml.messaging_response import MessagingResponse

from services.gateway.application.append_line import AppendLine
from services.gateway.application.chat.parts import ChatParts
from services.gateway.application.chat.rules import ChatRules
from services.gateway.application.chat.start_chat import ChatStart
from services.gateway.application.chat.tokens import ResumeTokens
from services.gateway.application.feed_items import FeedItem
from services.gateway.application.live_feed import LiveFeed
from services.gateway.application.messages import InboundMessage, ReceivedMessage
from services.gateway.application.ports import AppendedLine
from services.gateway.application.provider_accounts import ProviderAccount
from services.gateway.application.sms_receipts import TakeSmsReceipt
from services.gateway.application.sms_receive import ReceiveSms
from services.gateway.domain.contact import TALKING, Contact, Entry, Holder
from services.gateway.domain.entry_point import EntryPoint, Flow
from services.gateway.domain.line import Line, NewLine
from services.gateway.entrypoints.chat_websocket import ChatDoor
from services.gateway.entrypoints.providers_http import SmsWebhooks
from services.gateway.entrypoints.providers_signed import TwilioSignatures
from services.gateway.settings import Settings
from switchyard.service.health import Health
from switchyard.service.http import make_app

TENANT, ACCOUNT, TOKEN = "bench", "AC00000000000000000000000000000001", "not-a-secret"
SMS_PATH = f"/v1/providers/twilio/{TENANT}/sms"
_CONTACT_KEY = "cnt_0123456789abcdef0123456789abcdef"


def now() -> datetime:
    return datetime.now(UTC)


def serve(port: int, make: Callable[[str], FastAPI]) -> None:
    """Run one server until killed."""
    uvicorn.run(make(f"http://127.0.0.1:{port}"), port=port, log_level="warning", access_log=False)


# Ours


def our_sms(url: str) -> FastAPI:
    app = _kit_app()
    webhooks = SmsWebhooks(
        signatures=TwilioSignatures(_Accounts(), url),
        receive=ReceiveSms(receive=_received, change_consent=_Nothing(), seen=_Nothing()),
        take_receipt=TakeSmsReceipt(_Nothing()),
        clock=now,
    )
    app.router.routes.extend(webhooks.routes)
    return app


def our_chat(_url: str) -> FastAPI:
    feed: LiveFeed[FeedItem] = LiveFeed()
    nothing: Any = _Nothing()
    lines: Any = _Lines()
    chat: Any = _Chat()
    parts = ChatParts(
        contacts=nothing,
        lines=lines,
        deliveries=nothing,
        entry_points=chat,
        start=chat,
        append=AppendLine(lines, feed),
        end=nothing,
        answer=nothing,
        deliver=nothing,
        signals=nothing,
        presence=nothing,
        places=nothing,
        tokens=ResumeTokens("bench"),
        feed=feed,
        rules=ChatRules(rate=1e6, burst=10**6),
        clock=now,
        name_of_agent=lambda _tenant, agent: agent,
        count=lambda _name: None,
    )
    app = _kit_app()
    app.include_router(ChatDoor(parts).router())
    return app


def _kit_app() -> FastAPI:
    return make_app("gateway", settings=Settings(), registry=CollectorRegistry(), health=Health())


async def _received(_inbound: InboundMessage) -> ReceivedMessage:
    return ReceivedMessage(contact_id=_CONTACT_KEY, line=1, duplicate=False)


class _Accounts:
    """The one account."""

    async def find(self, tenant: str, provider: str) -> ProviderAccount | None:
        return ProviderAccount(
            tenant=tenant, provider=provider, account_sid=ACCOUNT, auth_token=TOKEN, api_base_url="", from_number=""
        )

    async def of_tenant(self, tenant: str) -> list[ProviderAccount]:
        return []

    async def put(self, account: ProviderAccount, *, if_version: int | None = None) -> ProviderAccount:
        return account

    async def remove(self, tenant: str, provider: str, *, if_version: int | None = None) -> bool:
        return False


class _Nothing:
    """Stands for parts that these messages do not reach, or that have nothing to do for them."""

    async def __call__(self, *_given: Any, **_named: Any) -> None: ...

    async def has(self, tenant: str, message_id: str) -> bool:
        return False

    async def add(self, tenant: str, message_id: str, at: datetime) -> None: ...

    def arrived(self, *_given: Any) -> None: ...

    left = gone = forget = arrived


class _Lines:
    """Numbers lines."""

    def __init__(self) -> None:
        self._ends: dict[str, int] = {}

    async def append(self, new: NewLine) -> AppendedLine:
        number = self._ends[new.contact_id] = self._ends.get(new.contact_id, 0) + 1
        line = Line(
            tenant=new.tenant,
            contact_id=new.contact_id,
            number=number,
            channel=new.channel,
            author=new.author,
            client_id=new.client_id,
            text=new.text,
            at=new.at,
        )
        return AppendedLine(line=line, duplicate=False)

    async def read(self, *_given: Any, **_named: Any) -> Sequence[Line]:
        return ()


class _Chat:
    """Opens every chat as one in which an agent talks already."""

    async def of_site_key(self, site_key: str) -> EntryPoint:
        flow = Flow(version=1, greeting="", queue_id="support", made_at=now())
        return EntryPoint(tenant=TENANT, id="site", channel="chat", address=site_key, name="site", flow=flow)

    def contact_id(self, _entry_point: EntryPoint, start: ChatStart) -> str:
        return f"cnt_{start.client_id}"

    async def __call__(self, entry_point: EntryPoint, start: ChatStart) -> Contact:
        entry = Entry(number=1, queue_id="support", pool_id="default", queued_at=now())
        contact = Contact(
            tenant=TENANT,
            id=self.contact_id(entry_point, start),
            channel="chat",
            direction="inbound",
            entry_point="site",
            entry_address="",
            customer_id="cus_1",
            customer_address="",
            customer_name="",
            service_request_id="srq_1",
            previous_contact_id="",
            opened_at=now(),
            entry=entry,
        )
        holder = Holder(agent_id="agent-1", team_id="", site_id="", offer_id="off_default.1")
        return replace(contact, state=TALKING, holder=holder)


# The peer


class PlainSms(BaseModel):
    AccountSid: str
    MessageSid: str = Field(min_length=1)
    From: str = Field(min_length=1)
    To: str = Field(min_length=1)
    Body: str = Field(max_length=20_000)


class PlainMessage(BaseModel):
    client_id: str = Field(pattern=r"^[\x21-\x7e]{1,128}$")
    text: str = Field(max_length=4_000)


class PlainDelivered(BaseModel):
    type: str = "delivered"
    client_id: str
    seq: int
    at: datetime


def plain_sms(url: str) -> FastAPI:
    app = FastAPI()
    validator = RequestValidator(TOKEN)
    seen: set[str] = set()

    @app.post(SMS_PATH)
    async def incoming(request: Request, sms: Annotated[PlainSms, Form()]) -> Response:
        fields = sms.model_dump()
        if not validator.validate(url + SMS_PATH, fields, request.headers.get("x-twilio-signature", "")):
            raise HTTPException(403)
        seen.add(sms.MessageSid)
        return Response(str(MessagingResponse()), media_type="application/xml")

    return app


def plain_chat(_url: str) -> FastAPI:
    app = FastAPI()
    lines: list[PlainMessage] = []

    @app.post("/v1/contacts/{contact}/messages")
    async def say(contact: str, message: PlainMessage) -> PlainDelivered:
        lines.append(message)
        return PlainDelivered(client_id=message.client_id, seq=len(lines), at=now())

    return app
