"""Supervisors intervene over REST: who may, what routing is asked, what they are told."""

from typing import Any

import pytest
import pytest_asyncio

from switchyard.events.routing.v1 import supervision_events_pb2 as events
from switchyard.internal.routing.v1 import commands_pb2 as commands
from tests.unit.gateway_door.bench import TENANT, Bench, agent, entry, holder, offer_accepted, token
from tests.unit.gateway_door.contact_floor import STATES, with_contacts
from tests.unit.gateway_door.test_commands import refusing

BOSS = token("agent-2", "supervisor")
VERBS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("assign", {}),
    ("priority", {"priority": 3}),
    ("take-over", {}),
    ("monitor", {"mode": "listen"}),
)


@pytest_asyncio.fixture
async def floor(bench: Bench) -> Bench:
    return await with_contacts(bench)


def assigned(_message: Any, command: Any) -> list[tuple[str, Any]]:
    told = events.ContactAssignedByHand(
        entry=entry(), offer_id="off_default.7", holder=holder(command.agent_id), by=command.by, forced=command.force
    )
    return [("contacts", told)]


async def test_a_contact_is_assigned_to_an_agent(floor: Bench) -> None:
    floor.answering = assigned
    async with floor.client(BOSS) as client:
        answer = await client.post("/v1/contacts/cnt_1/assign", json={"agent": "agent-1", "force": True})
    assert answer.status_code == 200
    assert answer.json() == {"contact": "cnt_1", "agent": "agent-1", "offer": "off_default.7", "forced": True}
    (sent,) = floor.bus.decoded(commands.AssignContact)
    assert (sent.contact_id, sent.agent_id, sent.by, sent.force) == ("cnt_1", "agent-1", "agent-2", True)


async def test_without_an_agent_a_supervisor_pulls_the_contact_to_themselves(floor: Bench) -> None:
    floor.answering = assigned
    async with floor.client(BOSS) as client:
        answer = await client.post("/v1/contacts/cnt_1/assign", json={})
    assert answer.json()["agent"] == "agent-2"


