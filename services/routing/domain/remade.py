"""A decision made again for every agent of the pool, where the engine looked at a handful.

The pool is given as it was just before; the rules are the matching's own. Whom the decision chose, and whom it had
looked at, keep the words that were journalled then.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from services.routing.domain.candidacy import ELIGIBLE, Candidacy, Candidate, candidacy_of
from services.routing.domain.choices import ALL_DECLINED, why_later
from services.routing.domain.decisions.supervision import ASSIGNED_BY_HAND, TAKEN_OVER
from services.routing.domain.desk_events import ContactAssignedByHand
from services.routing.domain.entry import Decision
from services.routing.domain.events import ContactParked, OfferMade
from services.routing.domain.moments import seconds_between
from services.routing.domain.pool import PoolState
from services.routing.domain.stays import Scheduled, as_waiting

#: What is a decision about a contact: an offer, a parking, or an offer left to ring at one agent alone.
Decided: TypeAlias = OfferMade | ContactParked | ContactAssignedByHand

CHOSEN = "chosen"
#: Why an agent came later who could have had the contact beside others, while somebody had nothing.
HANDLING_OTHERS = "handling-others"
#: Why an agent came later in a round of asking again.
DECLINED_LATER = "declined-later"
_BY_HAND = frozenset({ASSIGNED_BY_HAND, TAKEN_OVER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How an agent stood in a decision: `chosen`, why later, or the first rule's reason against the agent.

    `eligible` where nobody's turn was asked for: by hand, or where the contact was parked. `skill` is the required
    one at fault. `looked_at` says that the decision itself had looked at the agent.
    """

    agent_id: str
    verdict: str
    skill: str
    idle_seconds: float
    rank: int
    measure: int
    looked_at: bool


def recorded(what: Decided) -> tuple[Verdict, ...]:
    """Give whom the decision itself had looked at."""
    decision = _decision(what)
    return tuple(
        Verdict(
            agent_id=each.agent_id,
            verdict=each.verdict,
            skill="",
            idle_seconds=each.idle_seconds,
            rank=each.rank,
            measure=each.measure,
            looked_at=True,
        )
        for each in (() if decision is None else decision.considered)
    )


def remade(state: PoolState, what: Decided) -> tuple[Verdict, ...]:
    """Judge every agent for a decision, in a pool as it was just before; who could have had it first, in turn.

    Raises KeyError or TypeError where the contact does not wait there: then it is not the pool that decided.
    """
    return tuple(_verdicts(candidacy_before(state, what), what))


def candidacy_before(state: PoolState, what: Decided) -> Candidacy:
    """Say how every agent stood to the contact as the decision was taken."""
    contact_id = what.entry.contact_id
    stay = state.contacts[contact_id]
    if isinstance(stay, Scheduled):
        raise TypeError(f"contact {contact_id} does not wait")
    rings_at = tuple(offer.holder.agent_id for offer in state.offers_of(contact_id))
    waiting = replace(as_waiting(stay), asked=rings_at)
    return candidacy_of(state, waiting, again=_is_again(_decision(what)))


def _verdicts(found: Candidacy, what: Decided) -> Iterator[Verdict]:
    known: Mapping[str, Verdict] = {each.agent_id: each for each in recorded(what)}
    chosen = _chosen(found, what)
    for each in found.candidates:
        looked_at = known.get(each.agent.id)
        yield Verdict(
            agent_id=each.agent.id,
            verdict=looked_at.verdict if looked_at is not None else _verdict(each, chosen, found, what),
            skill=each.skill,
            idle_seconds=seconds_between(each.agent.idle_since, what.at),
            rank=each.rank,
            measure=each.measure,
            looked_at=looked_at is not None,
        )


def _verdict(each: Candidate, chosen: Candidate | None, found: Candidacy, what: Decided) -> str:
    if each is chosen:
        return CHOSEN
    decision = _decision(what)
    if each.verdict != ELIGIBLE or chosen is None or decision is None or decision.rule in _BY_HAND:
        return each.verdict
    if _is_again(decision):
        return DECLINED_LATER
    if each.agent.holds and not chosen.agent.holds:
        return HANDLING_OTHERS
    return why_later(chosen.turn, each.turn, found.search.choice)


def _is_again(decision: Decision | None) -> bool:
    return decision is not None and decision.rule == ALL_DECLINED


def _chosen(found: Candidacy, what: Decided) -> Candidate | None:
    if isinstance(what, ContactParked):
        return None
    return next((each for each in found.candidates if each.agent.id == what.holder.agent_id), None)


def _decision(what: Decided) -> Decision | None:
    return what.decision if isinstance(what, OfferMade) else None
