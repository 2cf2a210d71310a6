"""A pool's snapshot, as replicas of the gateway ask for it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import httpx
from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from services.routing.application.live_pool import LivePool
from services.routing.application.ports import PoolKey
from services.routing.entrypoints.snapshot_http import snapshot_router
from services.routing.settings import Settings
from switchyard.service.health import Health
from switchyard.service.http import make_app
from switchyard.service.identity import HEADER, Principal, sign_internal
from tests.unit.routing.driver import Driver
from tests.unit.routing.test_breaks import ask
from tests.unit.routing.test_floor_rules import Floor

HERE, THERE = "http://here", "http://there"
FRONT = PoolKey(tenant="acme", pool_id="front")


@asynccontextmanager
async def asking(
    pools: dict[PoolKey, LivePool], owners: dict[PoolKey, str], other: httpx.AsyncBaseTransport | None = None
) -> AsyncIterator[httpx.AsyncClient]:
    settings = Settings()

    async def owners_of(tenant: str) -> Mapping[PoolKey, str]:
        return {key: address for key, address in owners.items() if key.tenant == tenant}

    app: FastAPI = make_app("routing", settings=settings, registry=CollectorRegistry(), health=Health())
    async with httpx.AsyncClient(transport=other) as client:
        app.include_router(snapshot_router(pools, owners_of, address=HERE, client=client))
        who = Principal(tenant="acme", subject="gateway", roles=frozenset({"admin"}), credential_id="internal:gateway")
        token = sign_internal(who, settings.internal_secret.get_secret_value(), datetime.now(UTC))
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url=HERE, headers={HEADER: token}) as asked:
            yield asked


def busy_pool() -> LivePool:
    driver = Driver()
    driver.queue("billing")
    driver.agent("ann", "billing")
    driver.enqueue("c1")
    driver.enqueue("c2")
    return LivePool(key=FRONT, partition=0, state=driver.state)


async def test_it_tells_offers_agents_and_who_waits_with_the_numbers_to_go_on_from() -> None:
    pool = busy_pool()
    async with asking({FRONT: pool}, {}) as client:
        body = (await client.get("/internal/pools/acme/front/snapshot")).json()
    assert body["contacts_sequence"] == pool.state.contact_sequence == 3
    assert body["agents_sequence"] == pool.state.agent_sequence
    assert [each["contact_id"] for each in body["waiting"]] == ["c1", "c2"]
    (offer,) = body["offers"]
    assert (offer["contact_id"], offer["agent_id"], offer["offer_id"]) == ("c1", "ann", "off_front.1")
    (agent,) = body["agents"]
    assert (agent["state"], agent["set_state"], agent["held_units"]) == ("ringing", "available", 100)


async def test_it_tells_who_waits_for_a_break_in_the_order_of_asking() -> None:
    floor = Floor()
    for agent in ("ann", "bob", "cid"):
        floor.member(agent)
    floor.set("ann", "not_ready", "break")
    for agent in ("cid", "bob"):
        ask(floor, agent)
    async with asking({FRONT: LivePool(key=FRONT, partition=0, state=floor.state)}, {}) as client:
        body = (await client.get("/internal/pools/acme/front/snapshot")).json()
    assert body["break_requests"] == [{"agent_id": each, "team_id": "days"} for each in ("cid", "bob")]


async def test_a_pool_of_another_tenant_or_of_nobody_is_unknown() -> None:
    async with asking({FRONT: busy_pool()}, {}) as client:
        for path in ("/internal/pools/other/front/snapshot", "/internal/pools/acme/back/snapshot"):
            answer = await client.get(path)
            assert (answer.status_code, answer.json()["code"]) == (404, "pool-unknown")


async def test_the_owner_is_asked_where_the_pool_runs_elsewhere_and_nobody_in_a_circle() -> None:
    async with asking({FRONT: busy_pool()}, {}) as owner:
        whole = await owner.get("/internal/pools/acme/front/snapshot")

    def there(request: httpx.Request) -> httpx.Response:
        assert request.url.host == "there"
        return httpx.Response(200, content=whole.content)

    async with asking({}, {FRONT: THERE}, httpx.MockTransport(there)) as client:
        assert (await client.get("/internal/pools/acme/front/snapshot")).json() == whole.json()
        again = await client.get("/internal/pools/acme/front/snapshot", headers={"X-Switchyard-Forwarded": "1"})
    assert (again.status_code, again.json()["code"]) == (503, "pool-moving")


async def test_a_pool_that_is_being_taken_over_is_to_be_asked_for_again() -> None:
    def gone(_request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("gone")

    for owner in (HERE, THERE):
        async with asking({}, {FRONT: owner}, httpx.MockTransport(gone)) as client:
            answer = await client.get("/internal/pools/acme/front/snapshot")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
