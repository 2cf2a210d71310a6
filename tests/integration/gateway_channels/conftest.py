"""The channels on a real database, behind real sockets."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest_asyncio
from prometheus_client import CollectorRegistry

from services.gateway.wiring.channels import open_channels
from switchyard.mongo.client import Database
from switchyard.service.health import Health
from switchyard.service.http import make_app
from switchyard.stack.ports import free_port
from switchyard.testing.mail_sink import MailSink
from switchyard.testing.twilio_provider import TwilioProvider
from tests.integration.gateway_channels.harness import (
    MAIL_DOMAIN,
    TENANT,
    Platform,
    RememberingContacts,
    Settings,
    SignedIn,
    running,
    serving,
)


@pytest_asyncio.fixture
async def platform(mongo: Database) -> AsyncIterator[Platform]:
    port, smtp_port, lmtp_port = free_port(), free_port(), free_port()
    sink, contacts = MailSink(), RememberingContacts()
    await sink.start()
    provider = TwilioProvider(webhooks=f"http://127.0.0.1:{port}/v1/providers/twilio/{TENANT}", pace=0.2)
    await provider.start()
    settings = Settings(
        http_port=port,
        smtp_port=smtp_port,
        lmtp_port=lmtp_port,
        mail_domain=MAIL_DOMAIN,
        smarthost_port=sink.port,
        mail_readers=1,
        smtp_message_limit=1024 * 1024,
    )
    registry = CollectorRegistry()
    channels = open_channels(
        settings,
        mongo,
        lambda: datetime.now(UTC),
        customers=contacts,  # type: ignore[arg-type]
        registry=registry,
    )
    app = make_app("gateway", settings=settings, registry=registry, health=Health())
    channels.install(app, contacts.commands())
    app.add_middleware(SignedIn)
    platform = Platform(
        channels=channels,
        contacts=contacts,
        provider=provider,
        sink=sink,
        url=f"http://127.0.0.1:{port}",
        smtp_port=smtp_port,
        lmtp_port=lmtp_port,
    )
    async with running(channels), serving(app, port):
        yield platform
    await provider.stop()
    await sink.stop()
