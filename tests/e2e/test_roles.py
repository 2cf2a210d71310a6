"""Nobody acts for another, or beyond their role (P3)."""

from tests.e2e.chatting import chatting
from tests.e2e.floor import Floor


async def test_an_agent_cannot_act_for_another(floor: Floor) -> None:
    queue = await floor.queue()
    agent, other = await floor.agent([queue]), await floor.agent([queue])
    await agent.be("available")
    async with chatting(floor.platform) as chat:
        contact = await chat.start(queue)
        offer = await agent.offer()
        for action, body in (("accept", None), ("reject", {"reason": "busy"})):
            refused = await other.ask("POST", f"/v1/offers/{offer['id']}/{action}", body)
            assert refused.status_code == 403, refused.text
        await agent.accept()
        for action, body in (("messages", {"text": "It is me."}), ("end", None), ("transfer", {"queue": queue})):
            refused = await other.ask("POST", f"/v1/contacts/{contact}/{action}", body)
            assert refused.status_code == 403, f"{action}: {refused.text}"
        await agent.end(contact)
        refused = await other.ask("POST", f"/v1/contacts/{contact}/wrap-up", {"disposition": "resolved"})
        assert refused.status_code in {403, 409}, refused.text
        refused = await other.ask("PUT", f"/v1/agents/{agent.id}/state", {"state": "offline"})
        assert refused.status_code == 403
        refused = await other.ask("GET", f"/v1/offers?agent={agent.id}")
        assert refused.status_code == 403
    shown = await agent.get(f"/v1/contacts/{contact}")
    assert (shown["agent"], shown["state"]) == (agent.id, "wrap_up")


async def test_a_supervisor_may_set_the_state_of_an_agent(floor: Floor) -> None:
    agent = await floor.agent([await floor.queue()])
    supervisor = floor.caller("supervisor-x", "supervisor")
    await supervisor.put(f"/v1/agents/{agent.id}/state", {"state": "not_ready", "reason": "coaching"})
    shown = await agent.get(f"/v1/agents/{agent.id}/state")
    assert (shown["state"], shown["reason"]) == ("not_ready", "coaching")


async def test_what_a_role_may_not_do_is_refused_by_every_service(floor: Floor) -> None:
    queue = await floor.queue()
    agent = await floor.agent([queue])
    partner = floor.caller("partner-x", "partner")
    reviewer = floor.caller("qa-x", "qa")
    for caller, method, path, body in (
        (agent, "PATCH", f"/v1/queues/{queue}", {"priority": 9}),
        (agent, "POST", "/v1/api-keys", {"name": "mine", "roles": ["admin"]}),
        (agent, "PUT", "/v1/provider-accounts/twilio", {"account_sid": "AC", "auth_token": "x", "from_number": "+1"}),
        (agent, "PATCH", "/v1/surveys/all", {"enabled": False}),
        (agent, "GET", "/v1/events?topic=contact-events-v1", None),
        (reviewer, "POST", "/v1/callbacks", {"queue": queue, "address": "+8613800000000"}),
        (partner, "POST", "/v1/callbacks/cnt_1/not-reached", {"reason": "busy"}),
        (reviewer, "PUT", f"/v1/agents/{agent.id}/state", {"state": "offline"}),
        (partner, "GET", "/v1/api-keys", None),
        (partner, "PATCH", "/v1/ticket-types/enquiry", {"active": False}),
        (agent, "PUT", "/v1/scorecards/default", {"name": {"en": "Mine", "zh": "我"}, "sections": []}),
    ):
        refused = await caller.ask(method, path, body)
        assert refused.status_code == 403, f"{method} {path}: {refused.status_code} {refused.text[:200]}"
        assert refused.json()["code"]
