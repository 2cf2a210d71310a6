"""Why each agent of a pool would, or would not, be offered a contact at this instant.

The same rules as the matching's, asked of everybody instead of a handful; so for people to read, now and then.
"""

from services.routing.domain.agent import Agent
from services.routing.domain.choices import Turn, measure_of, turn_of
from services.routing.domain.policies import ROUTING_POLICIES, first_rejection, unsuitable
from services.routing.domain.pool import PoolState
from services.routing.domain.search import Search, search_of
from services.routing.domain.stays import Offered, Waiting
from services.routing.domain.values import dataclass

#: The verdict on an agent whom no rule rules out.
ELIGIBLE = "eligible"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """`verdict` is `eligible`, or the first rule's reason against the agent; rank and measure as in a decision."""

    agent: Agent
    verdict: str
    rank: int
    measure: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidacy:
    """What a contact is looked for by, and how every agent stands to it: who is eligible first, in their turns."""

    waiting: Waiting
    search: Search
    candidates: tuple[Candidate, ...]


def candidacy(state: PoolState, contact_id: str) -> Candidacy | None:
    """Judge every agent for a contact that waits or rings; None where it does neither."""
    stay = state.contacts.get(contact_id)
    waiting = stay.waiting if isinstance(stay, Offered) else stay
    if not isinstance(waiting, Waiting):
        return None
    search = search_of(waiting, state.queue(waiting.entry.queue_id))
    judged = sorted((_judged(state, search, waiting, agent) for agent in state.agents.values()), key=_order)
    return Candidacy(waiting=waiting, search=search, candidates=tuple(candidate for _, candidate in judged))


def _judged(state: PoolState, search: Search, waiting: Waiting, agent: Agent) -> tuple[Turn, Candidate]:
    turn = turn_of(search, agent, measure_of(search.choice))
    verdict = unsuitable(search, agent, state.expressions) or first_rejection(ROUTING_POLICIES, waiting, agent)
    return turn, Candidate(agent=agent, verdict=verdict or ELIGIBLE, rank=turn[0], measure=turn[1])


def _order(judged: tuple[Turn, Candidate]) -> tuple[bool, bool, Turn]:
    turn, candidate = judged
    return candidate.verdict != ELIGIBLE, bool(candidate.agent.holds), turn
