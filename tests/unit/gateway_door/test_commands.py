"""Commands that travel to routing and answer with what it decided."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from google.protobuf.message import Message as ProtobufMessage

from services.gateway.application.door import ports
from switchyard.eventing.envelope import Message
from switchyard.internal.routing.v1 import commands_pb2 as commands
from switchyard.internal.routing.v1 import outcomes_pb2 as outcomes
from tests.unit.gateway_door.bench import Bench, offer_accepted, offer_made, state_changed, token

ACCEPT = "/v1/offers/off_default.1/accept"
Announced = Sequence[tuple[str, ProtobufMessage]]


def accepting(_message: Message, command: Any) -> Announced:
    """The agent's state changes on another topic first, as it may on a real broker."""
    return [("agents", state_changed(state="busy")), ("contacts", offer_accepted(command.offer_id, command.agent_id))]


def refusing(code: str) -> Any:
    def refuse(message: Message, _command: Any) -> Announced:
        return [("outcomes", outcomes.CommandRefused(command_id=message.envelope.id, code=code, detail="it is over"))]

    return refuse


def succeeding(message: Message, _command: Any) -> Announced:
    return [("outcomes", outcomes.CommandSucceeded(command_id=message.envelope.id))]


async def test_an_accepted_offer_is_answered_by_its_event_after_the_contact_took_it_in(bench: Bench) -> None:
    bench.answering = accepting
    async with bench.client(token("agent-1")) as client:
        answer = await client.post(ACCEPT)
    assert answer.status_code == 200
    assert answer.json()["state"] == "accepted"
    assert answer.json()["contact"] == "cnt_1"
    assert bench.applied == ["OfferAccepted"]
    sent = bench.bus.published[0]
    assert sent.key == "acme/default"
    assert sent.envelope.id.startswith("cmd_default.")
    assert bench.bus.decoded(commands.AcceptOffer)[0].agent_id == "agent-1"


@pytest.mark.parametrize(
    ("code", "status"),
    [("offer-closed", 409), ("offer-unknown", 404), ("offer-of-another-agent", 403), ("queue-unknown", 422)],
)
async def test_a_refusal_is_a_problem_with_routings_code(bench: Bench, code: str, status: int) -> None:
    bench.answering = refusing(code)
    async with bench.client(token("agent-1")) as client:
        answer = await client.post(ACCEPT)
    assert (answer.status_code, answer.json()["code"], answer.json()["detail"]) == (status, code, "it is over")


