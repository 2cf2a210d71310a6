"""An agent at work through faults: available, takes what is offered, answers, ends, wraps up."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

from tests.failure.load.caller import Caller
from tests.invariants.evidence import History

_LOOK_SECONDS = 0.15


@dataclass(slots=True, kw_only=True)
class WorkingAgent:
    """`lines` are said in each contact before the agent ends it.

    What is to be done is read from the platform, so that an answer lost on its way leaves no contact behind.
    """

    id: str
    caller: Caller
    history: History
    lines: int = 2
    handled: int = 0
    _offers: dict[str, str] = field(default_factory=dict)
    _tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    async def work(self, stop: asyncio.Event) -> None:
        """Work until told to stop; then what was begun is finished."""
        while not stop.is_set():
            await self._be_available()
            for offer in await self._listed(f"/v1/offers?agent={self.id}"):
                self._begin(f"accept {offer['id']}", self._accept(offer))
            for state in ("talking", "wrap_up"):
                for contact in await self._listed(f"/v1/contacts?agent={self.id}&state={state}"):
                    self._begin(f"handle {contact['id']}", self._handle(contact["id"]))
            self._drop_finished()
            await asyncio.sleep(_LOOK_SECONDS)
        await asyncio.gather(*self._tasks.values())

    def _begin(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        if name in self._tasks:
            work.close()
        else:
            self._tasks[name] = asyncio.create_task(work)

    def _drop_finished(self) -> None:
        for name in [name for name, task in self._tasks.items() if task.done()]:
            self._tasks.pop(name).result()

    async def _be_available(self) -> None:
        """A ring that nobody answered, because the platform was away, makes an agent not ready."""
        shown = await self.caller.ask("GET", f"/v1/agents/{self.id}/state")
        if shown.is_success and shown.json()["set_state"] != "available":
            await self.caller.ask("PUT", f"/v1/agents/{self.id}/state", {"state": "available"})

    async def _listed(self, path: str) -> list[dict[str, Any]]:
        answer = await self.caller.ask("GET", path)
        items: list[dict[str, Any]] = answer.json()["items"] if answer.is_success else []
        return items

    async def _accept(self, offer: dict[str, Any]) -> None:
        self._offers[offer["contact"]] = offer["id"]
        accepted = await self.caller.ask("POST", f"/v1/offers/{offer['id']}/accept", key=f"accept-{offer['id']}")
        if accepted.is_success:
            self.history.note("offer-accepted", offer=offer["id"], contact=offer["contact"])

    async def _handle(self, contact: str) -> None:
        for number in range(self.lines):
            await self._say(contact, f"{self.id}-{contact}-{number}")
        await self.caller.ask("POST", f"/v1/contacts/{contact}/end", key=f"end-{contact}")
        body = {"disposition": "resolved", "ticket": {"type": "enquiry"}}
        done = await self.caller.ask("POST", f"/v1/contacts/{contact}/wrap-up", body, key=f"wrap-up-{contact}")
        if done.is_success:
            self.handled += 1
            if contact in self._offers:
                self.history.note("wrap-up-acknowledged", offer=self._offers[contact])

    async def _say(self, contact: str, client_id: str) -> None:
        body = {"text": f"Agent's line {client_id}", "client_id": client_id}
        said = await self.caller.ask("POST", f"/v1/contacts/{contact}/messages", body)
        if said.is_success:
            line = said.json()["seq"]
            self.history.note("line-acknowledged", contact=contact, author="agent", client_id=client_id, line=line)
