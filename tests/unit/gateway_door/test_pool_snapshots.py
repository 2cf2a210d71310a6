"""Routing's snapshots as the gateway reads them."""

import httpx
import pytest

from services.gateway.adapters.forwarding import Forwarder
from services.gateway.adapters.pool_snapshots import HttpPoolSnapshots
from services.gateway.application.door.ports import PoolUnavailable, PoolUnknown
from switchyard.service.identity import HEADER, verify_internal
from tests.unit.gateway_door.bench import NOW

SECRET = "a secret of at least so many characters"
WAITING = {
    "contact_id": "cnt_1",
    "entry": 2,
    "queue_id": "billing",
    "channel": "chat",
    "queued_at": "2026-11-22T08:00:00.000Z",
}
OFFER = {
    **WAITING,
    "offer_id": "off_front.1",
    "agent_id": "ann",
    "offered_at": "2026-11-22T08:00:01.000Z",
    "expires_at": "2026-11-22T08:00:21.000Z",
}
AGENT = {
    "agent_id": "ann",
    "team_id": "t",
    "site_id": "s",
    "state": "ringing",
    "reason": "",
    "set_state": "available",
    "set_reason": "",
    "since": "2026-11-22T08:00:01.000Z",
    "held_units": 30,
    "capacity_units": 100,
}
BODY = {"contacts_sequence": 7, "agents_sequence": 3, "waiting": [WAITING], "offers": [OFFER], "agents": [AGENT]}


def snapshots(answer: httpx.Response) -> HttpPoolSnapshots:
    def respond(request: httpx.Request) -> httpx.Response:
        assert request.url.raw_path == b"/internal/pools/acme/front/snapshot"
        assert verify_internal(request.headers[HEADER], SECRET, NOW).tenant == "acme"
        return answer

    http = httpx.AsyncClient(transport=httpx.MockTransport(respond))
    return HttpPoolSnapshots(Forwarder(http, SECRET, lambda: NOW), "http://routing")


async def test_a_snapshot_is_read() -> None:
    read = await snapshots(httpx.Response(200, json=BODY)).of_pool("acme", "front")
    assert (read.contacts_sequence, read.agents_sequence) == (7, 3)
    assert (read.offers[0].id, read.offers[0].entry, read.waiting[0].queued_at) == ("off_front.1", 2, NOW)
    assert (read.agents[0].state, read.agents[0].held_units) == ("ringing", 30)


async def test_who_waits_for_a_break_is_read_and_nobody_where_routing_does_not_say() -> None:
    body = BODY | {"break_requests": [{"agent_id": "bob", "team_id": "t"}, {"agent_id": "ann", "team_id": "t"}]}
    read = await snapshots(httpx.Response(200, json=body)).of_pool("acme", "front")
    assert read.break_requests == (("bob", "t"), ("ann", "t"))
    assert (await snapshots(httpx.Response(200, json=BODY)).of_pool("acme", "front")).break_requests == ()


async def test_a_pool_without_a_past_is_known_from_one_that_cannot_be_told_of() -> None:
    with pytest.raises(PoolUnknown):
        await snapshots(httpx.Response(404, json={"code": "pool-unknown"})).of_pool("acme", "front")
    for answer in (
        httpx.Response(404, json={"code": "not-found"}),
        httpx.Response(404, content=b"nothing here"),
        httpx.Response(503, json={"code": "pool-moving"}),
        httpx.Response(200, json={**BODY, "offers": [{}]}),
        httpx.Response(200, content=b"{"),
    ):
        with pytest.raises(PoolUnavailable):
            await snapshots(answer).of_pool("acme", "front")