async def test_what_takes_too_long_is_202_and_told_at_its_own_address(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    defaults = bench.door.commands.send.__kwdefaults__ or {}
    monkeypatch.setitem(defaults, "deadline_seconds", 0.02)
    assert ports.DEADLINE_SECONDS == 5.0
    async with bench.client(token("agent-1")) as client:
        answer = await client.post(ACCEPT)
        assert answer.status_code == 202
        place = answer.headers["location"]
        assert (await client.get(place)).json()["state"] == "pending"
        await bench.announce("contacts", offer_accepted(), cause=answer.json()["id"])
        assert (await client.get(place)).json()["state"] == "done"
    async with bench.client(token("agent-1", tenant="other")) as client:
        assert (await client.get(place)).status_code == 404


async def test_without_the_broker_it_is_503(bench: Bench) -> None:
    bench.bus.available = False
    async with bench.client(token("agent-1")) as client:
        answer = await client.post(ACCEPT)
    assert (answer.status_code, answer.json()["code"]) == (503, "broker-unavailable")
    assert answer.headers["retry-after"]


async def test_the_same_key_is_the_same_command(bench: Bench) -> None:
    bench.answering = refusing("offer-closed")
    async with bench.client(token("agent-1")) as client:
        for _ in range(2):
            await client.post(ACCEPT, headers={"Idempotency-Key": "k"})
        await bench.first_answers.release(next(iter(bench.first_answers._kept)), "1")
        await client.post(ACCEPT, headers={"Idempotency-Key": "k"})
        await client.post(ACCEPT, headers={"Idempotency-Key": "other"})
    ids = [message.envelope.id for message in bench.bus.published]
    assert len(ids) == 3
    assert ids[0] == ids[1] != ids[2]


async def test_an_agent_acts_only_as_themselves_and_an_overseer_for_anyone(bench: Bench) -> None:
    bench.answering = accepting
    await bench.announce("contacts", offer_made(agent_id="agent-2"))
    async with bench.client(token("agent-1")) as client:
        denied = await client.post(ACCEPT, json={"agent": "agent-2"})
        assert (await client.get("/v1/offers", params={"agent": "agent-2"})).status_code == 403
        assert (await client.get("/v1/offers")).json()["items"] == []
    assert (denied.status_code, denied.json()["code"]) == (403, "not-your-own")
    async with bench.client(token("boss", "supervisor")) as client:
        seen = (await client.get("/v1/offers", params={"agent": "agent-2"})).json()["items"]
        answer = await client.post(ACCEPT)
    assert [offer["id"] for offer in seen] == ["off_default.1"]
    assert answer.json()["agent"] == "agent-2"


async def test_another_tenant_sees_no_offer_and_cannot_take_it(bench: Bench) -> None:
    await bench.announce("contacts", offer_made())
    async with bench.client(token("agent-1", "supervisor", tenant="other")) as client:
        assert (await client.get("/v1/offers")).json()["items"] == []
        answer = await client.post(ACCEPT)
    assert (answer.status_code, answer.json()["code"]) == (404, "offer-unknown")
    assert bench.bus.published == []


@pytest.mark.parametrize("offer_id", ["off_default", "off_nowhere.1", "x", "off_default.1.2"])
async def test_an_offer_of_no_pool_is_unknown(bench: Bench, offer_id: str) -> None:
    async with bench.client(token("agent-1")) as client:
        assert (await client.post(f"/v1/offers/{offer_id}/accept")).status_code == 404


async def test_offers_are_listed_page_by_page_until_they_are_over(bench: Bench) -> None:
    for number in range(1, 6):
        await bench.announce("contacts", offer_made(f"off_default.{number}"))
        bench.clock.advance(seconds=1)
    await bench.announce("contacts", offer_accepted("off_default.2"))
    seen, cursor = [], None
    async with bench.client(token("agent-1")) as client:
        while True:
            page = (await client.get("/v1/offers", params={"limit": 2} | ({"cursor": cursor} if cursor else {}))).json()
            seen += [offer["id"] for offer in page["items"]]
            cursor = page["next"]
            if cursor is None:
                break
    assert seen == [f"off_default.{number}" for number in (1, 3, 4, 5)]


async def test_a_state_is_set_and_told(bench: Bench) -> None:
    bench.answering = lambda _message, command: [("agents", state_changed(command.agent_id, command.state))]
    async with bench.client(token("agent-1")) as client:
        answer = await client.put("/v1/agents/agent-1/state", json={"state": "available"})
        assert (await client.get("/v1/agents/agent-1/state")).json()["state"] == "available"
    assert answer.status_code == 200
    assert answer.json()["set_state"] == "available"
    assert bench.applied == []


async def test_setting_the_same_state_again_answers_with_it(bench: Bench) -> None:
    await bench.announce("agents", state_changed(state="busy"))
    bench.answering = succeeding
    async with bench.client(token("agent-1")) as client:
        answer = await client.put("/v1/agents/agent-1/state", json={"state": "available"})
    assert answer.json()["state"] == "busy"


@pytest.mark.parametrize(
    "body",
    [{"state": "busy"}, {"state": "available", "reason": "meal"}, {"state": "not_ready", "reason": "system"}, {}],
)
async def test_a_state_that_nobody_may_set_is_422(bench: Bench, body: dict[str, str]) -> None:
    async with bench.client(token("agent-1")) as client:
        assert (await client.put("/v1/agents/agent-1/state", json=body)).status_code == 422


async def test_unknown_fields_and_malformed_json_are_told(bench: Bench) -> None:
    async with bench.client(token("agent-1")) as client:
        unknown = await client.put("/v1/agents/agent-1/state", json={"state": "available", "mood": "good"})
        headers = {"Content-Type": "application/json"}
        malformed = await client.put("/v1/agents/agent-1/state", content=b"{", headers=headers)
    assert unknown.json()["errors"][0]["pointer"] == "/mood"
    assert (malformed.status_code, malformed.json()["code"]) == (400, "malformed-json")


async def test_an_agent_just_configured_is_waited_for(bench: Bench) -> None:
    from tests.unit.gateway_door.bench import TENANT, agent  # noqa: PLC0415 -- used here alone

    bench.answering = lambda _message, command: [("agents", state_changed(command.agent_id, command.state))]
    async with bench.client(token("boss", "supervisor")) as client:
        asked = asyncio.create_task(client.put("/v1/agents/newcomer/state", json={"state": "available"}))
        await asyncio.sleep(0)
        bench.door.routing_settings.set_agent(TENANT, agent("newcomer"))
        assert (await asked).status_code == 200
