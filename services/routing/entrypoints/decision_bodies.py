"""What GET /v1/contacts/{id}/decisions answers, made of decisions as they were explained."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel

from services.routing.application.explaining import Explained
from services.routing.domain.events import ContactParked, OfferMade
from services.routing.domain.remade import Verdict
from services.routing.entrypoints.decision_sentences import sentence
from services.routing.entrypoints.times import utc
from services.routing.entrypoints.verdicts import verdict


class ConsideredAgent(BaseModel):
    """`verdict` is `chosen`, why later, or the first rule that ruled the agent out, and `reason` says it in words.

    `skill` is the required one at fault. `rank` is the agent's own for the queue and `measure` what the queue's choice
    compares, both lowest first. `looked_at`: the engine itself needed no more than these to decide.
    """

    agent: str
    verdict: str
    reason: str
    skill: str
    idle_seconds: float
    rank: int
    measure: int
    looked_at: bool


class Decision(BaseModel):
    """`cause` is the command, or the offer that ran out, on which this offer was made; `sentence` says it all in one.

    `considered` has every agent of the pool as it was, first who could have had the contact, in their turns. Where
    `candidates_complete` is false it has those alone whom the engine had looked at, and `candidates_missing` says why:
    `emptied` (the journal of that time is not kept any more), `too-far-from-a-snapshot` or `too-many-agents` (it would
    cost too much) or `not-made-again` (that failed just now). `agents` is how many were judged, and `verdicts` counts
    them.

    `candidates` is how many were ready where the contact waited. `rule_step` is the last of the queue's steps that the
    contact had gone through, 0 for none; `state_version` the pool's journal entry that holds the decision.

    Where the contact broke a rule instead, `rule` is matching-failed, step-failed or timer-failed, `error` names what
    was raised, and there is neither offer nor agent: it is offered to nobody until it is transferred.
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
    candidates_complete: bool
    candidates_missing: str = ""
    agents: int
    verdicts: dict[str, int]
    cause: str
    rule_step: int = 0
    state_version: int
    sentence: str
    error: str = ""


class Decisions(BaseModel):
    items: list[Decision]


def decisions_body(explained: Sequence[Explained]) -> Decisions:
    return Decisions(items=[_decision(each) for each in explained])


def _decision(explained: Explained) -> Decision:
    made, what = explained.made, explained.made.what
    return Decision(
        at=utc(what.at),
        offer="" if isinstance(what, ContactParked) else what.offer_id,
        entry=what.entry.number,
        queue=what.entry.queue_id,
        pool=what.entry.pool_id,
        agent="" if isinstance(what, ContactParked) else what.holder.agent_id,
        rule=explained.rule,
        candidates=what.decision.candidates if isinstance(what, OfferMade) else 0,
        considered=[_considered(each) for each in explained.verdicts],
        candidates_complete=not explained.missing,
        candidates_missing=explained.missing,
        agents=sum(explained.tally.values()),
        verdicts=_counted(explained),
        cause=made.cause,
        rule_step=what.decision.rule_step if isinstance(what, OfferMade) else 0,
        state_version=made.sequence,
        sentence=sentence(explained),
        error=what.error if isinstance(what, ContactParked) else "",
    )


def _considered(each: Verdict) -> ConsideredAgent:
    return ConsideredAgent(
        agent=each.agent_id,
        verdict=each.verdict,
        reason=verdict(each.verdict, each.skill),
        skill=each.skill,
        idle_seconds=each.idle_seconds,
        rank=each.rank,
        measure=each.measure,
        looked_at=each.looked_at,
    )


def _counted(explained: Explained) -> dict[str, int]:
    counted: dict[str, int] = {}
    for (word, _), agents in explained.tally.items():
        counted[word] = counted.get(word, 0) + agents
    return counted
