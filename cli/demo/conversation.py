"""One assignment from the agent's side: greet, answer, end or pass on, wrap up."""

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cli.demo.phrases import ANSWERS, GREETINGS, pick

if TYPE_CHECKING:
    from cli.demo.agents import Agent

WRITTEN = frozenset({"chat", "sms", "email"})
#: Nobody hangs up on a customer whose telephone still rings.
RINGS_SECONDS = 120.0
#: A message or an end may find that the customer ended it a moment ago.
ENDED_ALREADY = 409
#: The same, seen by routing itself a moment later.
GONE = 404


@dataclass(slots=True, kw_only=True)
class Conversation:
    agent: "Agent"
    offer: dict[str, Any]
    address: str = ""
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    unanswered: asyncio.Event = field(default_factory=asyncio.Event)
    #: The customer who was called did not answer.
    missed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def contact(self) -> str:
        return str(self.offer["contact"])

    @property
    def queue(self) -> str:
        return str(self.offer["queue"])

    @property
    def channel(self) -> str:
        return str(self.offer["channel"])

    @property
    def calls_back(self) -> bool:
        return bool(self.offer["callback_attempt"])

    def customer_wrote(self) -> None:
        self.unanswered.set()

    def not_reached(self) -> None:
        self.missed.set()
        self.ended.set()

    async def hold(self) -> None:
        """From the accepted offer to the end of wrap-up."""
        stage = self.agent.stage
        shown = await self.agent.call("GET", f"/v1/contacts/{self.contact}", None, 200)
        self.address = shown["body"]["customer"]["address"]
        (stage.ledger.called if self.calls_back else stage.ledger.accepted)(self.address, self.contact)
        if self.channel in WRITTEN:
            await self._say(pick(GREETINGS, self.agent.chance))
        rung = stage.pace.scaled(RINGS_SECONDS) if self.calls_back else 0.0
        await self._converse(rung + stage.conversation(self.channel, self.agent.chance))
        if self.missed.is_set():
            return
        passed_on = await self._finish()
        await self._wrap_up(passed_on=passed_on)

    async def _converse(self, seconds: float) -> None:
        """Answer each message until the time is up or the customer ends it."""
        until = asyncio.get_running_loop().time() + seconds
        while not self.ended.is_set():
            left = until - asyncio.get_running_loop().time()
            if left <= 0:
                return
            if await self._customer_wrote_within(left):
                await asyncio.sleep(self.agent.stage.pace.between((5.0, 20.0), self.agent.chance))
                if not self.ended.is_set() and self.channel in WRITTEN:
                    await self._say(pick(ANSWERS, self.agent.chance))

    async def _customer_wrote_within(self, seconds: float) -> bool:
        waits = [asyncio.create_task(self.unanswered.wait()), asyncio.create_task(self.ended.wait())]
        try:
            await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        wrote = self.unanswered.is_set()
        self.unanswered.clear()
        return wrote

    async def _say(self, text: str) -> None:
        await self.agent.call("POST", f"/v1/contacts/{self.contact}/messages", {"text": text}, 200, 201, ENDED_ALREADY)

    async def _finish(self) -> bool:
        """End the conversation, or pass it on; returns whether it was passed on."""
        if self.ended.is_set():
            return False
        if self.agent.transfer_queues and self.agent.chance.random() < self.agent.stage.habits.transfers:
            return await self._transfer()
        await self.agent.call("POST", f"/v1/contacts/{self.contact}/end", None, 200, ENDED_ALREADY)
        return False

    async def _transfer(self) -> bool:
        to_queue = self.agent.chance.choice([queue for queue in self.agent.transfer_queues if queue != self.queue])
        path = f"/v1/contacts/{self.contact}/transfer"
        answer = await self.agent.call("POST", path, {"queue": to_queue}, 200, ENDED_ALREADY, GONE)
        if answer["status"] != 200:
            return False
        self.agent.stage.ledger.transferred(self.address, to_queue=to_queue)
        return True

    async def _wrap_up(self, *, passed_on: bool) -> None:
        """Note what came of it; now and then the agent forgets, and the time limit does it."""
        stage, chance = self.agent.stage, self.agent.chance
        stage.ledger.handled(queue=self.queue, channel=self.channel)
        if chance.random() < stage.habits.lets_wrap_up_lapse:
            return
        await asyncio.sleep(stage.pace.between(stage.durations.wrap_up, chance))
        body: dict[str, Any] = {"disposition": "escalated" if passed_on else "resolved"}
        if not passed_on and chance.random() < stage.habits.opens_ticket:
            body["ticket"] = {"type": chance.choice(("enquiry", "complaint", "business_request"))}
        answer = await self.agent.call("POST", f"/v1/contacts/{self.contact}/wrap-up", body, 200, ENDED_ALREADY)
        if "ticket" in body and answer["status"] != ENDED_ALREADY:
            stage.ledger.ticket_asked(body["ticket"]["type"])
