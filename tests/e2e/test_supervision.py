"""A supervisor assigns, reorders, takes over and signs out; agents sit at seats and write up for longer (R5, R10)."""

from switchyard.testing.twilio_provider import TwilioProvider
from tests.e2e.chatting import chatting
from tests.e2e.floor import Agent, Caller, Floor, Json
from tests.e2e.polling import eventually
from tests.e2e.test_routing_rules import _customers, _offers, _waiting
from tests.e2e.test_voice import _number


async def _supervising(floor: Floor, queues: list[str]) -> Agent:
    """A supervisor who is an agent too, so that contacts can be given to them."""
    agent = await floor.agent(queues)
    return Agent(http=floor.http, token=floor.platform.token(agent.id, "supervisor"), id=agent.id)


async def _told(floor: Floor, contact: str, name: str, **data: str) -> Json:
    """The event of the contact's timeline that says so, once it is there."""

    async def look() -> Json | None:
        items: list[Json] = (await floor.admin.get(f"/v1/contacts/{contact}/timeline?limit=200"))["items"]
        named = (item for item in items if item["type"].endswith(f".{name}"))
        return next((item for item in named if data.items() <= item["data"].items()), None)

    return await eventually(look, f"{name} on the timeline of {contact}")


async def _seat(floor: Floor, agent_id: str) -> str | None:
    items: list[Json] = (await floor.admin.get("/v1/live/agents?limit=200"))["items"]
    return next((str(item["seat"]) for item in items if item["agent"] == agent_id), None)


async def _code(caller: Caller, method: str, path: str, body: Json | None = None) -> tuple[int, str]:
    answer = await caller.ask(method, path, body)
    return answer.status_code, answer.json().get("code", "")


async def test_a_supervisor_pulls_a_contact_and_the_decision_says_by_hand(floor: Floor) -> None:
    queue, other = await floor.queue(), await floor.queue("other")
    boss = await _supervising(floor, [other])
    await boss.be("available")
    async with _customers(floor, queue) as (contact,):
        pulled = await boss.post(f"/v1/contacts/{contact}/assign", {})
        assert pulled["agent"] == boss.id
        assert (await boss.accept())["id"] == pulled["offer"]
        decisions = (await floor.admin.get(f"/v1/contacts/{contact}/decisions"))["items"]
        assert [decision["rule"] for decision in decisions] == ["assigned-by-hand"]
        told = await _told(floor, contact, "ContactAssignedByHand")
        assert told["data"]["by"] == boss.id


async def test_a_raised_priority_goes_before_who_has_waited_longer(floor: Floor) -> None:
    queue = await floor.queue()
    agent, boss = await floor.agent([queue]), floor.caller("boss", "team_leader")
    async with _customers(floor, queue, queue) as (first, second):
        await boss.post(f"/v1/contacts/{second}/priority", {"priority": 5})
        assert await _waiting(floor, queue) == [second, first]
        await agent.be("available")
        assert await _offers(agent, 2) == [second, first]
        assert (await _told(floor, second, "ContactPriorityChanged"))["data"]["by"] == "boss"


async def test_a_conversation_is_taken_over_and_both_go_on(floor: Floor) -> None:
    queue = await floor.queue()
    agent, boss = await floor.agent([queue]), await _supervising(floor, [])
    await agent.be("available")
    async with chatting(floor.platform) as chat:
        contact = await chat.start(queue)
        await agent.accept()
        await agent.say(contact, "Hello, this is the agent.")
        assert await _code(agent, "POST", f"/v1/contacts/{contact}/take-over", {}) == (403, "role-missing")
        taken = f"/v1/contacts/{contact}/take-over"
        assert await _code(boss, "POST", taken, {}) == (409, "agent-not-available")
        await boss.be("available")
        shown = await boss.post(taken, {})
        assert (shown["state"], shown["agent"], shown["entry"]) == ("talking", boss.id, 2)
        await boss.say(contact, "I take over from here.")
        assert await _code(agent, "POST", f"/v1/contacts/{contact}/messages", {"text": "?"}) == (403, "not-the-holder")
        assert (await boss.post(f"/v1/contacts/{contact}/wrap-up/extend", {"seconds": 1}))["agent"] == agent.id
        await agent.wrap_up(contact)
        told = await _told(floor, contact, "ContactTakenOver")
        assert told["data"]["previous"]["agent_id"] == agent.id
        await boss.end(contact)
        await boss.wrap_up(contact)
    assert (await floor.closed(contact))["outcome"] == "handled"
    assert await _code(boss, "POST", taken, {}) == (409, "contact-closed")
    assert await _code(boss, "POST", f"/v1/contacts/{contact}/wrap-up", {"disposition": "done"}) == (
        409,
        "not-in-wrap-up",
    )


async def test_what_rings_is_moved_to_another_queue(floor: Floor) -> None:
    queue, other = await floor.queue(), await floor.queue("other")
    first, second = await floor.agent([queue]), await floor.agent([other])
    boss = floor.caller("boss", "supervisor")
    async with _customers(floor, queue) as (contact,):
        await first.be("available")
        offer = await first.offer()
        assert await _code(first, "POST", f"/v1/contacts/{contact}/transfer", {"queue": other}) == (
            403,
            "not-the-holder",
        )
        moved = await boss.post(f"/v1/contacts/{contact}/transfer", {"queue": other})
        assert (moved["state"], moved["queue"], moved["entry"]) == ("waiting", other, 2)
        assert await _code(first, "POST", f"/v1/offers/{offer['id']}/accept") == (409, "offer-closed")
        await second.be("available")
        assert (await second.offer())["contact"] == contact


