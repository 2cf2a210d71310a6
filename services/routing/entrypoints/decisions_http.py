"""GET /v1/contacts/{id}/decisions: why each offer of a contact was made as it was, read from the journal."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from services.routing.application.ports import JournalEntry
from services.routing.domain.events import ContactParked, OfferMade
from services.routing.entrypoints.times import utc
from services.routing.entrypoints.verdicts import choice, verdict
from switchyard.service.identity import Principal, current_principal
from switchyard.service.problems import Problem

EntriesOf = Callable[[str, str], Awaitable[Sequence[JournalEntry]]]


class ConsideredAgent(BaseModel):
    """`rank` is the agent's own for the queue and `measure` what the queue's choice compares, both lowest first."""

    agent: str
    verdict: str
    reason: str
    idle_seconds: float
    rank: int
    measure: int


class Decision(BaseModel):
    """`cause` is the command, or the offer that ran out, on which this offer was made; `sentence` says it all in one.

    `rule_step` is the last of the queue's steps that the contact had gone through, 0 for none; `state_version` the
    pool's journal entry that holds the decision.

    Where the contact broke a rule instead, `rule` is matching-failed or timer-failed, `error` names what was raised,
    and there is neither offer nor agent: it is offered to nobody until it is transferred.
    """

    at: datetime
    offer: str
    entry: int
    queue: str
    pool: str
    agent: str
    rule: str
    candidates: int
    considered: list[ConsideredAgent]
    cause: str
    rule_step: int = 0
    state_version: int
    sentence: str
    error: str = ""


class Decisions(BaseModel):
    items: list[Decision]


def decisions_router(entries_of: EntriesOf) -> APIRouter:
    router = APIRouter(tags=["contacts"])

    @router.get("/v1/contacts/{id}/decisions", summary="Why a contact was offered to whom it was")
    async def decisions(
        id: str,  # noqa: A002 - the path's own name for it
        principal: Annotated[Principal, Depends(current_principal)],
    ) -> Decisions:
        entries = await entries_of(principal.tenant, id)
        if not entries:
            raise Problem(404, "contact-unknown", f"Routing has decided nothing about contact {id}.")
        return Decisions(items=[d for entry in entries for d in _of_entry(entry, id)])

    return router


def _of_entry(entry: JournalEntry, contact_id: str) -> list[Decision]:
    return [
        _decision(event, step.cause, entry.sequence)
        if isinstance(event, OfferMade)
        else _parked(event, step.cause, entry.sequence)
        for step in entry.steps
        for event in step.events
        if isinstance(event, OfferMade | ContactParked) and event.entry.contact_id == contact_id
    ]


def _parked(event: ContactParked, cause: str, version: int) -> Decision:
    return Decision(
        at=utc(event.at),
        offer="",
        entry=event.entry.number,
        queue=event.entry.queue_id,
        pool=event.entry.pool_id,
        agent="",
        rule=event.reason,
        candidates=0,
        considered=[],
        cause=cause,
        state_version=version,
        sentence=f"Set aside, offered to nobody until it is transferred: a rule failed on it ({event.error}).",
        error=event.error,
    )


def _decision(offer: OfferMade, cause: str, version: int) -> Decision:
    considered = [
        ConsideredAgent(
            agent=a.agent_id,
            verdict=a.verdict,
            reason=verdict(a.verdict),
            idle_seconds=a.idle_seconds,
            rank=a.rank,
            measure=a.measure,
        )
        for a in offer.decision.considered
    ]
    return Decision(
        at=utc(offer.at),
        offer=offer.offer_id,
        entry=offer.entry.number,
        queue=offer.entry.queue_id,
        pool=offer.entry.pool_id,
        agent=offer.holder.agent_id,
        rule=offer.decision.rule,
        candidates=offer.decision.candidates,
        considered=considered,
        cause=cause,
        rule_step=offer.decision.rule_step,
        state_version=version,
        sentence=_sentence(offer, considered),
    )


def _sentence(offer: OfferMade, considered: Sequence[ConsideredAgent]) -> str:
    """Say in one sentence who was asked, by which rule, and why the others looked at were not."""
    others = [f"{each.agent} {each.reason}" for each in considered if each.agent != offer.holder.agent_id]
    step = f", after step {offer.decision.rule_step} of the queue's rules" if offer.decision.rule_step else ""
    why_not = f"; {', '.join(others)}" if others else ""
    return f"Offered to {offer.holder.agent_id}, {choice(offer.decision.rule)}{step}{why_not}."
