"""A supervisor of the demo: watches the queues, helps who waits for long, listens to calls; knows REST only."""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console

from cli.demo.agents import Agent
from cli.demo.recount import Recount
from cli.demo.stage import Stage, expect

#: Seconds of the day between two rounds, and how long a call is listened to.
ROUND_SECONDS = 45.0
LISTENS_SECONDS = 20.0
#: An act that came too late: the contact or the agent is no longer as it was seen.
TOO_LATE = (404, 409)
MORE_URGENT = 20


@dataclass(slots=True, kw_only=True)
class Supervisor:
    stage: Stage
    token: str
    #: Those of the pool that the customers come to.
    agents: Sequence[Agent]
    chance: random.Random
    done: Counter[str] = field(default_factory=Counter)
    #: Why a contact was offered to whom it was, as the platform says it; the last one read.
    sentence: str = ""
    leaving: asyncio.Event = field(default_factory=asyncio.Event)

    async def watch(self) -> None:
        """Make rounds until told to leave; trouble is told at the end, the day goes on."""
        rounds = (self._hurry, self._assign, self._listen)
        number = 0
        while not self.leaving.is_set():
            await self._pause(self.stage.pace.scaled(ROUND_SECONDS))
            try:
                await rounds[number % len(rounds)]()
            except Exception as error:  # noqa: BLE001 - as above
                self.stage.crowd.trouble(f"supervisor: {type(error).__name__}: {error}")
            number += 1

    def tell(self, console: Console, recount: Recount) -> None:
        """Say what happened beside the work: rules that widened a search, calls back, and one's own hand."""
        happened = Counter[str]()
        for (name, *_), amount in recount.counts.items():
            happened[name] += amount
        console.print(
            f"Rules: {happened['search_widened']} searches widened. "
            f"Callbacks: {happened['callback_requested']} asked for, {happened['callback_attempts']} calls, "
            f"{happened['callback_not_reached']} not answered, {happened['callback_given_up']} given up."
        )
        console.print(
            f"Supervisor: {self.done['hurried']} contacts made more urgent, {self.done['assigned']} assigned by hand, "
            f"{self.done['listened']} calls listened to, {self.done['whispered']} whispered into."
        )
        if self.sentence:
            console.print(f"A decision, as it explains itself: {self.sentence}")

    async def _hurry(self) -> None:
        """Let who has waited longest come before the others."""
        waiting = await self._longest_waiting()
        if waiting is not None and await self._post(waiting, "priority", {"priority": MORE_URGENT}):
            self.done["hurried"] += 1

    async def _assign(self) -> None:
        """Give who has waited longest to an agent who has nothing to do, whatever their queues."""
        waiting, idle = await self._longest_waiting(), [agent for agent in self.agents if self._is_idle(agent)]
        if waiting is None or not idle:
            return
        if await self._post(waiting, "assign", {"agent": self.chance.choice(idle).id}):
            self.done["assigned"] += 1
            await self._explain(waiting)

    async def _listen(self) -> None:
        """Follow a call unheard, then whisper to its agent."""
        calls = [talk.contact for agent in self.agents for talk in agent.talks.values() if talk.channel == "voice"]
        if not calls:
            return
        contact = self.chance.choice(calls)
        await self._explain(contact)
        for mode, what in (("listen", "listened"), ("whisper", "whispered")):
            if not await self._post(contact, "monitor", {"mode": mode}):
                return
            self.done[what] += 1
            await self._pause(self.stage.pace.scaled(LISTENS_SECONDS))
        await self._call("DELETE", f"/v1/contacts/{contact}/monitor", None)

    def _is_idle(self, agent: Agent) -> bool:
        return agent.state == "available" and not agent.talks and not agent.ringing

    async def _longest_waiting(self) -> str | None:
        """Look through the queues of the entrances for who has waited longest on the line."""
        queues = sorted({each.queue for entrances in self.stage.entrances.values() for each in entrances})
        found: list[tuple[float, str]] = []
        for queue in queues:
            room = await self._call("GET", f"/v1/queues/{queue}/waiting", None)
            found += [(each["waited_seconds"], each["contact"]) for each in room["items"]]
        return max(found, default=(0.0, None))[1]

    async def _explain(self, contact: str) -> None:
        decisions = await self._call("GET", f"/v1/contacts/{contact}/decisions", None)
        if decisions and decisions["items"]:
            self.sentence = decisions["items"][-1]["sentence"]

    async def _post(self, contact: str, act: str, body: dict[str, Any]) -> bool:
        return await self._call("POST", f"/v1/contacts/{contact}/{act}", body) is not None

    async def _call(self, method: str, path: str, body: dict[str, Any] | None) -> Any:
        """One REST call; None where it came too late. Raises DoorRefusedError."""
        response = await self.stage.http.request(
            method, self.stage.api + path, json=body, headers={"Authorization": f"Bearer {self.token}"}
        )
        answer = expect(response, 200, 202, 204, *TOO_LATE)
        return None if response.status_code in TOO_LATE else answer or {}

    async def _pause(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self.leaving.wait(), seconds)
        except TimeoutError:
            return
