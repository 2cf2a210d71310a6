"""Floor rules in the routing service from outside: a rule by REST, the breach as an event, the list over HTTP."""

from typing import Any

import httpx

from switchyard.internal.routing.v1 import commands_pb2 as c
from switchyard.testing.polling import until
from tests.integration.routing.desk import Desk, RoutingProcess

RULE: dict[str, Any] = {
    "name": "Hardly any break",
    "type": "not-ready",
    "reasons": ["break"],
    "limit_seconds": 0.2,
    "ladder": [{"rung": "reminder"}, {"rung": "reported", "after_seconds": 0.5}],
}


async def test_a_breach_climbs_its_ladder_is_listed_and_ends(desk: Desk, routing: RoutingProcess) -> None:
    async with httpx.AsyncClient(base_url=routing.url, headers=desk.headers()) as client:
        assert (await client.put(f"/v1/pools/{desk.pool}", json={"name": "Front"})).status_code == 201
        assert (await client.put("/v1/floor-rules/break-10-minutes", json=RULE)).status_code == 201
        await desk.sign_in("ann")
        await desk.send(c.SetAgentState(agent_id="ann", state="not_ready", reason="break"))
        reminded = await desk.first("FloorRuleBreached", agent_id="ann", rung="reminder")
        reported = await desk.first("FloorRuleBreached", agent_id="ann", rung="reported")
        assert reported.breach_id == reminded.breach_id
        await desk.send(c.SetAgentState(agent_id="ann", state="available"))
        assert (await desk.first("FloorBreachEnded", agent_id="ann")).reason == "state-changed"

        async def listed() -> bool:
            items.extend((await client.get("/v1/floor-breaches?agent=ann&open=false")).json()["items"])
            return bool(items)

        items: list[dict[str, Any]] = []
        await until(listed, what="the breach is listed as ended", seconds=30)
        assert (items[0]["id"], items[0]["rung"]) == (reported.breach_id, "reported")
        assert (items[0]["reason"], sorted(items[0]["rungs"])) == ("state-changed", ["reminder", "reported"])


async def test_a_break_waits_for_room_in_the_team_over_a_restart(desk: Desk, routing: RoutingProcess) -> None:
    for agent_id in ("ann", "bob"):
        await desk.send(c.ConfigureAgent(agent_id=agent_id, team_id="days", version=1))
        await desk.send(c.SetAgentState(agent_id=agent_id, state="available"))
    await desk.send(c.SetAgentState(agent_id="ann", state="not_ready", reason="break"))
    (refused,) = await desk.send(c.SetAgentState(agent_id="bob", state="not_ready", reason="break"))
    assert (await desk.answer(refused)).message.code == "too-many-on-break"
    await desk.send(c.SetAgentState(agent_id="bob", state="not_ready", reason="break", queue=True))
    assert (await desk.first("BreakRequested", agent_id="bob")).position == 1
    routing.end()
    routing.start()
    await routing.ready()
    await desk.send(c.SetAgentState(agent_id="ann", state="available"))
    await desk.first("BreakGranted", agent_id="bob")
    await until(
        lambda: [e.message.reason for e in desk.of("AgentStateChanged", agent_id="bob")][-1:] == ["break"],
        what="bob is on break",
        seconds=30,
    )
