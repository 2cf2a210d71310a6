"""Integrations open contacts over REST, and say what they need."""

from typing import Any, cast

import pytest
import pytest_asyncio

from services.gateway.entrypoints.ask_routing import AskRouting
from services.gateway.entrypoints.contacts_http import ContactDesk
from switchyard.internal.routing.v1.commands_pb2 import EnqueueContact
from tests.unit.gateway.desk import Desk, Queues
from tests.unit.gateway_door.bench import Bench, token

OPENED = {"channel": "fax", "queue": "billing"}
PARTNER = token("shop", "partner")


@pytest_asyncio.fixture
async def desk(bench: Bench) -> Desk:
    desk = Desk()
    routes = ContactDesk(
        contacts=desk.stores.contacts,
        lines=desk.stores.lines,
        queues=Queues(),
        open_contact=desk.open,
        append=desk.append,
        reply=desk.reply_to,
        ask=AskRouting(desk.stores.contacts, bench.door.commands),
        attachments=cast("Any", None),
        clock=bench.clock,
        new_id=lambda: "new",
    )
    bench.app.include_router(routes.router())
    return desk


async def test_a_contact_is_opened_with_what_it_needs(bench: Bench, desk: Desk) -> None:
    needs = {"priority": -20, "required_skills": [{"skill": "cantonese", "level": 3}, {"skill": "outage", "level": 10}]}
    async with bench.client(PARTNER) as client:
        answer = await client.post("/v1/contacts", json={**OPENED, **needs})
    assert answer.status_code == 201
    assert {name: answer.json()[name] for name in needs} == needs
    (request,) = desk.bus.decoded(EnqueueContact)
    assert request.priority == -20
    assert [(each.skill_id, each.level) for each in request.required_skills] == [("cantonese", 3), ("outage", 10)]


async def test_a_contact_that_says_nothing_needs_nothing_of_its_own(bench: Bench, desk: Desk) -> None:
    async with bench.client(PARTNER) as client:
        answer = await client.post("/v1/contacts", json=OPENED)
    assert (answer.json()["priority"], answer.json()["required_skills"]) == (0, [])
    (request,) = desk.bus.decoded(EnqueueContact)
    assert (request.priority, list(request.required_skills)) == (0, [])


@pytest.mark.parametrize(
    ("needs", "pointer"),
    [
        ({"priority": 1001}, "/priority"),
        ({"priority": "high"}, "/priority"),
        ({"required_skills": [{"skill": "outage", "level": 0}]}, "/required_skills/0/level"),
        ({"required_skills": [{"skill": "outage", "level": 11}]}, "/required_skills/0/level"),
        ({"required_skills": [{"skill": "out age", "level": 1}]}, "/required_skills/0/skill"),
        ({"required_skills": [{"skill": "outage"}]}, "/required_skills/0/level"),
        ({"required_skills": [{"skill": f"s{n}", "level": 1} for n in range(21)]}, "/required_skills"),
        ({"required_skills": [{"skill": "a", "level": 1}, {"skill": "a", "level": 2}]}, "/required_skills/1/skill"),
    ],
)
async def test_needs_that_make_no_sense_open_nothing(
    bench: Bench, desk: Desk, needs: dict[str, Any], pointer: str
) -> None:
    async with bench.client(PARTNER) as client:
        answer = await client.post("/v1/contacts", json={**OPENED, **needs})
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert desk.bus.decoded(EnqueueContact) == []
