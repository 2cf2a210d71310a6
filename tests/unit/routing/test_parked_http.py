"""Who is parked and why, as supervisors read it."""

from collections.abc import Mapping
from datetime import UTC, datetime

import httpx
import pytest
from prometheus_client import CollectorRegistry, generate_latest

from services.routing.adapters.telemetry import RoutingMetrics
from services.routing.application.live_pool import LivePool
from services.routing.application.live_queries import LiveQueries
from services.routing.application.ports import PoolKey
from services.routing.domain.policies import ROUTING_POLICIES
from services.routing.entrypoints.decisions_http import decisions_router
from services.routing.entrypoints.live_http import live_router
from services.routing.settings import Settings
from switchyard.service.health import Health
from switchyard.service.http import make_app
from switchyard.service.identity import HEADER, Principal, sign_internal
from tests.unit.routing.driver import Driver
from tests.unit.routing.past import KEY, past_of
from tests.unit.routing.test_parking import POISON, breaks_on_poison


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Driver:
    """A queue in which the poison contact is parked and another one rings."""
    monkeypatch.setattr("services.routing.domain.lane.ROUTING_POLICIES", (*ROUTING_POLICIES, breaks_on_poison))
    pool = Driver()
    pool.queue("billing")
    pool.enqueue(POISON)
    pool.enqueue("c1")
    pool.agent("ann", "billing")
    return pool


async def ask(pool: Driver, path: str) -> httpx.Response:
    settings, live = Settings(), LivePool(key=KEY, partition=0, state=pool.state)
    past = await past_of(pool)

    async def owners(tenant: str) -> Mapping[PoolKey, str]:
        return {}

    async def has_queue(tenant: str, queue_id: str) -> bool:
        return queue_id == "saved-a-moment-ago"

    app = make_app("routing", settings=settings, registry=CollectorRegistry(), health=Health())
    who = Principal(tenant="acme", subject="sue", roles=frozenset({"supervisor"}), credential_id="internal:sue")
    token = sign_internal(who, settings.internal_secret.get_secret_value(), datetime.now(UTC))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://here", headers={HEADER: token}) as client:
        queries = LiveQueries({KEY: live}, lambda: pool.now)
        app.include_router(live_router(queries, owners, has_queue, address="http://here", client=client))
        app.include_router(decisions_router(past.answer_about, past.journal.of_contact))
        return await client.get(path)


async def test_a_queue_shows_who_is_parked_beside_who_waits(pool: Driver) -> None:
    body = (await ask(pool, "/v1/queues/billing/waiting")).json()
    assert body["items"] == []
    (parked,) = body["parked"]
    assert (parked["contact"], parked["reason"], parked["error"]) == (POISON, "matching-failed", "ZeroDivisionError")


async def test_the_decisions_say_why_nobody_was_asked(pool: Driver) -> None:
    (decision,) = (await ask(pool, f"/v1/contacts/{POISON}/decisions")).json()["items"]
    assert (decision["rule"], decision["error"], decision["agent"]) == ("matching-failed", "ZeroDivisionError", "")
    (offer,) = (await ask(pool, "/v1/contacts/c1/decisions")).json()["items"]
    assert (offer["rule"], offer["error"], offer["agent"]) == ("longest-idle", "", "ann")


def test_the_parked_are_counted(pool: Driver) -> None:
    registry = CollectorRegistry()
    RoutingMetrics(registry).serve(lambda: [LivePool(key=KEY, partition=0, state=pool.state)])
    assert "switchyard_routing_parked 1.0" in generate_latest(registry).decode()


async def test_nobody_waits_in_a_queue_that_was_saved_but_has_not_reached_its_engine(pool: Driver) -> None:
    fresh = await ask(pool, "/v1/queues/saved-a-moment-ago/waiting")
    assert (fresh.status_code, fresh.json()["items"]) == (200, [])
    unknown = await ask(pool, "/v1/queues/unknown/waiting")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "queue-unknown")
