"""How many are in a queue, asked of the replica that runs its pool."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import httpx
import pytest
from prometheus_client import CollectorRegistry

from services.routing.adapters.live_queues import ReplicasQueues
from services.routing.application.live_pool import LivePool
from services.routing.application.live_queries import LiveQueries
from services.routing.application.ports import PoolKey
from services.routing.application.settings.errors import PoolMoving
from services.routing.entrypoints.queue_contacts_http import queue_contacts_router
from services.routing.settings import Settings
from switchyard.service.health import Health
from switchyard.service.http import make_app
from switchyard.service.identity import HEADER, Principal, sign_internal
from tests.unit.routing.driver import Driver

HERE, THERE = "http://here", "http://there"
FRONT = PoolKey(tenant="acme", pool_id="front")
SECRET = Settings().internal_secret.get_secret_value()


def busy_pool() -> LivePool:
    """In billing one talks, one rings, one waits, and one is called back in an hour; one waits in support."""
    driver = Driver()
    driver.queue("billing")
    driver.queue("support")
    driver.agent("ann", "billing")
    driver.enqueue("talks")
    driver.accept("talks")
    driver.agent("bob", "billing")
    driver.enqueue("rings")
    driver.enqueue("waits")
    driver.enqueue("later")
    driver.request_callback("later", in_seconds=3_600)
    driver.enqueue("elsewhere", "support")
    return LivePool(key=FRONT, partition=0, state=driver.state)


def queries(pools: dict[PoolKey, LivePool]) -> LiveQueries:
    return LiveQueries(pools, lambda: 0)


def replica(pools: dict[PoolKey, LivePool]) -> httpx.ASGITransport:
    app = make_app("routing", settings=Settings(), registry=CollectorRegistry(), health=Health())
    app.include_router(queue_contacts_router(queries(pools)))
    return httpx.ASGITransport(app=app)


@asynccontextmanager
async def asking(
    pools: dict[PoolKey, LivePool], owners: dict[PoolKey, str], other: httpx.AsyncBaseTransport | None = None
) -> AsyncIterator[ReplicasQueues]:
    async def owners_of(tenant: str) -> Mapping[PoolKey, str]:
        return {key: address for key, address in owners.items() if key.tenant == tenant}

    async with httpx.AsyncClient(transport=other) as client:
        yield ReplicasQueues(
            queries(pools), owners_of, address=HERE, client=client, secret=SECRET, clock=lambda: datetime.now(UTC)
        )


async def test_who_talks_is_no_longer_in_the_queue_and_who_is_called_back_is() -> None:
    async with asking({FRONT: busy_pool()}, {}) as live:
        counts = [await live.contacts_in("acme", "front", queue) for queue in ("billing", "support", "none")]
    assert counts == [3, 1, 0]


async def test_the_replica_that_runs_the_pool_is_asked() -> None:
    async with asking({}, {FRONT: THERE}, replica({FRONT: busy_pool()})) as live:
        assert await live.contacts_in("acme", "front", "billing") == 3


async def test_a_pool_in_which_nothing_has_happened_has_nobody() -> None:
    async with asking({}, {}) as live:
        assert await live.contacts_in("acme", "front", "billing") == 0


def gone(_request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("gone")


@pytest.mark.parametrize(
    ("owner", "other"),
    [(HERE, None), (THERE, httpx.MockTransport(gone)), (THERE, replica({}))],
    ids=["being-taken-over", "away", "has-lost-it"],
)
async def test_an_engine_that_cannot_be_asked_just_now_is_no_empty_queue(
    owner: str, other: httpx.AsyncBaseTransport | None
) -> None:
    async with asking({}, {FRONT: owner}, other) as live:
        with pytest.raises(PoolMoving):
            await live.contacts_in("acme", "front", "billing")


async def test_another_tenants_pool_is_told_to_nobody() -> None:
    stranger = Principal(tenant="other", subject="x", roles=frozenset({"admin"}), credential_id="internal:x")
    headers = {HEADER: sign_internal(stranger, SECRET, datetime.now(UTC))}
    async with httpx.AsyncClient(transport=replica({FRONT: busy_pool()}), base_url=HERE, headers=headers) as client:
        answer = await client.get("/internal/pools/acme/front/queues/billing/contacts")
    assert (answer.status_code, answer.json()["code"]) == (404, "pool-unknown")
