"""One platform a session and broker; each test has a pool of its own in it."""

import uuid
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
import pytest_asyncio

from switchyard.testing.mail_sink import MailSink
from switchyard.testing.twilio_provider import TwilioProvider
from tests.e2e.floor import Caller, Floor
from tests.e2e.platform import Platform, running_platform


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The demo first: it counts everything in the tenant, so it would wait for what other tests left open."""
    items.sort(key=lambda item: item.path.name != "test_demo.py")


@pytest.fixture(scope="session", params=["embedded", pytest.param("kafka", marks=pytest.mark.kafka)])
def platform(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """The six services with their broker and database; on the embedded broker and on Apache Kafka."""
    with running_platform(tmp_path_factory.mktemp(request.param), broker=request.param) as running:
        yield running


@pytest_asyncio.fixture
async def floor(platform: Platform) -> AsyncIterator[Floor]:
    async with httpx.AsyncClient(base_url=platform.api, timeout=15.0) as http:
        admin = Caller(http=http, token=platform.token("test-admin", "admin"))
        yield Floor(platform=platform, http=http, admin=admin, word=uuid.uuid4().hex[:8])


@pytest_asyncio.fixture
async def provider(platform: Platform, floor: Floor) -> AsyncIterator[TwilioProvider]:
    """The telephone provider that the platform's account names."""
    endpoints = platform.endpoints
    running = TwilioProvider(
        account_sid=(await floor.admin.get("/v1/provider-accounts/twilio"))["account_sid"],
        auth_token=endpoints["webhook_secrets"]["twilio"],
        webhooks=f"{platform.api}/v1/providers/twilio/{platform.tenant}",
    )
    await running.start(port=int(endpoints["provider"].rsplit(":", 1)[1]))
    yield running
    await running.stop()


@pytest_asyncio.fixture
async def sink(platform: Platform) -> AsyncIterator[MailSink]:
    """The smarthost that the platform sends mail by."""
    running = MailSink()
    await running.start(port=int(platform.endpoints["smarthost"].rsplit(":", 1)[1]))
    yield running
    await running.stop()
