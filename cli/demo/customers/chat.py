"""A customer on web chat: asks, waits, talks, perhaps loses the connection and resumes, rates."""

import asyncio
import json
import random
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from cli.demo.day import Arrival
from cli.demo.phrases import DETAILS, QUESTIONS, pick
from cli.demo.ratings import draw_rating
from cli.demo.stage import Entrance, Stage

Frame = dict[str, Any]


@dataclass(slots=True, kw_only=True)
class ChatCustomer:
    stage: Stage
    arrival: Arrival
    chance: random.Random
    entrance: Entrance
    resume_token: str = ""
    last_seq: int = 0
    own_messages: int = 0
    joined: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    rating_taken: asyncio.Event = field(default_factory=asyncio.Event)
    agent_wrote: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def address(self) -> str:
        return f"chat-{self.stage.run}-{self.arrival.number}"

    async def live(self) -> None:
        """The whole visit, from opening the window to closing it."""
        connection = await self._connect()
        reading = asyncio.create_task(self._read(connection))
        try:
            await self._start(connection)
            connection, reading = await self._visit(connection, reading)
        finally:
            reading.cancel()
            await connection.close()

    async def _visit(
        self, connection: ClientConnection, reading: asyncio.Task[None]
    ) -> tuple[ClientConnection, asyncio.Task[None]]:
        if not await self._is_answered():
            await self._leave(connection)
            return connection, reading
        if self.chance.random() < self.stage.habits.reconnects:
            connection, reading = await self._reconnect(connection, reading)
        await self._talk(connection)
        await self._rate(connection)
        return connection, reading

    async def _connect(self) -> ClientConnection:
        return await connect(self.stage.web_socket(f"/v1/chat?site_key={self.stage.site_key}"), proxy=None)

    async def _start(self, connection: ClientConnection) -> None:
        start = {
            "type": "start",
            "client_id": f"{self.address}-start",
            "name": f"Customer {self.arrival.number}",
            "address": self.address,
            "queue": self.entrance.queue,
        }
        await _send(connection, start)
        self.stage.ledger.arrived(self.address, channel="chat", queue=self.entrance.queue)
        self.stage.crowd.waiting += 1
        await self._say(connection, pick(QUESTIONS, self.chance))

    async def _is_answered(self) -> bool:
        try:
            await asyncio.wait_for(self.joined.wait(), self.stage.patience("chat", self.chance))
        except TimeoutError:
            return False
        finally:
            self.stage.crowd.waiting -= 1
        return True

    async def _leave(self, connection: ClientConnection) -> None:
        """Say goodbye, or give up; what it is, an agent accepting or passing on at this moment decides."""
        self.stage.ledger.left(self.address)
        await _send(connection, {"type": "end"})
        await self._until_ended()

    async def _reconnect(
        self, connection: ClientConnection, reading: asyncio.Task[None]
    ) -> tuple[ClientConnection, asyncio.Task[None]]:
        await connection.close()
        reading.cancel()
        await asyncio.sleep(self.stage.pace.scaled(10.0))
        connection = await self._connect()
        await _send(connection, {"type": "resume", "token": self.resume_token, "last_seq": self.last_seq})
        return connection, asyncio.create_task(self._read(connection))

    async def _talk(self, connection: ClientConnection) -> None:
        self.stage.crowd.talking += 1
        patience = asyncio.get_running_loop().time() + self.stage.conversation("chat", self.chance)
        ends_it = self.chance.random() < self.stage.habits.customer_ends
        while not self.ended.is_set():
            left = patience - asyncio.get_running_loop().time()
            if left <= 0 and ends_it:
                await self._leave(connection)
                break
            await self._answer_agent(connection, wait=max(left, self.stage.pace.scaled(20.0)))
        self.stage.crowd.talking -= 1

    async def _answer_agent(self, connection: ClientConnection, *, wait: float) -> None:
        try:
            await asyncio.wait_for(self._agent_spoke_or_left(), wait)
        except TimeoutError:
            return
        self.agent_wrote.clear()
        await asyncio.sleep(self.stage.pace.between((2.0, 8.0), self.chance))
        if not self.ended.is_set():
            await self._say(connection, pick(DETAILS, self.chance))

    async def _agent_spoke_or_left(self) -> None:
        waits = [asyncio.create_task(self.agent_wrote.wait()), asyncio.create_task(self.ended.wait())]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    async def _rate(self, connection: ClientConnection) -> None:
        """Stay for the survey as long as agents' wrap-up may last, then answer it or not."""
        await self._until_ended()
        if self.chance.random() >= self.stage.habits.answers_survey:
            return
        try:
            await asyncio.wait_for(self.asked.wait(), self.stage.pace.scaled(120.0) + 5.0)
        except TimeoutError:
            return
        rating = draw_rating(self.chance)
        await _send(connection, {"type": "survey_answer", "rating": rating})
        await asyncio.wait_for(self.rating_taken.wait(), 30.0)
        self.stage.ledger.rated(self.address, rating)

    async def _until_ended(self) -> None:
        try:
            await asyncio.wait_for(self.ended.wait(), 30.0)
        except TimeoutError:
            self.stage.crowd.trouble(f"{self.address}: the chat did not end within 30 s")

    async def _say(self, connection: ClientConnection, text: str) -> None:
        self.own_messages += 1
        frame = {"type": "message", "client_id": f"{self.address}-{self.own_messages}", "text": text}
        try:
            await _send(connection, frame)
        except ConnectionClosed:
            self.ended.set()

    async def _read(self, connection: ClientConnection) -> None:
        async for text in connection:
            self._take(json.loads(text))

    def _take(self, frame: Frame) -> None:
        match frame["type"]:
            case "started":
                self.resume_token = frame["resume_token"]
            case "agent_joined":
                self.joined.set()
            case "delivered" if "rating" in frame:
                self.rating_taken.set()
            case "message" | "delivered":
                self._take_line(frame)
            case "survey":
                self.asked.set()
            case "ended":
                self.ended.set()
            case "error":
                self._take_error(frame)

    def _take_error(self, frame: Frame) -> None:
        if frame["code"] == "contact-ended":
            # The agent ended it while the customer was typing.
            self.ended.set()
        else:
            self.stage.crowd.trouble(f"{self.address}: {frame}")

    def _take_line(self, frame: Frame) -> None:
        """Every line once and in order, whatever happened to the connection."""
        if frame["seq"] != self.last_seq + 1:
            self.stage.crowd.trouble(f"{self.address}: line {frame['seq']} after {self.last_seq}")
        self.last_seq = frame["seq"]
        if frame.get("from") == "agent":
            self.agent_wrote.set()


async def _send(connection: ClientConnection, frame: Frame) -> None:
    await connection.send(json.dumps(frame, ensure_ascii=False))