async def test_a_wrap_up_is_extended_as_far_as_the_queue_allows(floor: Floor) -> None:
    queue = await floor.queue(wrap_up_seconds=60)
    agent = await floor.agent([queue])
    await agent.be("available")
    async with chatting(floor.platform) as chat:
        contact = await chat.start(queue)
        await agent.accept()
        extend = f"/v1/contacts/{contact}/wrap-up/extend"
        assert await _code(agent, "POST", extend, {"seconds": 30}) == (409, "not-in-wrap-up")
        await agent.end(contact)
        assert (await agent.post(extend, {"seconds": 30}))["extensions"] == 1
        assert await _code(agent, "POST", extend, {"seconds": 61}) == (422, "extension-too-long")
        assert (await agent.post(extend, {"seconds": 60}))["extensions"] == 2
        assert await _code(agent, "POST", extend, {"seconds": 1}) == (409, "no-extension-left")
        await agent.wrap_up(contact)
        assert (await _told(floor, contact, "WrapUpExtended"))["data"]["holder"]["agent_id"] == agent.id


async def test_a_forced_sign_out_gives_back_what_rings_and_spares_who_talks(floor: Floor) -> None:
    queue = await floor.queue()
    agent, other = await floor.agent([queue]), await floor.agent([queue])
    boss = floor.caller("boss", "supervisor")
    state = f"/v1/agents/{agent.id}/state"
    async with _customers(floor, queue, queue) as (talks, rings):
        await agent.be("available")
        assert await _offers(agent, 2) == [talks, rings]
        await agent.accept()
        assert await _code(boss, "PUT", state, {"state": "offline"}) == (409, "agent-holds-contacts")
        out = await boss.put(state, {"state": "offline", "force": True})
        assert (out["state"], out["set_state"]) == ("busy", "offline")
        await other.be("available")
        assert (await other.offer())["contact"] == rings
        await agent.end(talks)
        await agent.wrap_up(talks)
        assert (await agent.get(state))["state"] == "offline"


async def test_a_seat_has_one_agent_and_an_agent_one_seat(floor: Floor) -> None:
    queue, site = await floor.queue(), f"site-{floor.word}"
    await floor.admin.put(f"/v1/sites/{site}", {"id": site, "name": site})
    agent, other = await floor.agent([queue]), await floor.agent([queue])
    seat = {"state": "available", "site": site, "seat": "A12"}
    shown = await agent.put(f"/v1/agents/{agent.id}/state", seat)
    assert (shown["site"], shown["seat"]) == (site, "A12")
    assert await _code(other, "PUT", f"/v1/agents/{other.id}/state", seat) == (409, "seat-taken")
    assert await eventually(lambda: _seat(floor, agent.id), "the seat among the live agents") == "A12"
    elsewhere = {"state": "available", "site": site, "seat": "B7"}
    assert await _code(agent, "PUT", f"/v1/agents/{agent.id}/state", elsewhere) == (409, "signed-in-elsewhere")
    nowhere = {"state": "available", "site": f"no-{site}"}
    assert await _code(other, "PUT", f"/v1/agents/{other.id}/state", nowhere) == (422, "site-unknown")
    await agent.be("offline")
    await other.put(f"/v1/agents/{other.id}/state", seat)
    assert (await other.get(f"/v1/agents/{other.id}/state"))["seat"] == "A12"


async def test_a_supervisor_listens_to_a_call_and_whispers(floor: Floor, provider: TwilioProvider) -> None:
    queue, number = await floor.queue(), _number()
    await floor.entry_point("voice", number, queue)
    agent, boss = await floor.agent([queue]), floor.caller("boss", "supervisor")
    await agent.be("available")
    call = await provider.incoming_call(from_=_number(), to=number)
    offer = await agent.accept()
    monitor = f"/v1/contacts/{offer['contact']}/monitor"
    await call.until_connected(20)
    assert await _code(agent, "POST", monitor, {"mode": "listen"}) == (403, "role-missing")

    async def followed() -> bool:
        """The offer was accepted before the provider had taken in that they talk."""
        return (await boss.ask("POST", monitor, {"mode": "listen"})).status_code == 200

    await eventually(followed, "the talk to be followed")
    await call.until(lambda: call.room == offer["id"])
    await boss.post(monitor, {"mode": "whisper"})
    room = provider.rooms.find(offer["id"])
    assert room is not None
    assert [each.coaches for each in room.followers] == [call.legs[-1].sid]
    await agent.end(offer["contact"])
    await agent.wrap_up(offer["contact"])
    assert room.followers == []
    # Whoever asked too early was told so, and each such try has ended as failed.
    ended = await _told(floor, offer["contact"], "MonitoringEnded", reason="conversation-over")
    assert ended["data"]["monitoring"]["supervisor_id"] == "boss"
