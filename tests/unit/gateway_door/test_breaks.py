"""A break that has to wait, and breaches of floor rules, as agents and overseers see them."""

from collections.abc import Sequence
from typing import Any

import pytest
from google.protobuf.message import Message as ProtobufMessage

from switchyard.eventing.envelope import Message
from switchyard.events.routing.v1 import agent_events_pb2 as agents
from switchyard.internal.routing.v1 import outcomes_pb2 as outcomes
from tests.unit.gateway_door.bench import NOW, Bench, state_changed, token
from tests.unit.gateway_door.test_stream import desk, frames, session, until

BREAK = {"state": "not_ready", "reason": "break"}


def requested(agent_id: str = "agent-1", position: int = 2) -> agents.BreakRequested:
    return agents.BreakRequested(request_id="brk_default.1", agent_id=agent_id, team_id="t", position=position)


def refused(_message: Message, _command: Any) -> Sequence[tuple[str, ProtobufMessage]]:
    detail = "2 of team t are on break and 2 may be; 1 wait for theirs."
    return [("outcomes", outcomes.CommandRefused(command_id="x", code="too-many-on-break", detail=detail))]


async def test_a_break_that_the_team_has_no_room_for_is_409(bench: Bench) -> None:
    bench.answering = refused
    async with bench.client(token("agent-1")) as client:
        answer = await client.put("/v1/agents/agent-1/state", json=BREAK)
    assert (answer.status_code, answer.json()["code"]) == (409, "too-many-on-break")
    assert "1 wait" in answer.json()["detail"]


async def test_a_break_that_is_waited_for_tells_the_place_and_leaves_the_state(bench: Bench) -> None:
    await bench.announce("agents", state_changed())
    asked = []

    def queue(_message: Message, command: Any) -> Sequence[tuple[str, ProtobufMessage]]:
        asked.append(command.queue)
        return [("agents", requested())]

    bench.answering = queue
    async with bench.client(token("agent-1")) as client:
        answer = await client.put("/v1/agents/agent-1/state", json={**BREAK, "queue": True})
    assert answer.status_code == 200
    assert (answer.json()["state"], answer.json()["break_position"], asked) == ("available", 2, [True])


async def test_the_place_is_told_for_as_long_as_the_agent_waits(bench: Bench) -> None:
    nothing = outcomes.CommandSucceeded(command_id="x")
    bench.answering = lambda _message, _command: [("outcomes", nothing)]
    await bench.announce("agents", state_changed())
    async with bench.client(token("agent-1")) as client:

        async def told() -> list[int | None]:
            again = await client.put("/v1/agents/agent-1/state", json={**BREAK, "queue": True})
            shown = await client.get("/v1/agents/agent-1/state")
            return [answer.json()["break_position"] for answer in (again, shown)]

        assert await told() == [None, None]
        await bench.announce("agents", requested("agent-2", position=1))
        await bench.announce("agents", requested(position=2))
        await bench.announce("agents", agents.BreakRequested(agent_id="agent-3", team_id="other", position=1))
        assert await told() == [2, 2]
        await bench.announce("agents", agents.BreakGranted(agent_id="agent-2", team_id="t"))
        assert await told() == [1, 1]
        await bench.announce("agents", agents.BreakRequestEnded(agent_id="agent-1", team_id="t", reason="cancelled"))
        assert await told() == [None, None]


async def test_only_a_break_can_be_waited_for(bench: Bench) -> None:
    async with bench.client(token("agent-1")) as client:
        answer = await client.put("/v1/agents/agent-1/state", json={"state": "available", "queue": True})
    assert answer.status_code == 422


async def test_a_request_is_given_up(bench: Bench) -> None:
    ended = agents.BreakRequestEnded(request_id="brk_default.1", agent_id="agent-1", reason="cancelled")
    bench.answering = lambda _message, _command: [("agents", ended)]
    async with bench.client(token("agent-1")) as client:
        assert (await client.delete("/v1/agents/agent-1/break-request")).status_code == 204
        assert (await client.delete("/v1/agents/agent-2/break-request")).status_code == 403


async def test_giving_up_what_was_not_asked_for_is_404(bench: Bench) -> None:
    none = outcomes.CommandRefused(command_id="x", code="break-not-requested", detail="")
    bench.answering = lambda _message, _command: [("outcomes", none)]
    async with bench.client(token("agent-1")) as client:
        assert (await client.delete("/v1/agents/agent-1/break-request")).status_code == 404


@pytest.mark.parametrize("to", ["me", "live"])
async def test_a_breach_is_told_to_the_agent_and_to_overseers(bench: Bench, to: str) -> None:
    watching = session("agent-1", oversees=True)
    await desk(bench).subscribe(watching, to)
    await until(lambda: watching.last == 1)
    fields: dict[str, Any] = {
        "breach_id": "brc_default.1",
        "rule_id": "break-10-minutes",
        "agent_id": "agent-1",
        "team_id": "t",
        "rung": "warning",
        "since": NOW,
        "limit_seconds": 600,
        "cause": "not_ready/break",
    }
    await bench.announce("agents", agents.FloorRuleBreached(**fields))
    await until(lambda: watching.last == 2)
    await bench.announce("agents", agents.FloorBreachEnded(**fields, reason="state-changed"))
    await until(lambda: watching.last == 3)
    await bench.announce("agents", requested())
    await until(lambda: watching.last == 4)
    told, ended, waits = frames(watching)[1:]
    assert (told["type"], told["rule"], told["rung"], told["ended"]) == (
        "floor_breach",
        "break-10-minutes",
        "warning",
        None,
    )
    assert (told["since"], ended["ended"]) == ("2026-11-22T08:00:00.000Z", "state-changed")
    assert (waits["type"], waits["state"], waits["position"]) == ("break_request", "waiting", 2)
    watching.end()
