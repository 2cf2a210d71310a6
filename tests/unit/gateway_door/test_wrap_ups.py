"""Wrap-ups are completed and extended over REST, by those who have them and by overseers."""

from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from switchyard.events.routing.v1 import supervision_events_pb2 as events
from switchyard.internal.routing.v1 import commands_pb2 as commands
from tests.unit.gateway_door.bench import NOW, TENANT, Bench, agent, entry, holder, token
from tests.unit.gateway_door.contact_floor import with_contacts
from tests.unit.gateway_door.test_commands import refusing, succeeding

BOSS = token("agent-2", "supervisor")


@pytest_asyncio.fixture
async def floor(bench: Bench) -> Bench:
    return await with_contacts(bench)


async def test_an_agent_extends_the_wrap_up(floor: Bench) -> None:
    until = NOW + timedelta(seconds=90)
    floor.answering = lambda _message, _command: [
        ("contacts", events.WrapUpExtended(entry=entry(), holder=holder(), wrap_up_until=until, extensions=1))
    ]
    async with floor.client(token("agent-1")) as client:
        answer = await client.post("/v1/contacts/cnt_3/wrap-up/extend", json={"seconds": 30})
    assert answer.json() == {
        "contact": "cnt_3",
        "agent": "agent-1",
        "wrap_up_until": "2026-11-22T08:01:30.000Z",
        "extensions": 1,
    }
    (sent,) = floor.bus.decoded(commands.ExtendWrapUp)
    assert (sent.contact_id, sent.agent_id, sent.seconds) == ("cnt_3", "agent-1", 30)


EXTENSION = {"seconds": 30}
OUTCOME = {"disposition": "resolved"}
WRITING_UP = (("wrap-up/extend", EXTENSION, commands.ExtendWrapUp), ("wrap-up", OUTCOME, commands.CompleteWrapUp))


async def test_an_overseer_extends_the_open_wrap_up_whoever_has_it(floor: Bench) -> None:
    floor.answering = lambda _message, _command: [
        ("contacts", events.WrapUpExtended(entry=entry(), holder=holder("agent-3"), wrap_up_until=NOW, extensions=1))
    ]
    async with floor.client(BOSS) as client:
        answer = await client.post("/v1/contacts/cnt_2/wrap-up/extend", json=EXTENSION)
    assert answer.json()["agent"] == "agent-3"
    assert floor.bus.decoded(commands.ExtendWrapUp)[0].agent_id == ""


@pytest.mark.parametrize("contact_id", ["cnt_1", "cnt_2", "cnt_3"])
@pytest.mark.parametrize(("verb", "body", "kind"), WRITING_UP)
async def test_a_wrap_up_that_nobody_has_is_a_conflict_to_all(
    floor: Bench, verb: str, body: dict[str, Any], kind: Any, contact_id: str
) -> None:
    floor.answering = refusing("not-in-wrap-up")
    for who in (BOSS, token("agent-1")):
        async with floor.client(who) as client:
            answer = await client.post(f"/v1/contacts/{contact_id}/{verb}", json=body)
        assert (answer.status_code, answer.json()["code"]) == (409, "not-in-wrap-up")
    assert [sent.agent_id for sent in floor.bus.decoded(kind)] == ["", "agent-1"]


@pytest.mark.parametrize(("verb", "body", "kind"), WRITING_UP)
async def test_an_overseer_names_whose_wrap_up_is_meant_in_whichever_pool(
    floor: Bench, verb: str, body: dict[str, Any], kind: Any
) -> None:
    floor.door.routing_settings.set_agent(TENANT, agent("relieved", pool="elsewhere"))
    floor.answering = succeeding
    async with floor.client(BOSS) as client:
        answer = await client.post(f"/v1/contacts/cnt_2/{verb}", json={**body, "agent": "relieved"})
        another = await client.post(f"/v1/contacts/cnt_2/{verb}", json={**body, "agent": "agent-1"})
    assert (answer.status_code, another.status_code) == (200, 200)
    assert [sent.agent_id for sent in floor.bus.decoded(kind)] == ["relieved", "agent-1"]
    assert [sent.key for sent in floor.bus.published] == ["acme/elsewhere", "acme/default"]


@pytest.mark.parametrize(("verb", "body", "kind"), WRITING_UP)
async def test_an_agent_writes_up_nobody_elses_contact(
    floor: Bench, monkeypatch: pytest.MonkeyPatch, verb: str, body: dict[str, Any], kind: Any
) -> None:
    monkeypatch.setattr("services.gateway.application.door.routing_settings.PATIENCE_SECONDS", 0.01)
    async with floor.client(token("agent-1")) as client:
        foreign = await client.post(f"/v1/contacts/cnt_3/{verb}", json={**body, "agent": "agent-2"})
    async with floor.client(BOSS) as client:
        unknown = await client.post(f"/v1/contacts/cnt_3/{verb}", json={**body, "agent": "nobody"})
    assert (foreign.status_code, foreign.json()["code"]) == (403, "not-your-own")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "agent-unknown")
    assert floor.bus.decoded(kind) == []


async def test_an_overseers_note_is_kept_with_a_contact_that_is_written_up(floor: Bench) -> None:
    floor.answering = succeeding
    async with floor.client(BOSS) as client:
        answer = await client.post("/v1/contacts/cnt_3/wrap-up", json={**OUTCOME, "note": "rang twice"})
        talking = await client.post("/v1/contacts/cnt_2/wrap-up", json={**OUTCOME, "note": "of another talk"})
    assert (answer.json()["note"], talking.json()["note"]) == ("rang twice", None)


async def test_an_extension_that_is_too_long_names_the_field(floor: Bench) -> None:
    floor.answering = refusing("extension-too-long")
    async with floor.client(token("agent-1")) as client:
        answer = await client.post("/v1/contacts/cnt_3/wrap-up/extend", json={"seconds": 3000})
    assert (answer.status_code, answer.json()["code"]) == (422, "extension-too-long")
    assert answer.json()["errors"][0]["pointer"] == "/seconds"


@pytest.mark.parametrize(("code", "status"), [("no-extension-left", 409), ("not-in-wrap-up", 409)])
async def test_an_extension_that_is_not_granted_says_why(floor: Bench, code: str, status: int) -> None:
    floor.answering = refusing(code)
    async with floor.client(token("agent-1")) as client:
        answer = await client.post("/v1/contacts/cnt_3/wrap-up/extend", json={"seconds": 30})
        assert (await client.post("/v1/contacts/cnt_3/wrap-up/extend", json={"seconds": 0})).status_code == 422
    assert (answer.status_code, answer.json()["code"]) == (status, code)
