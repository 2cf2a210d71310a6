"""The channels of mail, SMS and voice put together.

Two steps, because contacts and channels need each other: `open_channels` makes what takes messages out, `install` lets
them in once the contacts' own commands are made.
"""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import httpx
from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from services.gateway.adapters.attachments_mongo import MongoAttachments
from services.gateway.adapters.channels_telemetry import ChannelMetrics
from services.gateway.adapters.mail_parser import ChildMailParser
from services.gateway.adapters.mail_parser_limits import MailLimits
from services.gateway.adapters.mail_sender import Smarthost, SmtpMailSender
from services.gateway.adapters.twilio_accounts_mongo import MongoProviderAccounts
from services.gateway.adapters.twilio_api import TwilioApi
from services.gateway.adapters.twilio_calls_mongo import MongoCalls
from services.gateway.adapters.twilio_dials import TwilioDials
from services.gateway.adapters.twilio_orders import TwilioOrders
from services.gateway.adapters.twilio_rooms import TwilioRooms
from services.gateway.adapters.twilio_seen_mongo import MongoSeen
from services.gateway.adapters.twilio_sends_mongo import MongoSends
from services.gateway.adapters.twilio_sms import TwilioSmsSender
from services.gateway.adapters.twilio_twiml import TwilioTwiml
from services.gateway.adapters.twilio_voice import TwilioCalls
from services.gateway.application.ports import ChannelSender, Customers, VoiceProvider
from services.gateway.application.receive_mail import FindEntryPoint, MailThreads, Receive, ReceiveMail
from services.gateway.application.sms_receipts import ReportDelivery, TakeSmsReceipt
from services.gateway.application.sms_receive import ChangeConsent, ReceiveSms
from services.gateway.application.voice_calls import VoiceCalls
from services.gateway.application.voice_lost import FindLostCalls
from services.gateway.application.voice_monitoring import MonitorCalls
from services.gateway.application.voice_outgoing import RingCustomers
from services.gateway.application.voice_ports import (
    AnswerDelivery,
    CallbackOffers,
    EndContact,
    FinishVoicemail,
    OpenContact,
    ReportReaching,
)
from services.gateway.application.voice_receive import ReceiveCalls
from services.gateway.application.voice_receive_outgoing import ReceiveCustomers
from services.gateway.application.voice_survey import VoiceSender
from services.gateway.domain.customer import address_key
from services.gateway.entrypoints.attachments_http import attachments_router
from services.gateway.entrypoints.provider_accounts_http import provider_accounts_router
from services.gateway.entrypoints.providers_http import SmsWebhooks
from services.gateway.entrypoints.providers_signed import TwilioSignatures
from services.gateway.entrypoints.providers_voice_http import VoiceWebhooks
from services.gateway.entrypoints.smtp import MailDoor
from services.gateway.entrypoints.smtp_server import MailServer, SmtpLimits
from services.gateway.wiring.channels_settings import ChannelSettings
from switchyard.mongo.client import Database
from switchyard.service.running import Background, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactCommands:
    """What the channels ask of the contacts."""

    entry_points: FindEntryPoint
    receive: Receive
    open_contact: OpenContact
    end_contact: EndContact
    change_consent: ChangeConsent
    report_delivery: ReportDelivery
    answer_delivery: AnswerDelivery
    finish_voicemail: FinishVoicemail
    callback_offers: CallbackOffers
    reaching: ReportReaching


