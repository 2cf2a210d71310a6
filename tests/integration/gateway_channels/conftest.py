"""The channels on a real database, behind real sockets."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from http.server import ThreadingHTTPServer
from threading import Thread

import pytest
import pytest_asyncio
from prometheus_client import CollectorRegistry

from services.gateway.wiring.channels import open_channels
from switchyard.mongo.client import Database
from switchyard.service.health import Health
from switchyard.service.http import make_app
from switchyard.stack.ports import free_port
from switchyard.testing.mail_sink import MailSink
from switchyard.testing.processes import Broker, RunningDatabase
from switchyard.testing.twilio_provider import TwilioProvider
from tests.integration.gateway.gateway_process import running_gateway
from tests.integration.gateway.world import World
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
from tests.integration.gateway_channels.whole import HOTLINE, TEXT_LINE, Notify, Running


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


@pytest.fixture(scope="module")
def whole(broker: Broker, database: RunningDatabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    notify = ThreadingHTTPServer(("127.0.0.1", 0), Notify)
    Thread(target=notify.serve_forever, daemon=True).start()
    smtp_port, smarthost_port = free_port(), free_port()
    ports = {"SWITCHYARD_SMTP_PORT": str(smtp_port), "SWITCHYARD_SMARTHOST_PORT": str(smarthost_port)}
    with running_gateway(broker, database, notify, tmp_path_factory.mktemp("gateway"), ports) as process:
        yield Running(process=process, smtp_port=smtp_port, smarthost_port=smarthost_port)
    notify.shutdown()


@pytest_asyncio.fixture
async def world(whole: Running, broker: Broker, unique: str) -> AsyncIterator[World]:
    async with World(gateway=whole.process, broker=broker, tenant=f"t{unique}") as world:
        await world.has_queue("support")
        for channel, address in (("voice", HOTLINE), ("sms", TEXT_LINE)):
            body = {"channel": channel, "address": address, "queue": "support", "greeting": "Welcome."}
            await world.ok("PUT", f"/v1/entry-points/{channel}", body)
        yield world


@pytest_asyncio.fixture
async def provider(world: World) -> AsyncIterator[TwilioProvider]:
    made = TwilioProvider(webhooks=f"{world.gateway.url}/v1/providers/twilio/{world.tenant}", pace=0.5)
    await made.start()
    account = {
        "account_sid": made.account_sid,
        "auth_token": made.auth_token,
        "api_base_url": made.base_url,
        "from_number": TEXT_LINE,
    }
    await world.ok("PUT", "/v1/provider-accounts/twilio", account)
    yield made
    await made.stop()
