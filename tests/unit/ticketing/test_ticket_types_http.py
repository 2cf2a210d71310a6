"""Ticket types at the door."""

from tests.unit.ticketing.conftest import Bench

OUTAGE = {"id": "outage", "name": {"en": "Outage", "zh": "停电"}, "prefix": "OT", "default_priority": "urgent"}


async def test_a_new_tenant_has_the_eight_types(bench: Bench) -> None:
    async with bench.client("newcomer") as client:
        listed = (await client.get("/v1/ticket-types")).json()
        one = await client.get("/v1/ticket-types/complaint")
    assert len(listed["items"]) == 8
    assert listed["items"][0]["name"] == {"en": "Fault report", "zh": "故障报修"}
    assert (one.json()["built_in"], one.headers["ETag"]) == (True, '"0"')


async def test_a_tenant_s_own_type_numbers_its_tickets(bench: Bench) -> None:
    async with bench.client() as client:
        made = await client.post("/v1/ticket-types", json=OUTAGE)
        ticket = await client.post("/v1/tickets", json={"type": "outage", "title": "Whole quarter"})
    assert (made.status_code, made.json()["built_in"]) == (201, False)
    assert (ticket.json()["number"], ticket.json()["priority"]) == ("OT-20260105-000001", "urgent")


async def test_a_type_of_a_taken_id_is_refused(bench: Bench) -> None:
    async with bench.client() as client:
        await client.post("/v1/ticket-types", json=OUTAGE)
        again = await client.post("/v1/ticket-types", json=OUTAGE)
        built_in = await client.post("/v1/ticket-types", json=OUTAGE | {"id": "praise"})
    assert (again.status_code, built_in.status_code) == (409, 409)


async def test_putting_twice_makes_once(bench: Bench) -> None:
    async with bench.client() as client:
        first = await client.put("/v1/ticket-types/outage", json=OUTAGE)
        second = await client.put("/v1/ticket-types/outage", json=OUTAGE)
    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json()["version"] == 1


async def test_a_built_in_type_can_be_retired_by_one_tenant_alone(bench: Bench) -> None:
    async with bench.client() as client, bench.client("other") as other:
        retired = await client.patch("/v1/ticket-types/opinion", json={"active": False})
        refused = await client.post("/v1/tickets", json={"type": "opinion", "title": "x"})
        fine = await other.post("/v1/tickets", json={"type": "opinion", "title": "x"})
        listed = (await client.get("/v1/ticket-types")).json()["items"]
    assert (retired.status_code, retired.json()["active"], retired.json()["prefix"]) == (200, False, "OP")
    assert (refused.status_code, refused.json()["code"]) == (422, "ticket-type-retired")
    assert fine.status_code == 201
    assert len(listed) == 8


async def test_a_type_of_another_tenant_is_not_there(bench: Bench) -> None:
    async with bench.client() as client, bench.client("other") as other:
        await client.post("/v1/ticket-types", json=OUTAGE)
        read = await other.get("/v1/ticket-types/outage")
        patched = await other.patch("/v1/ticket-types/outage", json={"active": False})
    assert (read.status_code, patched.status_code) == (404, 404)


async def test_a_stale_version_of_a_type_is_refused(bench: Bench) -> None:
    async with bench.client() as client:
        await client.post("/v1/ticket-types", json=OUTAGE)
        answer = await client.patch("/v1/ticket-types/outage", json={"active": False}, headers={"If-Match": '"7"'})
    assert answer.status_code == 412


async def test_agents_do_not_change_types(bench: Bench) -> None:
    async with bench.client("acme", "agent") as client:
        answer = await client.post("/v1/ticket-types", json=OUTAGE)
    assert (answer.status_code, answer.json()["code"]) == (403, "role-missing")