@pytest.mark.parametrize(
    ("body", "code"),
    [({"agent": "nobody"}, "agent-unknown"), ({"agent": "stranger"}, "agent-of-another-pool")],
)
@pytest.mark.parametrize("verb", ["assign", "take-over"])
async def test_a_contact_goes_only_to_agents_of_its_pool(
    floor: Bench, monkeypatch: pytest.MonkeyPatch, verb: str, body: dict[str, str], code: str
) -> None:
    monkeypatch.setattr("services.gateway.application.door.routing_settings.PATIENCE_SECONDS", 0.01)
    floor.door.routing_settings.set_agent(TENANT, agent("stranger", pool="elsewhere"))
    async with floor.client(BOSS) as client:
        answer = await client.post(f"/v1/contacts/cnt_1/{verb}", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.json()["errors"][0]["pointer"] == "/agent"
    assert floor.bus.published == []


async def test_a_priority_is_changed(floor: Bench) -> None:
    floor.answering = lambda _message, command: [
        ("contacts", events.ContactPriorityChanged(entry=entry(), priority=5, own_priority=command.priority))
    ]
    async with floor.client(BOSS) as client:
        answer = await client.post("/v1/contacts/cnt_1/priority", json={"priority": 5})
        assert (await client.post("/v1/contacts/cnt_1/priority", json={"priority": 1001})).status_code == 422
    assert answer.json() == {"contact": "cnt_1", "priority": 5}
    (sent,) = floor.bus.decoded(commands.ChangePriority)
    assert (sent.priority, sent.by) == (5, "agent-2")


async def test_a_conversation_is_taken_over_and_answered_when_it_is_the_takers(floor: Bench) -> None:
    floor.answering = lambda _message, command: [("contacts", offer_accepted("off_default.9", command.agent_id))]
    async with floor.client(BOSS) as client:
        answer = await client.post("/v1/contacts/cnt_2/take-over", json={})
    assert answer.status_code == 200
    assert floor.applied == ["OfferAccepted"]
    (sent,) = floor.bus.decoded(commands.TakeOver)
    assert (sent.contact_id, sent.agent_id, sent.by, sent.force) == ("cnt_2", "agent-2", "agent-2", False)


@pytest.mark.parametrize("code", ["agent-at-capacity", "agent-not-available", "contact-waiting", "already-the-holder"])
async def test_what_routing_will_not_have_taken_over_is_a_conflict(floor: Bench, code: str) -> None:
    floor.answering = refusing(code)
    async with floor.client(BOSS) as client:
        answer = await client.post("/v1/contacts/cnt_2/take-over", json={})
    assert (answer.status_code, answer.json()["code"]) == (409, code)


@pytest.mark.parametrize(("verb", "body"), VERBS)
@pytest.mark.parametrize("role", ["agent", "senior_agent", "qa", "partner", "planner"])
async def test_only_supervisors_intervene(floor: Bench, verb: str, body: dict[str, Any], role: str) -> None:
    async with floor.client(token("agent-1", role)) as client:
        answer = await client.post(f"/v1/contacts/cnt_1/{verb}", json=body)
    assert answer.status_code == 403
    assert floor.bus.published == []


@pytest.mark.parametrize(("verb", "body"), VERBS)
async def test_another_tenants_contact_is_unknown(floor: Bench, verb: str, body: dict[str, Any]) -> None:
    async with floor.client(token("agent-2", "admin", tenant="other")) as client:
        answer = await client.post(f"/v1/contacts/cnt_1/{verb}", json=body)
    assert (answer.status_code, answer.json()["code"]) == (404, "contact-unknown")


@pytest.mark.parametrize(
    ("contact_id", "code"),
    [("cnt_3", "contact-wrap-up"), ("cnt_4", "contact-recording"), ("cnt_5", "contact-closed")],
)
@pytest.mark.parametrize(("verb", "body"), [*VERBS[:3], ("transfer", {"queue": "billing"})])
async def test_a_contact_that_is_over_is_a_conflict_that_names_its_state(
    floor: Bench, verb: str, body: dict[str, Any], contact_id: str, code: str
) -> None:
    async with floor.client(BOSS) as client:
        answer = await client.post(f"/v1/contacts/{contact_id}/{verb}", json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, code)
    assert f"{contact_id} is {STATES[contact_id]}" in answer.json()["detail"]
    assert floor.bus.published == []


@pytest.mark.parametrize(("verb", "body"), [*VERBS[:3], ("transfer", {"queue": "billing"}), ("end", {})])
async def test_what_routing_has_no_more_is_no_unknown_contact(floor: Bench, verb: str, body: dict[str, Any]) -> None:
    floor.answering = refusing("contact-unknown")
    async with floor.client(BOSS) as client:
        answer = await client.post(f"/v1/contacts/cnt_2/{verb}", json=body)
        stranger = await client.post(f"/v1/contacts/cnt_9/{verb}", json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, "contact-changing")
    assert "is talking" in answer.json()["detail"]
    assert (stranger.status_code, stranger.json()["code"]) == (404, "contact-unknown")


async def test_a_supervisor_follows_a_conversation_and_leaves_it(floor: Bench) -> None:
    where = "/v1/contacts/cnt_2/monitor"
    async with floor.client(BOSS) as client:
        begun = await client.post(where, json={"mode": "listen"})
        left = await client.delete(where)
        again = await client.delete(where)
    assert begun.json() == {
        "contact": "cnt_2",
        "agent": "agent-1",
        "supervisor": "agent-2",
        "mode": "listen",
        "since": "2026-11-22T08:00:00.000Z",
    }
    assert left.status_code == 204
    assert (again.status_code, again.json()["code"]) == (404, "monitoring-unknown")


async def test_a_mode_that_a_chat_has_not_is_refused_with_the_field_named(floor: Bench) -> None:
    async with floor.client(BOSS) as client:
        refused = await client.post("/v1/contacts/cnt_2/monitor", json={"mode": "whisper"})
        unknown = await client.post("/v1/contacts/cnt_2/monitor", json={"mode": "spy"})
    assert (refused.status_code, refused.json()["code"]) == (422, "mode-not-of-channel")
    assert refused.json()["errors"][0]["pointer"] == unknown.json()["errors"][0]["pointer"] == "/mode"


async def test_who_waits_cannot_be_followed(floor: Bench) -> None:
    async with floor.client(BOSS) as client:
        answer = await client.post("/v1/contacts/cnt_1/monitor", json={"mode": "listen"})
    assert (answer.status_code, answer.json()["code"]) == (409, "contact-not-talking")
