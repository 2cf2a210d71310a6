"""Floor rules at the door: a rule for one team, a break that waits, a breach on the stream and in the list."""

from tests.e2e.floor import Floor
from tests.e2e.polling import eventually

BREAK = {"state": "not_ready", "reason": "break"}
REMINDER_AT_ONCE = [{"rung": "reminder"}]


async def test_a_teams_breaks_queue_and_a_long_one_is_told(floor: Floor) -> None:
    queue, team = await floor.queue(), f"team-{floor.word}"
    await floor.admin.put(f"/v1/teams/{team}", {"name": team})
    agents = [await floor.agent([queue], team=team) for _ in range(2)]
    for agent in agents:
        await agent.be("available")
    rule = {"name": "Short", "type": "not-ready", "reasons": ["break"], "limit_seconds": 1, "team": team}
    await floor.admin.put(f"/v1/floor-rules/short-{floor.word}", {**rule, "ladder": REMINDER_AT_ONCE})
    first, second = agents
    assert (await first.ask("PUT", f"/v1/agents/{first.id}/state", BREAK)).status_code == 200
    refused = await second.ask("PUT", f"/v1/agents/{second.id}/state", BREAK)
    assert (refused.status_code, refused.json()["code"]) == (409, "too-many-on-break")
    waits = await second.ask("PUT", f"/v1/agents/{second.id}/state", {**BREAK, "queue": True})
    assert (waits.json()["break_position"], waits.json()["state"]) == (1, "available")

    async def breached() -> bool:
        listed = await floor.admin.get(f"/v1/floor-breaches?team={team}&open=true")
        return [(item["agent"], item["rule"]) for item in listed["items"]] == [(first.id, f"short-{floor.word}")]

    await eventually(breached, "the breach in the list")
    requests = await floor.admin.get(f"/v1/break-requests?team={team}")
    assert [(item["agent"], item["position"]) for item in requests["items"]] == [(second.id, 1)]
    await first.be("available")

    async def rests() -> bool:
        shown = await second.get(f"/v1/agents/{second.id}/state")
        return bool((shown["state"], shown["reason"]) == ("not_ready", "break"))

    await eventually(rests, "the second on break")
    gone = await second.ask("DELETE", f"/v1/agents/{second.id}/break-request")
    assert (gone.status_code, gone.json()["code"]) == (404, "break-not-requested")
