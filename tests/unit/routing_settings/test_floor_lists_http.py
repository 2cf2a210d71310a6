"""Breaches and waiting breaks as people list them, noted from routing's own events."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from google.protobuf.message import Message as ProtobufMessage

from services.routing.adapters.memory_floor_book import InMemoryFloorBook
from services.routing.entrypoints.floor_consumer import FloorNotes
from services.routing.entrypoints.floor_http import floor_router
from switchyard.eventing.outcomes import Done, Duplicate, Outcome
from switchyard.events.routing.v1 import agent_events_pb2 as wire
from switchyard.service import telemetry
from switchyard.service.health import Health
from switchyard.service.http import make_app
from switchyard.service.identity import HEADER, Principal, sign_internal
from switchyard.service.settings import ServiceSettings
from switchyard.testing.messages import make_event, make_record

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


class Settings(ServiceSettings):
    pass


class Lists:
    def __init__(self) -> None:
        self.book = InMemoryFloorBook()
        self.notes = FloorNotes(self.book).subscription()
        settings = Settings()
        frame = telemetry.setup("routing", settings)
        self.app: FastAPI = make_app(
            "routing", settings=settings, registry=frame.registry, health=Health(), tracer_provider=frame.provider
        )
        self.app.include_router(floor_router(self.book))
        self.secret = settings.internal_secret.get_secret_value()

    async def hear(self, event: ProtobufMessage, sequence: int) -> Outcome:
        made = make_event(event, subject="ann", sequence=sequence, tenant="acme")
        return await self.notes.handlers[type(event)](make_record(made, offset=0).read(), event)

    async def get(self, path: str, subject: str = "lea", *roles: str, tenant: str = "acme") -> httpx.Response:
        who = Principal(tenant=tenant, subject=subject, roles=frozenset(roles or {"supervisor"}), credential_id="crd_1")
        token = sign_internal(who, self.secret, datetime.now(UTC))
        transport = httpx.ASGITransport(app=self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test", headers={HEADER: token}) as client:
            return await client.get(path)


@pytest.fixture
def lists() -> Lists:
    return Lists()


def breach(number: int = 1, agent_id: str = "ann", **fields: Any) -> dict[str, Any]:
    return {
        "breach_id": f"brc_default.{number}",
        "rule_id": "break-10-minutes",
        "kind": "not-ready",
        "agent_id": agent_id,
        "team_id": "days",
        "pool_id": "default",
        "rung": "reminder",
        "since": NOON,
        "noticed_at": NOON + timedelta(minutes=number),
        "limit_seconds": 600,
        "cause": "not_ready/break",
        "repeat": 1,
        **fields,
    }


async def test_a_breach_is_listed_from_its_events_and_ends(lists: Lists) -> None:
    assert isinstance(await lists.hear(wire.FloorRuleBreached(**breach()), 1), Done)
    assert isinstance(await lists.hear(wire.FloorRuleBreached(**breach(rung="warning")), 2), Done)
    (item,) = (await lists.get("/v1/floor-breaches?open=true")).json()["items"]
    assert (item["id"], item["rule"], item["type"], item["agent"]) == (
        "brc_default.1",
        "break-10-minutes",
        "not-ready",
        "ann",
    )
    assert (item["rung"], sorted(item["rungs"]), item["ended_at"]) == ("warning", ["reminder", "warning"], None)
    assert (item["site"], item["noticed_at"]) == (None, "2026-11-25T12:01:00.000Z")
    ended = wire.FloorBreachEnded(**breach(rung="warning"), reason="state-changed")
    assert isinstance(await lists.hear(ended, 3), Done)
    assert isinstance(await lists.hear(ended, 3), Duplicate)
    assert (await lists.get("/v1/floor-breaches?open=true")).json()["items"] == []
    (item,) = (await lists.get("/v1/floor-breaches?agent=ann&team=days&rule=break-10-minutes")).json()["items"]
    assert (item["reason"], len(item["rungs"])) == ("state-changed", 2)


@pytest.mark.parametrize("name", ["from", "to"])
async def test_a_time_that_cannot_be_reckoned_with_is_named(lists: Lists, name: str) -> None:
    answer = await lists.get(f"/v1/floor-breaches?{name}=0001-01-01T00:00:00%2B14:00")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, f"?{name}")


async def test_breaches_are_paged_the_last_noticed_first_within_the_time_asked_for(lists: Lists) -> None:
    for number in range(1, 6):
        await lists.hear(wire.FloorRuleBreached(**breach(number)), number)
    first = (await lists.get("/v1/floor-breaches?limit=2&from=2026-11-25T12:02:00Z")).json()
    assert [item["id"] for item in first["items"]] == ["brc_default.5", "brc_default.4"]
    second = (await lists.get(f"/v1/floor-breaches?limit=2&from=2026-11-25T12:02:00Z&cursor={first['next']}")).json()
    assert [item["id"] for item in second["items"]] == ["brc_default.3", "brc_default.2"]
    assert second["next"] is None
    before = (await lists.get("/v1/floor-breaches?to=2026-11-25T12:02:00Z")).json()["items"]
    assert [item["id"] for item in before] == ["brc_default.1"]


async def test_an_agent_sees_only_what_is_their_own(lists: Lists) -> None:
    await lists.hear(wire.FloorRuleBreached(**breach(1, "ann")), 1)
    await lists.hear(wire.FloorRuleBreached(**breach(2, "bob")), 2)
    assert [item["agent"] for item in (await lists.get("/v1/floor-breaches", "ann", "agent")).json()["items"]] == [
        "ann"
    ]
    assert (await lists.get("/v1/floor-breaches?agent=bob", "ann", "agent")).status_code == 403
    assert (await lists.get("/v1/floor-breaches", "p", "partner")).status_code == 403
    assert (await lists.get("/v1/floor-breaches", tenant="other")).json()["items"] == []


@pytest.mark.parametrize("query", ["rung=fired", "open=maybe", "from=noon", "cursor=WyJhIl0", "limit=0"])
async def test_a_list_that_makes_no_sense_is_refused(lists: Lists, query: str) -> None:
    assert (await lists.get(f"/v1/floor-breaches?{query}")).status_code in {400, 422}


async def test_who_waits_for_a_break_is_listed_with_the_place_in_the_team(lists: Lists) -> None:
    who = {"team_id": "days", "pool_id": "default"}
    for number, agent_id in enumerate(("ann", "bob"), start=1):
        event = wire.BreakRequested(request_id=f"brk_default.{number}", agent_id=agent_id, position=number, **who)
        await lists.hear(event, number)
    items = (await lists.get("/v1/break-requests?team=days")).json()["items"]
    assert [(item["agent"], item["position"]) for item in items] == [("ann", 1), ("bob", 2)]
    own = (await lists.get("/v1/break-requests", "bob", "agent")).json()["items"]
    assert [(item["agent"], item["position"]) for item in own] == [("bob", 2)]
    await lists.hear(wire.BreakGranted(request_id="brk_default.1", agent_id="ann", asked_at=NOON, **who), 3)
    items = (await lists.get("/v1/break-requests")).json()["items"]
    assert [(item["agent"], item["position"]) for item in items] == [("bob", 1)]
