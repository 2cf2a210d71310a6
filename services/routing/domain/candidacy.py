"""Why each agent of a pool would, or would not, be offered a contact at this instant.

The same rules as the matching's, asked of everybody instead of a handful; so for people to read, now and then.
"""

from functools import partial

from services.routing.domain.agent import Agent
from services.routing.domain.choices import Turn, measure_of, turn_of
from services.routing.domain.policies import (
    POLICIES_OF_LAST_RESORT,
    ROUTING_POLICIES,
    RULE_FAILED,
    Policy,
    first_rejection,
    unsuitable,
)
from services.routing.domain.pool import PoolState
from services.routing.domain.search import Search, search_of
from services.routing.domain.stays import Offered, Waiting, as_waiting
from services.routing.domain.values import dataclass

#: The verdict on an agent whom no rule rules out.
ELIGIBLE = "eligible"
_OF_A_SKILL = frozenset({"skill-missing", "skill-too-low"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """`verdict` is `eligible`, or the first rule's reason against the agent; rank and measure as in a decision.

    `skill` is the required one that the agent has not, or not high enough; empty for any other verdict.
    """

    agent: Agent
    verdict: str
    skill: str
    turn: Turn

    @property
    def rank(self) -> int:
        return self.turn[0]

    @property
    def measure(self) -> int:
        return self.turn[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidacy:
    """What a contact is looked for by, and how every agent stands to it: who is eligible first, in their turns."""

    waiting: Waiting
    search: Search
    candidates: tuple[Candidate, ...]


def candidacy(state: PoolState, contact_id: str) -> Candidacy | None:
    """Judge every agent for a contact that waits or rings; None where it does neither."""
    stay = state.contacts.get(contact_id)
    if not isinstance(stay, Waiting | Offered):
        return None
    return candidacy_of(state, as_waiting(stay))


def candidacy_of(state: PoolState, waiting: Waiting, *, again: bool = False) -> Candidacy:
    """Judge every agent for a contact as it waits, or waited, in this pool; `again` where all have declined it."""
    search = search_of(waiting, state.queue(waiting.entry.queue_id))
    policies = POLICIES_OF_LAST_RESORT if again else ROUTING_POLICIES
    judged = (_judged(state, search, waiting, agent, policies) for agent in state.agents.values())
    order = partial(_order_again, waiting) if again else _order
    return Candidacy(waiting=waiting, search=search, candidates=tuple(sorted(judged, key=order)))


def _judged(
    state: PoolState, search: Search, waiting: Waiting, agent: Agent, policies: tuple[Policy, ...]
) -> Candidate:
    verdict = _verdict(state, search, waiting, agent, policies)
    turn = turn_of(search, measure_of(search.choice), agent)
    skill = _skill_at_fault(search, agent) if verdict in _OF_A_SKILL else ""
    return Candidate(agent=agent, verdict=verdict, skill=skill, turn=turn)


def _verdict(state: PoolState, search: Search, waiting: Waiting, agent: Agent, policies: tuple[Policy, ...]) -> str:
    try:
        return unsuitable(search, agent, state.expressions) or first_rejection(policies, waiting, agent) or ELIGIBLE
    except Exception:  # noqa: BLE001 - one agent on whom a rule raises must not hide the others
        return RULE_FAILED


def _skill_at_fault(search: Search, agent: Agent) -> str:
    """Name the first required skill that the agent has not, or not high enough."""
    return next(skill.skill_id for skill in search.required if agent.levels.get(skill.skill_id, 0) < skill.level)


def _order(candidate: Candidate) -> tuple[bool, bool, Turn]:
    return candidate.verdict != ELIGIBLE, bool(candidate.agent.holds), candidate.turn


def _order_again(waiting: Waiting, candidate: Candidate) -> tuple[bool, int, Turn]:
    """Whoever declined longest ago comes first."""
    declined = waiting.declined.index(candidate.agent.id) if candidate.agent.id in waiting.declined else -1
    return candidate.verdict != ELIGIBLE, declined, candidate.turn
