"""Who gets which contact: priority, age, skill, idleness, capacity, wrap-up (R1, R4, R5), seen at the doors."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from switchyard.testing.twilio_provider import TwilioProvider
from tests.e2e.chatting import chatting
from tests.e2e.floor import Agent, Floor, Json
from tests.e2e.polling import eventually
from tests.e2e.test_voice import _number


@asynccontextmanager
async def _customers(floor: Floor, *queues: str) -> AsyncIterator[list[str]]:
    """Customers who come to these queues one after the other, and wait; their contacts."""
    async with AsyncExitStack() as stack:
        contacts: list[str] = []
        for queue in queues:
            chat = await stack.enter_async_context(chatting(floor.platform))
            contacts.append(await chat.start(queue))
            await _until_waiting(floor, queue, contacts[-1])
        yield contacts


async def _until_waiting(floor: Floor, queue: str, contact: str) -> None:
    async def waits() -> bool:
        return contact in await _waiting(floor, queue)

    await eventually(waits, f"{contact} to wait in {queue}")


async def _waiting(floor: Floor, queue: str) -> list[str]:
    items: list[Json] = (await floor.admin.get(f"/v1/queues/{queue}/waiting"))["items"]
    return [item["contact"] for item in items]


async def _offers(agent: Agent, count: int) -> list[str]:
    """The contacts that ring at the agent, in the order in which they were offered, once there are so many."""

    async def enough() -> list[Json] | None:
        items: list[Json] = (await agent.get(f"/v1/offers?agent={agent.id}"))["items"]
        return items if len(items) >= count else None

    items = await eventually(enough, f"{count} offers for {agent.id}")
    return [item["contact"] for item in sorted(items, key=lambda item: int(item["id"].rpartition(".")[2]))]


async def _finish(agent: Agent, contact: str) -> None:
    await agent.end(contact)
    await agent.wrap_up(contact)


async def test_the_higher_priority_goes_first_and_then_who_has_waited_longest(floor: Floor) -> None:
    plain, urgent = await floor.queue("plain"), await floor.queue("urgent", priority=5)
    agent = await floor.agent([plain, urgent])
    async with _customers(floor, plain, plain, urgent) as (first, second, third):
        await agent.be("available")
        assert await _offers(agent, 3) == [third, first, second]


async def test_a_contact_waits_for_an_agent_whose_level_is_high_enough(floor: Floor) -> None:
    skill = f"skill-{floor.word}"
    await floor.admin.put(f"/v1/skills/{skill}", {"id": skill, "name": skill})
    queue = await floor.queue(required_skills=[{"skill": skill, "level": 5}])
    novice = await floor.agent([queue], skills=[{"skill": skill, "level": 4}])
    expert = await floor.agent([queue], skills=[{"skill": skill, "level": 5}])
    await novice.be("available")
    async with _customers(floor, queue) as (contact,):
        await expert.be("available")
        assert (await expert.offer())["contact"] == contact


async def test_the_agent_who_has_been_idle_longest_is_asked_first(floor: Floor) -> None:
    queue = await floor.queue()
    agents = [await floor.agent([queue]) for _ in range(3)]
    order = [agents[2], agents[0], agents[1]]
    for agent in order:
        await agent.be("available")
    for agent in order:
        async with chatting(floor.platform) as chat:
            contact = await chat.start(queue)
            assert (await agent.accept())["contact"] == contact
            await _finish(agent, contact)


async def test_an_agent_takes_three_chats_side_by_side_and_no_fourth(floor: Floor) -> None:
    queue = await floor.queue()
    agent = await floor.agent([queue])
    async with _customers(floor, *[queue] * 4) as contacts:
        await agent.be("available")
        assert await _offers(agent, 3) == contacts[:3]
        for _ in range(3):
            await agent.accept()
        assert await _waiting(floor, queue) == contacts[3:]
        assert (await agent.get(f"/v1/offers?agent={agent.id}"))["items"] == []
        await _finish(agent, contacts[0])
        assert (await agent.offer())["contact"] == contacts[3]


async def test_a_call_waits_for_an_agent_with_nothing_else_and_then_keeps_others_away(
    floor: Floor, provider: TwilioProvider
) -> None:
    queue, number = await floor.queue(), _number()
    await floor.entry_point("voice", number, queue)
    agent = await floor.agent([queue])
    await agent.be("available")
    async with chatting(floor.platform) as chat:
        written = await chat.start(queue)
        await agent.accept()
        call = await provider.incoming_call(from_=_number(), to=number)
        (called,) = await eventually(lambda: _waiting(floor, queue), "the call to wait")
        await _finish(agent, written)
    assert (await agent.accept())["contact"] == called
    async with _customers(floor, queue) as (later,):
        await call.hang_up()
        await eventually(lambda: _wraps_up(agent, called), "the end of the call")
        assert await _waiting(floor, queue) == [later]
        await agent.wrap_up(called)
        assert (await agent.offer())["contact"] == later


async def _wraps_up(agent: Agent, contact: str) -> bool:
    return bool((await agent.get(f"/v1/contacts/{contact}"))["state"] == "wrap_up")


async def test_wrap_up_ends_by_itself_when_its_time_is_over(floor: Floor) -> None:
    queue = await floor.queue(wrap_up_seconds=1)
    agent = await floor.agent([queue])
    await agent.be("available")
    async with chatting(floor.platform) as chat:
        contact = await chat.start(queue)
        await agent.accept()
        await agent.end(contact)
        closed = await floor.closed(contact)
    assert (closed["outcome"], closed["disposition"]) == ("handled", None)
    assert (await agent.get(f"/v1/agents/{agent.id}/state"))["state"] == "available"


async def test_a_contact_on_which_the_queues_rule_fails_is_parked_and_the_next_one_served(floor: Floor) -> None:
    queue = await floor.queue(agent_rule='int(contact.attributes["pages"]) < 100')
    agent = await floor.agent([queue])
    await agent.be("available")
    bad, good = [
        (await floor.admin.post("/v1/contacts", {"channel": "chat", "queue": queue, "attributes": {"pages": pages}}))[
            "id"
        ]
        for pages in ("many", "12")
    ]
    assert (await agent.accept())["contact"] == good

    async def parked() -> Json | None:
        items: list[Json] = (await floor.admin.get(f"/v1/queues/{queue}/waiting"))["parked"]
        return items[0] if items else None

    shown = await eventually(parked, f"{bad} to be parked")
    assert (shown["contact"], shown["error"]) == (bad, "AgentRuleFailed")
    events = (await floor.admin.get(f"/v1/contacts/{bad}/timeline"))["items"]
    assert any(event["type"].endswith("ContactParked") for event in events)


async def test_whoever_rejects_is_asked_again_only_after_all_others(floor: Floor) -> None:
    queue = await floor.queue(choice="round-robin")
    agents = [await floor.agent([queue], queue_ranks={queue: rank}) for rank in (1, 2, 3)]
    for agent in agents:
        await agent.be("available")
    async with _customers_asked(floor, queue):
        for agent in [*agents, *agents]:
            offer = await agent.offer()
            await agent.post(f"/v1/offers/{offer['id']}/reject", {"reason": "not mine"})


@asynccontextmanager
async def _customers_asked(floor: Floor, queue: str) -> AsyncIterator[None]:
    """A customer whose contact rings somewhere at once."""
    async with chatting(floor.platform) as chat:
        await chat.start(queue)
        yield
