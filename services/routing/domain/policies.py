"""Who may be offered a contact: two lists of named rules, whose first rejection is the answer and the audit's word.

What an agent is decides who is in a lane; what an agent does just now decides who of a lane may have a contact.
"""

from collections.abc import Callable
from typing import TypeAlias

from services.routing.domain.agent import Agent
from services.routing.domain.expressions import ExpressionFailed, Expressions
from services.routing.domain.search import Search
from services.routing.domain.stays import Waiting

Suitability: TypeAlias = Callable[[Search, Agent], str | None]
Policy: TypeAlias = Callable[[Waiting, Agent], str | None]


def contact_must_not_be_kept_for_another(search: Search, agent: Agent) -> str | None:
    return None if search.kept_for in {"", agent.id} else "kept-for-another-agent"


def agent_must_take_the_channel(search: Search, agent: Agent) -> str | None:
    capacity = agent.capacities.get(search.channel)
    return None if capacity is not None and capacity.most > 0 else "channel-not-served"


def agent_must_serve_the_queue(search: Search, agent: Agent) -> str | None:
    if agent.everywhere or agent.id in search.agents:
        return None
    return None if any(queue_id in agent.queue_ids for queue_id in search.queues) else "queue-not-served"


def agent_must_be_at_a_site(search: Search, agent: Agent) -> str | None:
    if not search.sites or agent.everywhere or agent.id in search.agents or agent.holder.site_id in search.sites:
        return None
    return "site-not-asked"


def agent_must_have_the_skills(search: Search, agent: Agent) -> str | None:
    if agent.id in search.agents:
        return None
    for skill in search.required:
        level = agent.levels.get(skill.skill_id)
        if level is None:
            return "skill-missing"
        if level < skill.level:
            return "skill-too-low"
    return None


def agent_must_be_available(_: Waiting, agent: Agent) -> str | None:
    return None if agent.available() else "not-available"


def agent_must_have_capacity(waiting: Waiting, agent: Agent) -> str | None:
    return None if agent.fits(waiting.entry.channel) else "at-capacity"


def agent_must_not_have_declined(waiting: Waiting, agent: Agent) -> str | None:
    return "already-declined" if agent.id in waiting.declined else None


def agent_must_not_be_asked_already(waiting: Waiting, agent: Agent) -> str | None:
    return "already-offered" if agent.id in waiting.asked else None


#: The verdicts of a queue's agent rule on whom it rules out: it does not hold, or it cannot be worked out.
RULE_NOT_MET, RULE_FAILED = "agent-rule-not-met", "rule-failed"
SUITABILITY: tuple[Suitability, ...] = (
    contact_must_not_be_kept_for_another,
    agent_must_take_the_channel,
    agent_must_serve_the_queue,
    agent_must_be_at_a_site,
    agent_must_have_the_skills,
)
ROUTING_POLICIES: tuple[Policy, ...] = (
    agent_must_be_available,
    agent_must_not_be_asked_already,
    agent_must_have_capacity,
    agent_must_not_have_declined,
)
#: Reasons that hold for one contact only: the agent keeps its turn for the others.
OF_THIS_CONTACT = frozenset({"already-offered", "already-declined"})
#: Used once everybody available has declined: to be asked again beats a contact that nobody ever answers.
POLICIES_OF_LAST_RESORT = tuple(policy for policy in ROUTING_POLICIES if policy is not agent_must_not_have_declined)


def unsuitable(search: Search, agent: Agent, expressions: Expressions) -> str | None:
    """Give the first reason why an agent can never have a contact of this search, or None."""
    for rule in SUITABILITY:
        rejection = rule(search, agent)
        if rejection is not None:
            return rejection
    return _ruled_out(search, agent, expressions) if search.agent_rule else None


def _ruled_out(search: Search, agent: Agent, expressions: Expressions) -> str | None:
    try:
        return None if expressions.holds(search.agent_rule, search.contact, agent.facts) else RULE_NOT_MET
    except ExpressionFailed:
        return RULE_FAILED


def first_rejection(policies: tuple[Policy, ...], waiting: Waiting, agent: Agent) -> str | None:
    """Give the first rule's reason against the pair, or None where all agree."""
    for policy in policies:
        rejection = policy(waiting, agent)
        if rejection is not None:
            return rejection
    return None
