"""Tickets at the door."""

from typing import Any

import httpx
import pytest

from switchyard.events.ticketing.v1 import ticket_events_pb2 as pb
from tests.unit.ticketing.conftest import Bench

NEW = {"type": "fault_report", "title": "No light in Harbour Street", "contact": "cnt_1", "customer": "cus_1"}


async def opened(client: httpx.AsyncClient, **changes: Any) -> dict[str, Any]:
    answer = await client.post("/v1/tickets", json=NEW | changes)
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def test_an_opened_ticket_can_be_read_where_location_says(bench: Bench) -> None:
    async with bench.client() as client:
        answer = await client.post("/v1/tickets", json=NEW)
        read = await client.get(answer.headers["Location"])
    assert answer.status_code == 201
    assert read.json() == answer.json()
    assert (read.json()["state"], read.json()["number"]) == ("open", "FR-20260105-000001")
    assert read.json()["created_at"] == "2026-01-05T09:00:00.000Z"
    assert read.headers["ETag"] == '"1"'


async def test_the_same_idempotency_key_gives_the_same_ticket(bench: Bench) -> None:
    async with bench.client() as client:
        first = await client.post("/v1/tickets", json=NEW, headers={"Idempotency-Key": "k1"})
        again = await client.post("/v1/tickets", json=NEW, headers={"Idempotency-Key": "k1"})
        other = await client.post("/v1/tickets", json=NEW, headers={"Idempotency-Key": "k2"})
    assert first.json()["id"] == again.json()["id"] != other.json()["id"]
    assert len(bench.bus.decoded(pb.TicketOpened)) == 2


async def test_another_tenants_ticket_is_not_there(bench: Bench) -> None:
    async with bench.client() as client:
        ticket = await opened(client)
    path = f"/v1/tickets/{ticket['id']}"
    async with bench.client("other") as stranger:
        answers = [
            await stranger.get(path),
            await stranger.patch(path, json={"title": "mine"}),
            await stranger.post(f"{path}/notes", json={"text": "x"}),
            await stranger.post(f"{path}/close", json={"resolution": "x"}),
            await stranger.post(f"{path}/reopen", json={"reason": "x"}),
        ]
        listed = await stranger.get("/v1/tickets")
    assert [answer.status_code for answer in answers] == [404] * 5
    assert {answer.json()["code"] for answer in answers} == {"ticket-not-found"}
    assert listed.json() == {"items": [], "next": None}


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"type": "fault_report"}, "/title"),
        (NEW | {"type": "unheard_of"}, "/type"),
        (NEW | {"colour": "red"}, "/colour"),
        (NEW | {"title": "x" * 201}, "/title"),
        (NEW | {"priority": "whatever"}, "/priority"),
        (NEW | {"contact": "no spaces allowed"}, "/contact"),
    ],
)
async def test_a_ticket_that_does_not_fit_is_refused_at_its_field(
    bench: Bench, body: dict[str, str], pointer: str
) -> None:
    async with bench.client() as client:
        answer = await client.post("/v1/tickets", json=body)
    assert answer.status_code == 422
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]


async def test_a_stale_if_match_is_refused_with_the_current_version(bench: Bench) -> None:
    async with bench.client() as client:
        ticket = await opened(client)
        path = f"/v1/tickets/{ticket['id']}"
        good = await client.patch(path, json={"owner": "bob"}, headers={"If-Match": '"1"'})
        stale = await client.patch(path, json={"owner": "eve"}, headers={"If-Match": '"1"'})
        unreadable = await client.patch(path, json={"owner": "eve"}, headers={"If-Match": "one"})
    assert (good.status_code, good.json()["owner"], good.headers["ETag"]) == (200, "bob", '"2"')
    assert (stale.status_code, stale.json()["code"], stale.headers["ETag"]) == (412, "version-stale", '"2"')
    assert unreadable.status_code == 400