@dataclass(slots=True, kw_only=True)
class Channels:
    """What the channels give to the rest of the gateway, and what its process has to run for them."""

    settings: ChannelSettings
    clock: Callable[[], datetime]
    metrics: ChannelMetrics
    accounts: MongoProviderAccounts
    attachments: MongoAttachments
    calls: MongoCalls
    control: TwilioCalls
    twiml: TwilioTwiml
    seen: MongoSeen
    threads: MailThreads
    senders: Mapping[str, ChannelSender]
    voice: VoiceProvider
    ring: RingCustomers
    monitors: MonitorCalls
    on_start: list[Step] = field(default_factory=list)
    on_stop: list[Step] = field(default_factory=list)
    background: list[Background] = field(default_factory=list)

    def install(self, app: FastAPI, contacts: ContactCommands) -> None:
        """Add the channels' routes to the application, and their listeners and tasks to `background`."""
        app.include_router(attachments_router(self.attachments))
        app.include_router(provider_accounts_router(self.accounts, allow_local=self.settings.is_trial))
        signatures = TwilioSignatures(self.accounts, self.settings.base_url, self.metrics.webhook)
        app.router.routes.extend(self._sms(signatures, contacts).routes)
        app.router.routes.extend(self._voice(signatures, contacts).routes)
        self._listen_for_mail(contacts)

    def _sms(self, signatures: TwilioSignatures, contacts: ContactCommands) -> SmsWebhooks:
        receive = ReceiveSms(receive=contacts.receive, change_consent=contacts.change_consent, seen=self.seen)
        receipts = TakeSmsReceipt(contacts.report_delivery)
        return SmsWebhooks(signatures=signatures, receive=receive, take_receipt=receipts, clock=self.clock)

    def _voice(self, signatures: TwilioSignatures, contacts: ContactCommands) -> VoiceWebhooks:
        receive = ReceiveCalls(
            calls=self.calls,
            entry_points=contacts.entry_points,
            open_contact=contacts.open_contact,
            end_contact=contacts.end_contact,
            answer=contacts.answer_delivery,
            finish=contacts.finish_voicemail,
            clock=self.clock,
        )
        customers = ReceiveCustomers(
            calls=self.calls, control=self.control, receive=receive, report=contacts.reaching, clock=self.clock
        )
        lost = FindLostCalls(
            calls=self.calls, control=self.control, receive=receive, customers=customers, clock=self.clock
        )
        self.background.append(lost.run)
        return VoiceWebhooks(
            signatures=signatures,
            receive=receive,
            customers=customers,
            offers=contacts.callback_offers,
            twiml=self.twiml,
            clock=self.clock,
        )

    def _listen_for_mail(self, contacts: ContactCommands) -> None:
        limits = MailLimits(bytes=self.settings.smtp_message_limit)
        parser = ChildMailParser(limits, children=self.settings.mail_readers, observe=self.metrics.mail_read)
        receive = ReceiveMail(
            read=parser,
            receive=contacts.receive,
            attachments=self.attachments,
            entry_points=contacts.entry_points,
            threads=self.threads,
        )
        for port, lmtp in ((self.settings.smtp_port, False), (self.settings.lmtp_port, True)):
            self._listen(MailDoor(receive, self.clock, count=self.metrics.mail), port, lmtp=lmtp)
        self.on_stop.append(parser.stop)

    def _listen(self, door: MailDoor, port: int, *, lmtp: bool) -> None:
        """Listeners are background tasks: by then queues are known, so that no good recipient is refused."""
        if not port:
            return
        limits = SmtpLimits(message_bytes=self.settings.smtp_message_limit)
        server = MailServer(door, limits, hostname=self.settings.mail_domain, lmtp=lmtp)
        self.background.append(server.serving(self.settings.smtp_host, port))


def open_channels(
    settings: ChannelSettings,
    database: Database,
    clock: Callable[[], datetime],
    *,
    customers: Customers,
    registry: CollectorRegistry,
) -> Channels:
    """Make the channels' parts; `customers` know who wants no SMS."""
    metrics = ChannelMetrics(registry)
    http = httpx.AsyncClient(follow_redirects=False, trust_env=False)
    secret = settings.internal_secret.get_secret_value().encode()
    threads = MailThreads(mail_domain=settings.mail_domain, key=_key(secret, "mail-threads"))
    accounts = MongoProviderAccounts(database["provider_accounts"], _key(secret, "provider-accounts"))
    attachments = MongoAttachments(database["attachments"])
    api, calls, sends = (
        TwilioApi(http, metrics.request),
        MongoCalls(database["calls"]),
        MongoSends(database["provider_sends"]),
    )
    twiml = TwilioTwiml(settings.base_url, patience_seconds=settings.voice_survey_seconds)
    control = TwilioCalls(api, accounts, twiml)
    orders = TwilioOrders(api, accounts, sends, clock)
    sms = TwilioSmsSender(orders, public_url=settings.base_url)
    dials = TwilioDials(orders, public_url=settings.base_url, ring_seconds=settings.voice_ring_seconds)
    voice = VoiceSender(calls=calls, control=control, sms=sms, may_write=_Consent(customers), clock=clock)
    mail = SmtpMailSender(_smarthost(settings), threads, attachments, clock)
    return Channels(
        settings=settings,
        clock=clock,
        metrics=metrics,
        accounts=accounts,
        attachments=attachments,
        calls=calls,
        control=control,
        twiml=twiml,
        seen=MongoSeen(database["provider_messages_seen"]),
        threads=threads,
        senders={"email": mail, "sms": sms, "voice": voice},
        voice=VoiceCalls(calls, control, clock, keeps_line=settings.voice_survey_seconds > 0),
        ring=RingCustomers(calls, dials, control, clock),
        monitors=MonitorCalls(calls, TwilioRooms(api, accounts, twiml), clock),
        on_start=[calls.prepare, sends.prepare],
        on_stop=[http.aclose],
    )


class _Consent:
    """Whether a customer may be written to, by what they said of the channel."""

    def __init__(self, customers: Customers) -> None:
        self._customers = customers

    async def __call__(self, tenant: str, channel: str, address: str) -> bool:
        stored = await self._customers.of_address(tenant, address_key(channel, address))
        return stored is None or channel not in stored.thing.opted_out


def _key(secret: bytes, purpose: str) -> bytes:
    """A key of its own for each purpose, so that what one signs the other never accepts."""
    return hmac.new(secret, purpose.encode(), hashlib.sha256).digest()


def _smarthost(settings: ChannelSettings) -> Smarthost:
    return Smarthost(
        host=settings.smarthost_host,
        port=settings.smarthost_port,
        username=settings.smarthost_username,
        password=settings.smarthost_password.get_secret_value(),
        tls=settings.smarthost_tls,
    )
