"""An agent of the demo at the desk: rings, talks, passes on, wraps up, takes breaks; knows stream and REST only."""

import asyncio
import json
import random
from dataclasses import dataclass, field
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from cli.demo.conversation import Conversation
from cli.demo.stage import Stage, expect

Frame = dict[str, Any]

#: Statuses of an accept or reject that came too late: the customer left, or the time ran out.
TOO_LATE = 409


@dataclass(slots=True, kw_only=True)
class Agent:
    stage: Stage
    id: str
    token: str
    #: One of its own: a pool that all agents share is searched whole at every request.
    http: httpx.AsyncClient
    transfer_queues: tuple[str, ...]
    chance: random.Random
    talks: dict[str, Conversation] = field(default_factory=dict)
    ringing: dict[str, Frame] = field(default_factory=dict)
    state: str = "offline"
    reason: str = ""
    returning: bool = False
    acts: set[asyncio.Task[None]] = field(default_factory=set)
    leaving: asyncio.Event = field(default_factory=asyncio.Event)
    #: Something ended: an act or an offer.
    moved: asyncio.Event = field(default_factory=asyncio.Event)

    async def work(self, ready: asyncio.Event) -> None:
        """Sign in, work until told to leave, finish what is held, sign out."""
        async with connect(
            self.stage.web_socket("/v1/stream"),
            additional_headers={"Authorization": f"Bearer {self.token}"},
            proxy=None,
        ) as stream:
            await stream.send(json.dumps({"type": "subscribe", "to": ["me"]}))
            reading = asyncio.create_task(self._read(stream))
            await self.set_state("available")
            ready.set()
            await self.leaving.wait()
            await self._finish()
            await self.set_state("offline")
            reading.cancel()
        await self.http.aclose()

    async def set_state(self, state: str, reason: str = "") -> None:
        body = {"state": state, "reason": reason} if reason else {"state": state}
        await self.call("PUT", f"/v1/agents/{self.id}/state", body, 200, 202, TOO_LATE)

    async def call(self, method: str, path: str, body: Frame | None, *statuses: int) -> Any:
        """One REST call as this agent. Raises DoorRefusedError."""
        response = await self.http.request(
            method, self.stage.api + path, json=body, headers={"Authorization": f"Bearer {self.token}"}
        )
        answer = expect(response, *statuses)
        return {"status": response.status_code, "body": answer}

    async def _finish(self) -> None:
        """Until nothing is under way and no offer rings: an ignored one has to ring out."""
        while self.acts or self.ringing:
            self.moved.clear()
            await self.moved.wait()

    async def _read(self, stream: ClientConnection) -> None:
        try:
            async for text in stream:
                self._take(json.loads(text))
        except ConnectionClosed as closed:
            self.stage.crowd.trouble(f"{self.id}: the stream closed, {closed}")

    def _take(self, frame: Frame) -> None:
        match frame["type"]:
            case "offer":
                # At once, not in the task: an offer may end before the task has its first turn.
                self.ringing[frame["offer"]["id"]] = frame["offer"]
                self._act(self._ring(frame["offer"]))
            case "offer_ended":
                self._offer_ended(frame)
            case "line" if frame["from"] == "customer" and frame["contact"] in self.talks:
                self.talks[frame["contact"]].customer_wrote()
            case "contact" if frame["state"] == "not_reached" and frame["contact"] in self.talks:
                self.talks[frame["contact"]].not_reached()
            case "contact" if frame["state"] in {"ended", "closed"} and frame["contact"] in self.talks:
                self.talks[frame["contact"]].ended.set()
            case "state" if frame["agent"] == self.id:
                self._state_shown(frame["state"], frame.get("reason") or "")

    def _act(self, act: Any) -> None:
        task = asyncio.create_task(self._guarded(act))
        self.acts.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self.acts.discard(task)
        self.moved.set()

    async def _guarded(self, act: Any) -> None:
        try:
            await act
        except Exception as error:  # noqa: BLE001 - one agent's trouble is told at the end, the day goes on
            self.stage.crowd.trouble(f"{self.id}: {type(error).__name__}: {error}")

    def _state_shown(self, state: str, reason: str) -> None:
        """An offer that rang out leaves the agent not ready; they notice after a while and come back."""
        self.state, self.reason = state, reason
        if state == "not_ready" and reason == "system" and not self.returning and not self.leaving.is_set():
            self.returning = True
            self._act(self._come_back())

    async def _come_back(self) -> None:
        """Not at once: on a machine too slow to ring in time, agents who hurry back only make it slower."""
        await asyncio.sleep(self.stage.pace.between((40.0, 120.0), self.chance))
        self.returning = False
        await self.set_state("available")

    def _offer_ended(self, frame: Frame) -> None:
        offer = self.ringing.pop(frame["offer"], None)
        self.moved.set()
        if offer is not None:
            self.stage.ledger.offer_ended(frame["outcome"], queue=offer["queue"], channel=offer["channel"])

    async def _ring(self, offer: Frame) -> None:
        await asyncio.sleep(self.stage.pace.between(self.stage.durations.reaction, self.chance))
        draw = self.chance.random()
        if draw < self.stage.habits.ignores:
            return
        if draw < self.stage.habits.ignores + self.stage.habits.rejects:
            await self.call("POST", f"/v1/offers/{offer['id']}/reject", {"reason": "busy-elsewhere"}, 200, TOO_LATE)
            return
        answer = await self.call("POST", f"/v1/offers/{offer['id']}/accept", None, 200, TOO_LATE)
        if answer["status"] != TOO_LATE:
            await self._talk(offer)

    async def _talk(self, offer: Frame) -> None:
        talk = Conversation(agent=self, offer=offer)
        self.talks[offer["contact"]] = talk
        try:
            await talk.hold()
        finally:
            del self.talks[offer["contact"]]
        if not self.leaving.is_set() and self.chance.random() < self.stage.habits.takes_break:
            await self._rest()

    async def _rest(self) -> None:
        await self.set_state("not_ready", "break")
        await asyncio.sleep(self.stage.pace.between(self.stage.durations.break_length, self.chance))
        await self.set_state("available")
