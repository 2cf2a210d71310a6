"""A caller: rings the number, listens to the hold music, talks, presses a digit when asked."""

import asyncio
import random
from dataclasses import dataclass

from cli.demo.day import Arrival
from cli.demo.ratings import draw_rating
from cli.demo.stage import Entrance, Stage
from switchyard.testing.twilio_outgoing import OutgoingCall
from switchyard.testing.twilio_provider import FakeCall, TwilioProvider


@dataclass(slots=True, kw_only=True)
class Caller:
    stage: Stage
    arrival: Arrival
    chance: random.Random
    entrance: Entrance
    provider: TwilioProvider

    @property
    def address(self) -> str:
        return f"+1333{self.stage.number_block:03d}{self.arrival.number:04d}"

    async def live(self) -> None:
        """Until the line is dead."""
        call = await self.provider.incoming_call(from_=self.address, to=self.entrance.address)
        self.stage.ledger.arrived(self.address, channel="voice", queue=self.entrance.queue)
        self.stage.crowd.waiting += 1
        connected = await self._is_connected(call)
        self.stage.crowd.waiting -= 1
        if not connected and not await self._asks_for_callback(call):
            await self._hang_up(call)
        elif call.connected:
            await self._talk(call)
        else:
            await self._be_called_back()

    async def _talk(self, call: FakeCall) -> None:
        if self.chance.random() < self.stage.habits.customer_ends:
            await self._talk_and_hang_up(call)
        else:
            await self._talk_until_agent_ends(call)

    async def _is_connected(self, call: FakeCall) -> bool:
        try:
            await call.until_connected(self.stage.patience("voice", self.chance))
        except TimeoutError:
            return False
        return True

    async def _asks_for_callback(self, call: FakeCall) -> bool:
        """Press the key, and be told so and let go; or be connected after all, in this very moment."""
        if self.chance.random() >= self.stage.habits.asks_for_callback:
            return False
        await call.press("1")
        try:
            await call.until(lambda: call.connected or call.ended, self.stage.long_wait)
        except TimeoutError:
            return False
        if not call.connected:
            self.stage.ledger.asked_for_callback(self.address)
        return True

    async def _be_called_back(self) -> None:
        """Answer the telephone, or not, as often as it rings; a call that is called off comes again, or not."""
        self.stage.crowd.waiting += 1
        most, missed, rings = self.stage.most_attempts[self.entrance.queue], 0, 0
        try:
            while missed < most:
                rings += 1
                call = await self.provider.call_to(self.address, count=rings, timeout_seconds=self.stage.long_wait)
                if await self._answers(call):
                    break
                if call.status == "busy":
                    missed += 1
                    self.stage.ledger.not_reached(self.address, given_up=missed == most)
        except TimeoutError:
            return
        finally:
            self.stage.crowd.waiting -= 1
        if call.connected:
            await self._talk(call)

    async def _answers(self, call: OutgoingCall) -> bool:
        """Say whether a talk began; the agent's own telephone rings once the customer is there."""
        await asyncio.sleep(self.stage.pace.between((3.0, 12.0), self.chance))
        if self.chance.random() < self.stage.habits.answers_callback:
            call.pick_up()
        else:
            call.decline()
        await call.until(lambda: call.connected or call.ended, self.stage.long_wait)
        return call.connected

    async def _hang_up(self, call: FakeCall) -> None:
        """An agent may be accepting at this very moment, or a transfer may have begun another wait."""
        self.stage.ledger.left(self.address)
        if not call.ended:
            await call.hang_up()

    async def _talk_and_hang_up(self, call: FakeCall) -> None:
        try:
            await call.until_ended(self.stage.conversation("voice", self.chance))
        except TimeoutError:
            await self._hang_up(call)

    async def _talk_until_agent_ends(self, call: FakeCall) -> None:
        """Stay on the line for the survey, which comes when the agent has ended the conversation."""
        asked = asyncio.create_task(call.until_asked(self.stage.long_wait))
        ended = asyncio.create_task(call.until_ended(self.stage.long_wait))
        try:
            await asyncio.wait({asked, ended}, return_when=asyncio.FIRST_COMPLETED)
            if asked.done() and not asked.exception() and not call.ended:
                await self._answer(call)
        finally:
            asked.cancel()
            ended.cancel()
        await call.until_ended(self.stage.long_wait)

    async def _answer(self, call: FakeCall) -> None:
        if self.chance.random() >= self.stage.habits.answers_survey:
            await call.hang_up()
            return
        rating = draw_rating(self.chance)
        await call.press(str(rating))
        self.stage.ledger.rated(self.address, rating)
