"""The channels on a real database, behind real sockets, with contacts that only remember what they were told."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import uvicorn
from fastapi import FastAPI, Request
from starlette.types import ASGIApp, Receive, Scope, Send

from services.gateway.application.messages import InboundMessage, ReceivedMessage
from services.gateway.application.open_contact import NewContact
from services.gateway.domain.entry_point import EntryPoint, Flow
from services.gateway.domain.voice_call import Recording
from services.gateway.wiring.channels import Channels, ContactCommands
from services.gateway.wiring.channels_settings import ChannelSettings
from switchyard.eventing.aggregates import StoreUnavailable
from switchyard.service.identity import Principal
from switchyard.testing.mail_sink import MailSink
from switchyard.testing.twilio_provider import TwilioProvider

TENANT = "acme"
MAIL_DOMAIN = "mail.example"
HOTLINE = "+15550100"
TEXT_LINE = "+15550199"
#: Addresses that lead to a queue; everything else is unknown.
PLACES = {
    "voice": {HOTLINE: "Welcome to Acme."},
    "sms": {TEXT_LINE: ""},
    "email": {f"billing@{TENANT}.{MAIL_DOMAIN}": ""},
}


@dataclass(slots=True)
class RememberingContacts:
    """Stands in for the contacts' commands; `down` makes every one of them fail as a store does."""

    received: list[InboundMessage] = field(default_factory=list)
    opened: dict[str, NewContact] = field(default_factory=dict)
    ended: list[tuple[str, str, str]] = field(default_factory=list)
    consents: list[tuple[str, bool]] = field(default_factory=list)
    reports: list[dict[str, Any]] = field(default_factory=list)
    ratings: dict[str, int] = field(default_factory=dict)
    messages: dict[str, Recording | None] = field(default_factory=dict)
    reachings: list[tuple[str, str]] = field(default_factory=list)
    offering: bool = False
    wishes: list[str] = field(default_factory=list)
    down: bool = False

    async def find(self, tenant: str, channel: str, address: str) -> EntryPoint | None:
        self._check()
        greeting = PLACES[channel].get(address.lower())
        if tenant != TENANT or greeting is None:
            return None
        flow = Flow(version=1, greeting=greeting, queue_id="billing", made_at=datetime.now(UTC))
        return EntryPoint(tenant=tenant, id="ent_1", channel=channel, address=address, name="", flow=flow)

    async def receive(self, inbound: InboundMessage) -> ReceivedMessage:
        self._check()
        known = [each.provider_message_id for each in self.received]
        if inbound.provider_message_id in known:
            return ReceivedMessage(contact_id="cnt_1", line=1, duplicate=True)
        self.received.append(inbound)
        return ReceivedMessage(contact_id="cnt_1", line=len(self.received), duplicate=False)

    async def open_contact(self, new: NewContact) -> Any:
        self._check()
        self.opened.setdefault(new.contact_id, new)

    async def end_contact(
        self, *, tenant: str, contact_id: str, ended_by: str, at: datetime, agent_id: str = ""
    ) -> Any:
        self._check()
        if contact_id not in {each for each, _, _ in self.ended}:
            self.ended.append((contact_id, ended_by, agent_id))

    async def change_consent(
        self, *, tenant: str, channel: str, customer_address: str, opted_out: bool, at: datetime
    ) -> None:
        self._check()
        self.consents.append((customer_address, opted_out))

    async def report_delivery(self, **report: Any) -> None:
        self._check()
        self.reports.append(report)

    async def answer_delivery(
        self, *, tenant: str, delivery_id: str, rating: int, at: datetime, message_id: str = ""
    ) -> bool:
        self._check()
        return self.ratings.setdefault(delivery_id, rating) == rating

    async def finish_voicemail(
        self, *, tenant: str, contact_id: str, recording: Recording | None, at: datetime
    ) -> bool:
        self._check()
        new = contact_id not in self.messages
        self.messages.setdefault(contact_id, recording)
        return new

    async def is_offered(self, *, tenant: str, contact_id: str) -> bool:
        self._check()
        return self.offering and contact_id not in self.wishes

    async def take(self, *, tenant: str, contact_id: str, at: datetime) -> bool:
        self._check()
        self.wishes.append(contact_id)
        return True

    async def reached(self, *, tenant: str, contact_id: str, at: datetime) -> None:
        self._check()
        self.reachings.append((contact_id, "reached"))

    async def not_reached(self, *, tenant: str, contact_id: str, reason: str, at: datetime) -> None:
        self._check()
        self.reachings.append((contact_id, reason))

    async def of_address(self, tenant: str, key: str) -> Any:
        return None

    def commands(self) -> ContactCommands:
        return ContactCommands(
            entry_points=self,
            receive=self.receive,
            open_contact=self.open_contact,
            end_contact=self.end_contact,
            change_consent=self.change_consent,
            report_delivery=self.report_delivery,
            answer_delivery=self.answer_delivery,
            finish_voicemail=self.finish_voicemail,
            callback_offers=self,
            reaching=self,
        )

    def _check(self) -> None:
        if self.down:
            raise StoreUnavailable("down for the test")


@dataclass(slots=True, kw_only=True)
class Platform:
    """The channels as a customer and a provider meet them."""

    channels: Channels
    contacts: RememberingContacts
    provider: TwilioProvider
    sink: MailSink
    url: str
    smtp_port: int
    lmtp_port: int

    @property
    def hooks(self) -> str:
        return f"{self.url}/v1/providers/twilio/{TENANT}"


class Settings(ChannelSettings):
    service = "gateway"


class SignedIn:
    """In place of the door: everybody is an administrator of the tenant, or of the one named by a header."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        tenant = Request(scope).headers.get("x-test-tenant", TENANT)
        roles = frozenset(Request(scope).headers.get("x-test-roles", "admin").split(","))
        principal = Principal(tenant=tenant, subject="u", roles=roles, credential_id="c")
        scope.setdefault("state", {})["principal"] = principal
        await self._app(scope, receive, send)


@asynccontextmanager
async def serving(app: FastAPI, port: int) -> AsyncIterator[None]:
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning", lifespan="off"))
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 uvicorn tells nobody
        await asyncio.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        await task


@asynccontextmanager
async def running(channels: Channels) -> AsyncIterator[None]:
    stop = asyncio.Event()
    for step in channels.on_start:
        await step()
    tasks = [asyncio.ensure_future(work(stop)) for work in channels.background]
    try:
        yield
    finally:
        stop.set()
        await asyncio.gather(*tasks)
        for step in channels.on_stop:
            await step()


async def eventually(condition: Callable[[], object], seconds: float = 5.0) -> None:
    """Wait until the condition holds. Raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 nothing tells the test when
            await asyncio.sleep(0.01)
