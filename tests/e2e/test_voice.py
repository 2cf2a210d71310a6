"""Calls as a Twilio-shaped provider brings them (G1)."""

import uuid

from switchyard.testing.twilio_provider import TwilioProvider
from tests.e2e.floor import Agent, Floor, Json
from tests.e2e.polling import eventually


def _number() -> str:
    return f"+1555{uuid.uuid4().int % 10**7:07d}"


async def _line_in(floor: Floor) -> tuple[str, Agent]:
    queue, number = await floor.queue(), _number()
    await floor.entry_point("voice", number, queue, greeting="Welcome to the test line.")
    agent = await floor.agent([queue])
    await agent.be("available")
    return number, agent


async def test_a_caller_is_held_connected_and_asked_for_a_rating(floor: Floor, provider: TwilioProvider) -> None:
    number, agent = await _line_in(floor)
    call = await provider.incoming_call(from_=_number(), to=number)
    contact = (await agent.accept())["contact"]
    await call.until_connected(20)
    await agent.end(contact)
    await agent.wrap_up(contact)
    await call.until_asked(20)
    await call.press("4")
    await call.until_ended(20)

    async def rated() -> Json | None:
        items = (await floor.admin.get(f"/v1/survey-responses?contact={contact}"))["items"]
        return items[0] if items and items[0]["rating"] else None

    assert (await eventually(rated, "the rating"))["rating"] == 4


async def test_a_caller_who_hangs_up_while_waiting_is_an_abandon(floor: Floor, provider: TwilioProvider) -> None:
    queue, number = await floor.queue(), _number()
    await floor.entry_point("voice", number, queue)
    call = await provider.incoming_call(from_=_number(), to=number)

    async def waiting() -> Json | None:
        items = (await floor.admin.get(f"/v1/queues/{queue}/waiting"))["items"]
        return items[0] if items else None

    waits = await eventually(waiting, "the call in the queue")
    await call.hang_up()
    assert (await floor.closed(waits["contact"]))["outcome"] == "abandoned"


async def test_a_caller_who_hangs_up_ends_the_conversation(floor: Floor, provider: TwilioProvider) -> None:
    number, agent = await _line_in(floor)
    call = await provider.incoming_call(from_=_number(), to=number)
    contact = (await agent.accept())["contact"]
    await call.until_connected(20)
    await call.hang_up()

    async def over() -> bool:
        return bool((await agent.get(f"/v1/contacts/{contact}"))["state"] == "wrap_up")

    await eventually(over, "the agent in wrap-up")
    await agent.wrap_up(contact)
    assert (await floor.closed(contact))["ended_by"] == "customer"
