"""One contact from the first word to the survey, for tests of what follows from it."""

from dataclasses import dataclass

from tests.e2e.chatting import chatting
from tests.e2e.floor import Agent, Floor


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeContact:
    """The agent is available again."""

    id: str
    offer: str
    queue: str
    agent: Agent


async def whole_contact(floor: Floor) -> WholeContact:
    """Chat in a queue of its own, with a conversation, a ticket, an evaluation and a survey that is asked."""
    queue = await floor.queue()
    agent = await floor.agent([queue])
    await agent.be("available")
    async with chatting(floor.platform) as chat:
        contact = await chat.start(queue)
        offer = await agent.accept()
        await chat.say("My bill is wrong.")
        await agent.say(contact, "Hello, I will look into it.")
        await chat.frame("message", text="Hello, I will look into it.")
        await agent.end(contact)
        await agent.wrap_up(contact, ticket={"type": "enquiry"})
        await chat.frame("survey")
    await floor.closed(contact)
    return WholeContact(id=contact, offer=offer["id"], queue=queue, agent=agent)
