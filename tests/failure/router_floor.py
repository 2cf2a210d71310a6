"""A floor at work on routing's topics: agents who answer whatever rings, and a check of all that was told."""

import asyncio
from collections import Counter
from dataclasses import dataclass

from switchyard.internal.routing.v1 import commands_pb2 as c
from tests.integration.routing.desk import Desk
from tests.integration.routing.heard import Seen

#: What one agent may hold at once: chats of 30 units out of 100.
MOST_CHATS = 3


@dataclass
class Floor:
    """Accepts each offer, ends each conversation, writes each up; every command is sent once, under its own id."""

    desk: Desk

    async def work(self) -> None:
        answered = 0
        while True:
            fresh, answered = self.desk.heard.unique[answered:], len(self.desk.heard.unique)
            for seen in fresh:
                await self._react(seen)
            await asyncio.sleep(0.02)

    async def _react(self, seen: Seen) -> None:
        message = seen.message
        match seen.name:
            case "OfferMade":
                await self._answer(c.AcceptOffer(offer_id=message.offer_id, agent_id=message.holder.agent_id), seen)
            case "OfferAccepted":
                await self._answer(c.EndContact(contact_id=message.entry.contact_id, ended_by="customer"), seen)
            case "ContactEnded":
                done = c.CompleteWrapUp(
                    contact_id=message.entry.contact_id, agent_id=message.holder.agent_id, disposition="resolved"
                )
                await self._answer(done, seen)

    async def _answer(self, message: c.AcceptOffer | c.EndContact | c.CompleteWrapUp, cause: Seen) -> None:
        await self.desk.send(message, ids=[f"cmd_{self.desk.pool}.{cause.envelope.id}"])


def violations(desk: Desk) -> list[str]:
    """Name everything in the told order that must never happen: gaps, two truths, double offers, over capacity."""
    return [*_two_truths(desk), *_gaps(desk, "contacts"), *_gaps(desk, "agents"), *_impossible(desk)]


def unfinished(desk: Desk, contacts: list[str]) -> list[str]:
    """Name contacts that have not reached exactly one final state, or that an agent still holds."""
    finals = Counter(each.message.entry.contact_id for each in desk.of("WrapUpCompleted"))
    return [contact for contact in contacts if finals[contact] != 1]


def _two_truths(desk: Desk) -> list[str]:
    told: dict[str, bytes] = {}
    for each in desk.heard.all:
        data = each.message.SerializeToString(deterministic=True)
        if told.setdefault(each.envelope.id, data) != data:
            return [f"{each.envelope.id} was told in two ways"]
    return []


def _gaps(desk: Desk, stream: str) -> list[str]:
    numbers = [each.envelope.sequence or 0 for each in _stream(desk, stream)]
    return [] if numbers == list(range(1, len(numbers) + 1)) else [f"{stream}: {numbers} has gaps"]


def _impossible(desk: Desk) -> list[str]:
    found: list[str] = []
    state: dict[str, str] = {}
    held: Counter[str] = Counter()
    for each in _stream(desk, "contacts"):
        contact = each.message.entry.contact_id
        before, after = _STEPS[each.name]
        if state.get(contact, "new") not in before:
            found.append(f"{contact} was {state.get(contact)} at {each.name}")
        state[contact] = after
        if each.name in {"OfferMade", "OfferWithdrawn", "WrapUpCompleted"}:
            agent = each.message.holder.agent_id
            held[agent] += 1 if each.name == "OfferMade" else -1
            if not 0 <= held[agent] <= MOST_CHATS:
                found.append(f"{agent} holds {held[agent]}")
    return found


def _stream(desk: Desk, stream: str) -> list[Seen]:
    source = f"/{desk.tenant}/routing/pools/{desk.pool}/{stream}"
    mine = [each for each in desk.heard.unique if each.envelope.source == source]
    return sorted(mine, key=lambda each: each.envelope.sequence or 0)


#: State of a contact before and after each event that this floor brings about.
_STEPS = {
    "ContactQueued": (("new", "flowed-out"), "waiting"),
    "OfferMade": (("waiting",), "offered"),
    "OfferWithdrawn": (("offered",), "waiting"),
    "ContactAbandoned": (("waiting",), "done"),
    "ContactParked": (("waiting",), "parked"),
    "ContactFlowedOut": (("parked",), "flowed-out"),
    "OfferAccepted": (("offered",), "connected"),
    "ContactEnded": (("connected",), "wrapping-up"),
    "WrapUpCompleted": (("wrapping-up",), "done"),
}
