"""Overseers set agents' states; agents sign in at a site and a seat."""

from typing import Any

import pytest

from switchyard.events.routing.v1 import agent_events_pb2 as agents
from switchyard.events.routing.v1 import settings_events_pb2 as settings
from switchyard.internal.routing.v1 import commands_pb2 as commands
from tests.unit.gateway_door.bench import TENANT, Bench, token
from tests.unit.gateway_door.test_commands import refusing

STATE = "/v1/agents/agent-1/state"


def seated(_message: Any, command: Any) -> list[tuple[str, Any]]:
    changed = agents.AgentStateChanged(
        agent_id=command.agent_id,
        site_id=command.site or "s",
        seat=command.seat,
        pool_id="default",
        state=command.state,
        set_state=command.state,
        forced_by=command.forced_by,
    )
    return [("agents", changed)]


async def test_a_state_set_for_another_names_who_forced_it(bench: Bench) -> None:
    bench.answering = seated
    async with bench.client(token("boss", "team_leader")) as client:
        answer = await client.put(STATE, json={"state": "offline", "force": True})
    assert answer.status_code == 200
    (sent,) = bench.bus.decoded(commands.SetAgentState)
    assert (sent.agent_id, sent.forced_by, sent.force) == ("agent-1", "boss", True)


async def test_ones_own_state_is_forced_by_nobody(bench: Bench) -> None:
    bench.answering = seated
    async with bench.client(token("agent-1", "supervisor")) as client:
        await client.put(STATE, json={"state": "available"})
    assert bench.bus.decoded(commands.SetAgentState)[0].forced_by == ""


async def test_an_agent_forces_nothing(bench: Bench) -> None:
    async with bench.client(token("agent-1")) as client:
        answer = await client.put(STATE, json={"state": "offline", "force": True})
    assert (answer.status_code, answer.json()["code"]) == (403, "role-missing")
    assert bench.bus.published == []


async def test_an_agent_signs_in_at_a_seat_and_is_shown_there(bench: Bench) -> None:
    bench.answering = seated
    bench.door.routing_settings.set_site(TENANT, "north")
    async with bench.client(token("agent-1")) as client:
        answer = await client.put(STATE, json={"state": "available", "site": "north", "seat": "A12"})
        shown = await client.get(STATE)
    assert (answer.json()["site"], answer.json()["seat"]) == ("north", "A12")
    assert (shown.json()["site"], shown.json()["seat"]) == ("north", "A12")


async def test_a_site_that_is_not_there_is_refused_with_the_field_named(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.gateway.application.door.routing_settings.PATIENCE_SECONDS", 0.01)
    async with bench.client(token("agent-1")) as client:
        answer = await client.put(STATE, json={"state": "available", "site": "atlantis"})
    assert (answer.status_code, answer.json()["code"]) == (422, "site-unknown")
    assert answer.json()["errors"][0]["pointer"] == "/site"


@pytest.mark.parametrize(
    "body",
    [{"state": "offline", "seat": "A12"}, {"state": "available", "seat": "A 12"}, {"state": "available", "seat": ""}],
)
async def test_a_seat_that_makes_no_sense_is_422(bench: Bench, body: dict[str, str]) -> None:
    async with bench.client(token("agent-1")) as client:
        assert (await client.put(STATE, json=body)).status_code == 422


@pytest.mark.parametrize("code", ["seat-taken", "signed-in-elsewhere"])
async def test_a_seat_that_cannot_be_had_is_a_conflict(bench: Bench, code: str) -> None:
    bench.answering = refusing(code)
    async with bench.client(token("agent-1")) as client:
        answer = await client.put(STATE, json={"state": "available", "seat": "A12"})
    assert (answer.status_code, answer.json()["code"]) == (409, code)


async def test_an_agent_who_is_missed_and_acts_is_answered_though_no_state_changed(bench: Bench) -> None:
    bench.answering = lambda _message, command: [
        ("agents", agents.AgentPresenceRegained(agent_id=command.agent_id, pool_id="default"))
    ]
    async with bench.client(token("agent-1")) as client:
        answer = await client.put(STATE, json={"state": "available"})
    assert (answer.status_code, answer.json()["set_state"]) == (200, "available")


async def test_a_site_that_was_removed_is_no_longer_known(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.gateway.application.door.routing_settings.PATIENCE_SECONDS", 0.01)
    for removed in (False, True):
        await bench.announce("north", settings.SiteConfigured(site_id="north", removed=removed))
        assert await bench.door.routing_settings.has_site(TENANT, "north") is not removed
