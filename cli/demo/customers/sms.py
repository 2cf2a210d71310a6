"""A customer by SMS: texts the number, answers back, rates with a digit."""

import asyncio
import random
from dataclasses import dataclass

from cli.demo.day import Arrival
from cli.demo.phrases import DETAILS, QUESTIONS, pick
from cli.demo.ratings import draw_rating
from cli.demo.stage import Entrance, Stage
from switchyard.testing.twilio_provider import TwilioProvider

#: How the platform's survey names its scale, in its two languages; no other message of the demo does.
SURVEY_MARKS = ("1 (not at all)", "1（很不满意）")


@dataclass(slots=True, kw_only=True)
class SmsCustomer:
    stage: Stage
    arrival: Arrival
    chance: random.Random
    entrance: Entrance
    provider: TwilioProvider
    read: int = 0

    @property
    def address(self) -> str:
        return f"+1444{self.stage.number_block:03d}{self.arrival.number:04d}"

    async def live(self) -> None:
        """Ask, answer what the agent asks once or not, and rate when asked to."""
        await self._text(pick(QUESTIONS, self.chance))
        self.stage.ledger.arrived(self.address, channel="sms", queue=self.entrance.queue)
        self.stage.crowd.waiting += 1
        answer = await self._next_text()
        self.stage.crowd.waiting -= 1
        if answer is None:
            self.stage.crowd.trouble(f"{self.address}: no answer came")
            return
        await self._correspond(answer)

    async def _correspond(self, text: str | None) -> None:
        answers_left = self.chance.randint(0, 2)
        while text is not None and not is_survey(text):
            if answers_left:
                answers_left -= 1
                await asyncio.sleep(self.stage.pace.between((10.0, 40.0), self.chance))
                await self._text(pick(DETAILS, self.chance))
            text = await self._next_text()
        if text is not None and self.chance.random() < self.stage.habits.answers_survey:
            rating = draw_rating(self.chance)
            await self._text(str(rating))
            self.stage.ledger.rated(self.address, rating)

    async def _next_text(self) -> str | None:
        try:
            texts = await self.provider.texts_to(
                self.address, count=self.read + 1, timeout_seconds=self.stage.long_wait
            )
        except TimeoutError:
            return None
        self.read += 1
        return texts[self.read - 1]

    async def _text(self, body: str) -> None:
        await self.provider.incoming_sms(from_=self.address, to=self.entrance.address, body=body)


def is_survey(text: str) -> bool:
    return any(mark in text for mark in SURVEY_MARKS)
