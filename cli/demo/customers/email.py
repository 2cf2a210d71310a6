"""A customer by mail: writes over SMTP, answers within the thread, rates by replying to the survey."""

import asyncio
import random
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import make_msgid

import aiosmtplib

from cli.demo.day import Arrival
from cli.demo.phrases import DETAILS, QUESTIONS, pick
from cli.demo.ratings import draw_rating
from cli.demo.stage import Entrance, Stage
from switchyard.testing.mail_sink import MailSink, SunkMail


@dataclass(slots=True, kw_only=True)
class EmailCustomer:
    stage: Stage
    arrival: Arrival
    chance: random.Random
    entrance: Entrance
    sink: MailSink
    read: int = 0

    @property
    def address(self) -> str:
        return f"customer-{self.stage.run}-{self.arrival.number}@example.com"

    async def live(self) -> None:
        """Ask, answer what the agent asks once or not, and rate when asked to."""
        mail = self._compose(subject=f"Question {self.arrival.number}", text=pick(QUESTIONS, self.chance))
        await self._send(mail)
        self.stage.ledger.arrived(self.address, channel="email", queue=self.entrance.queue)
        self.stage.crowd.waiting += 1
        answered = await self._next_mail(self.stage.long_wait)
        self.stage.crowd.waiting -= 1
        if answered is None:
            self.stage.crowd.trouble(f"{self.address}: no answer came")
            return
        await self._correspond(answered)

    async def _correspond(self, mail: SunkMail) -> None:
        current: SunkMail | None = mail
        asked_back = self.chance.random() < 0.5
        while current is not None and not _is_survey(current):
            if asked_back:
                asked_back = False
                await asyncio.sleep(self.stage.pace.between((20.0, 60.0), self.chance))
                await self._reply(current, pick(DETAILS, self.chance))
            current = await self._next_mail(self.stage.long_wait)
        if current is not None and self.chance.random() < self.stage.habits.answers_survey:
            rating = draw_rating(self.chance)
            await self._reply(current, str(rating))
            self.stage.ledger.rated(self.address, rating)

    async def _next_mail(self, seconds: float) -> SunkMail | None:
        try:
            mails = await self.sink.wait_for(self.address, count=self.read + 1, timeout_seconds=seconds)
        except TimeoutError:
            return None
        self.read += 1
        return mails[self.read - 1]

    async def _reply(self, mail: SunkMail, text: str) -> None:
        answered = str(mail.message["Message-ID"])
        reply = self._compose(subject=str(mail.message["Subject"]), text=text)
        reply["In-Reply-To"] = answered
        reply["References"] = f"{mail.message['References'] or ''} {answered}".strip()
        await self._send(reply)

    def _compose(self, *, subject: str, text: str) -> EmailMessage:
        mail = EmailMessage()
        mail["From"] = f"Customer {self.arrival.number} <{self.address}>"
        mail["To"] = self.entrance.address
        mail["Subject"] = subject
        mail["Message-ID"] = make_msgid(domain="example.com")
        mail.set_content(text)
        return mail

    async def _send(self, mail: EmailMessage) -> None:
        host, port = self.stage.smtp
        await aiosmtplib.send(mail, hostname=host, port=port, start_tls=False)


def _is_survey(mail: SunkMail) -> bool:
    return mail.message["Auto-Submitted"] is not None
