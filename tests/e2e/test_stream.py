"""The stream that agents and supervisors work by: offers, their ends, lines, queues (G10)."""

from typing import Any

from tests.e2e.agent_stream import AgentStream, agent_stream
from tests.e2e.chatting import chatting
from tests.e2e.floor import Floor
from tests.e2e.polling import eventually


async def test_an_agent_is_told_of_an_offer_its_end_and_every_line(floor: Floor) -> None:
    queue = await floor.queue()
    agent = await floor.agent([queue])
    async with agent_stream(floor.platform, agent.token) as stream, chatting(floor.platform) as chat:
        await stream.send(type="subscribe", to="me")
        snapshot = await stream.frame("snapshot", to="me")
        assert (snapshot["state"]["state"], snapshot["offers"], snapshot["contacts"]) == ("offline", [], [])
        await agent.be("available")
        await stream.frame("state", state="available")
        contact = await chat.start(queue)
        offer = (await stream.frame("offer"))["offer"]
        assert (offer["contact"], offer["queue"], offer["agent"]) == (contact, queue, agent.id)
        await stream.frame("state", state="ringing")
        await agent.post(f"/v1/offers/{offer['id']}/accept")
        await stream.frame("offer_ended", offer=offer["id"], outcome="accepted")
        await stream.frame("contact", contact=contact, state="connected")
        await chat.say("Is anybody there?")
        line = await stream.frame("line", contact=contact, text="Is anybody there?")
        assert line["from"] == "customer"
        await chat.send(type="end")
        await stream.frame("contact", contact=contact, state="ended")
        await stream.frame("state", state="wrap_up")


async def test_an_offer_that_is_withdrawn_is_taken_off_the_agents_screen(floor: Floor) -> None:
    queue = await floor.queue()
    agent = await floor.agent([queue])
    async with agent_stream(floor.platform, agent.token) as stream, chatting(floor.platform) as chat:
        await stream.send(type="subscribe", to="me")
        await stream.frame("snapshot")
        await agent.be("available")
        await chat.start(queue)
        offer = (await stream.frame("offer"))["offer"]
        await chat.send(type="end")
        await stream.frame("offer_ended", offer=offer["id"], outcome="withdrawn")


async def test_work_set_aside_for_a_call_is_shown_as_interrupted_until_the_call_is_over(floor: Floor) -> None:
    queue, profile = await floor.queue(), f"blended-{floor.word}"
    channels = {"letter": {"units": 50, "most": 2, "interruptible_by": ["call"]}, "call": {"units": 100, "most": 1}}
    await floor.admin.put(f"/v1/routing-profiles/{profile}", {"id": profile, "name": profile, "channels": channels})
    agent = await floor.agent([queue], routing_profile=profile)

    async def shows(contact: str, *, interrupted: bool) -> bool:
        return bool((await floor.admin.get(f"/v1/contacts/{contact}"))["interrupted"] is interrupted)

    async with agent_stream(floor.platform, agent.token) as stream:
        await stream.send(type="subscribe", to="me")
        await stream.frame("snapshot")
        await agent.be("available")
        letter = (await floor.admin.post("/v1/contacts", {"channel": "letter", "queue": queue}))["id"]
        await agent.accept()
        call = (await floor.admin.post("/v1/contacts", {"channel": "call", "queue": queue}))["id"]
        await stream.frame("contact", contact=letter, state="interrupted")
        await eventually(lambda: shows(letter, interrupted=True), "the letter to be set aside")
        await agent.accept()
        await agent.end(call)
        await agent.wrap_up(call)
        await stream.frame("contact", contact=letter, state="resumed")
        await eventually(lambda: shows(letter, interrupted=False), "the letter to be back")


async def test_a_stream_that_broke_off_goes_on_without_a_gap(floor: Floor) -> None:
    queue = await floor.queue()
    agent = await floor.agent([queue])
    async with agent_stream(floor.platform, agent.token) as stream, chatting(floor.platform) as chat:
        await stream.send(type="subscribe", to="me")
        await stream.frame("snapshot")
        await agent.be("available")
        contact = await chat.start(queue)
        offer = (await stream.frame("offer"))["offer"]
        await agent.post(f"/v1/offers/{offer['id']}/accept")
        await stream.frame("contact", contact=contact, state="connected")
        await chat.say("one")
        await stream.frame("line", text="one")
        await stream.drop()
        await chat.say("two, while the agent was away")
        async with agent_stream(floor.platform, agent.token, resumes=stream) as again:
            resumed = await again.frame("resumed")
            assert resumed["complete"] is True
            await again.frame("line", text="two, while the agent was away")
            await chat.say("three")
            await again.frame("line", text="three")
        assert _lines(contact, stream, again) == ["one", "two, while the agent was away", "three"]


def _lines(contact: str, *streams: AgentStream) -> list[Any]:
    """What customers wrote, as the agent had it on the screen over both connections."""
    frames = [frame for stream in streams for frame in stream.frames]
    return [f["text"] for f in frames if f["type"] == "line" and f["contact"] == contact and f["from"] == "customer"]


async def test_a_supervisor_sees_a_queue_fill_and_empty(floor: Floor) -> None:
    queue = await floor.queue()
    supervisor = floor.caller("supervisor-x", "supervisor")
    async with agent_stream(floor.platform, supervisor.token) as stream, chatting(floor.platform) as chat:
        await stream.send(type="subscribe", to=f"queue:{queue}")
        snapshot = await stream.frame("snapshot", to=f"queue:{queue}")
        assert [(shown["queue"], shown["waiting"]) for shown in snapshot["queues"]] == [(queue, 0)]
        await chat.start(queue)
        await stream.frame("queue", queue=queue, waiting=1)
        await chat.send(type="end")
        await stream.frame("queue", queue=queue, waiting=0)


async def test_an_agent_may_follow_the_queues_they_serve_and_not_the_whole_floor(floor: Floor) -> None:
    queue = await floor.queue()
    agent = await floor.agent([queue])
    async with agent_stream(floor.platform, agent.token) as stream:
        await stream.send(type="subscribe", to=["live", f"queue:{await floor.queue('other')}"])
        await stream.frame("error", code="role-missing")
        await stream.send(type="subscribe", to=f"queue:{queue}")
        await stream.frame("snapshot", to=f"queue:{queue}")