async def test_null_takes_the_owner_away_and_leaving_out_does_not(bench: Bench) -> None:
    async with bench.client() as client:
        ticket = await opened(client, owner="ann")
        path = f"/v1/tickets/{ticket['id']}"
        kept = (await client.patch(path, json={"priority": "low"})).json()
        taken = (await client.patch(path, json={"owner": None})).json()
    assert (kept["owner"], taken["owner"]) == ("ann", None)


async def test_the_closed_loop_from_work_to_reopening(bench: Bench) -> None:
    async with bench.client() as client:
        path = f"/v1/tickets/{(await opened(client))['id']}"
        await client.patch(path, json={"state": "in_progress"})
        noted = await client.post(f"{path}/notes", json={"text": "crew sent"})
        closed = await client.post(f"{path}/close", json={"resolution": "fuse replaced"})
        refused = await client.patch(path, json={"title": "other"})
        reopened = await client.post(f"{path}/reopen", json={"reason": "dark again"})
    assert (noted.status_code, noted.json()["notes"][0]["author"]) == (201, "agt_ann")
    assert (closed.json()["state"], closed.json()["resolution"]) == ("closed", "fuse replaced")
    assert (refused.status_code, refused.json()["code"]) == (409, "ticket-closed")
    assert (reopened.json()["state"], reopened.json()["reopened"]) == ("open", 1)
    assert bench.bus.types("ticket-events-v1") == [
        "TicketOpened",
        "TicketStateChanged",
        "TicketNoteAdded",
        "TicketStateChanged",
        "TicketClosed",
        "TicketStateChanged",
        "TicketReopened",
    ]
    sequences = [message.envelope.sequence for message in bench.bus.published]
    assert sequences == list(range(1, 8))


async def test_a_person_s_words_stay_out_of_the_events_but_codes_travel(bench: Bench) -> None:
    async with bench.client() as client:
        worded = f"/v1/tickets/{(await opened(client))['id']}"
        coded = f"/v1/tickets/{(await opened(client))['id']}"
        await client.post(f"{worded}/close", json={"resolution": "Mrs Li, 13800138000, was called"})
        await client.post(f"{coded}/close", json={"resolution": "resolved"})
    assert [event.resolution for event in bench.bus.decoded(pb.TicketClosed)] == ["", "resolved"]


async def test_a_patch_cannot_close(bench: Bench) -> None:
    async with bench.client() as client:
        path = f"/v1/tickets/{(await opened(client))['id']}"
        answer = await client.patch(path, json={"state": "closed"})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/state")


async def test_lists_filter_sort_and_page(bench: Bench) -> None:
    async with bench.client() as client:
        made = []
        for owner in ("ann", "bob", "ann", "ann"):
            made.append((await opened(client, owner=owner))["id"])
            bench.clock.advance(seconds=1)
        first = (await client.get("/v1/tickets", params={"owner": "ann", "limit": 2})).json()
        rest = (await client.get("/v1/tickets", params={"owner": "ann", "limit": 2, "cursor": first["next"]})).json()
        oldest = (await client.get("/v1/tickets", params={"sort": "created_at"})).json()
        closed = (await client.get("/v1/tickets", params={"state": "closed"})).json()
    assert [item["id"] for item in first["items"]] == [made[3], made[2]]
    assert ([item["id"] for item in rest["items"]], rest["next"]) == ([made[0]], None)
    assert [item["id"] for item in oldest["items"]] == made
    assert closed["items"] == []
    assert "description" not in first["items"][0]


async def test_a_cursor_of_another_list_is_refused(bench: Bench) -> None:
    async with bench.client() as client:
        answer = await client.get("/v1/tickets", params={"cursor": "WzFd"})
        unsortable = await client.get("/v1/tickets", params={"sort": "colour"})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid-cursor")
    assert unsortable.status_code == 422


async def test_without_a_token_nothing_is_told(bench: Bench) -> None:
    async with bench.client() as client:
        del client.headers["X-Switchyard-Principal"]
        assert (await client.get("/v1/tickets")).status_code == 401
