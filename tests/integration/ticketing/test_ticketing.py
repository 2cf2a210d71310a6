"""Ticketing as a process: from a closed contact on the broker to a ticket at the door and on its topic."""

from collections.abc import Iterator

import httpx
import pytest

from switchyard.events.gateway.v1 import contact_events_pb2
from switchyard.events.ticketing.v1 import ticket_events_pb2
from switchyard.testing.polling import until
from switchyard.testing.processes import Broker, RunningDatabase
from tests.integration.service_process import ServiceProcess, running_service, token


@pytest.fixture(scope="module")
def ticketing(
    broker: Broker, database: RunningDatabase, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ServiceProcess]:
    with running_service("ticketing", broker, database, tmp_path_factory.mktemp("ticketing")) as process:
        yield process


def closed(contact_id: str) -> contact_events_pb2.ContactClosed:
    return contact_events_pb2.ContactClosed(
        contact_id=contact_id,
        channel="chat",
        outcome="handled",
        queue_id="billing",
        agent_id="agt_ann",
        ticket_type="complaint",
    )


async def test_a_closed_contact_opens_one_ticket_however_often_it_is_told(
    ticketing: ServiceProcess, unique: str
) -> None:
    tenant = f"t-{unique}"
    for _ in range(2):
        await ticketing.publish(closed("cnt_1"), tenant=tenant, contact_id="cnt_1")
    await ticketing.publish(closed("cnt_2"), tenant=tenant, contact_id="cnt_2")

    async def both() -> bool:
        return {item["contact"] for item in await ticketing.items("/v1/tickets", tenant)} == {"cnt_1", "cnt_2"}

    await until(both, what="a ticket for each contact")
    (ticket,) = await ticketing.items("/v1/tickets", tenant, contact="cnt_1")
    assert (ticket["type"], ticket["owner"], ticket["state"]) == ("complaint", "agt_ann", "open")

    async def told() -> bool:
        announced = await ticketing.announced("ticket-events-v1", tenant)
        return sorted(ticket_events_pb2.TicketOpened.FromString(data).contact_id for _, data in announced) == [
            "cnt_1",
            "cnt_2",
        ]

    await until(told, what="both tickets announced, each once")


async def test_another_tenant_s_ticket_is_not_found(ticketing: ServiceProcess, unique: str) -> None:
    async with httpx.AsyncClient(base_url=ticketing.base_url, trust_env=False) as client:
        made = await client.post(
            "/v1/tickets", json={"type": "praise", "title": "Thanks"}, headers=token(f"t-{unique}", "agent")
        )
    assert made.status_code == 201
    path = f"/v1/tickets/{made.json()['id']}"
    assert (await ticketing.get(path, f"t-{unique}")).status_code == 200
    assert (await ticketing.get(path, f"other-{unique}")).status_code == 404


async def test_lists_page_through_the_database_as_through_memory(ticketing: ServiceProcess, unique: str) -> None:
    tenant = f"t-{unique}"
    async with httpx.AsyncClient(base_url=ticketing.base_url, trust_env=False, headers=token(tenant)) as client:
        numbers = []
        for count in range(5):
            body = {"type": "enquiry", "title": f"Question {count}", "owner": "ann" if count % 2 else "bob"}
            numbers.append((await client.post("/v1/tickets", json=body)).json()["number"])
        assert len(set(numbers)) == 5
        seen: list[str] = []
        cursor: dict[str, str] = {}
        while True:
            page = (await client.get("/v1/tickets", params={"owner": "bob", "limit": 2, **cursor})).json()
            seen += [item["number"] for item in page["items"]]
            if page["next"] is None:
                break
            cursor = {"cursor": page["next"]}
    assert sorted(seen) == [numbers[0], numbers[2], numbers[4]]
