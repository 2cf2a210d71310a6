"""Who may be offered a contact: a list of named rules, whose first rejection is the answer and the audit's word."""

from collections.abc import Callable
from typing import TypeAlias

from services.routing.domain.agent import Agent
from services.routing.domain.stays import Waiting

Policy: TypeAlias = Callable[[Waiting, Agent], str | None]


def agent_must_be_available(_: Waiting, agent: Agent) -> str | None:
    return None if agent.available() else "not-available"


def agent_must_serve_the_queue(waiting: Waiting, agent: Agent) -> str | None:
    return None if agent.serves(waiting.entry.queue_id) else "queue-not-served"


def agent_must_have_the_skills(waiting: Waiting, agent: Agent) -> str | None:
    for skill in waiting.required_skills:
        level = agent.levels.get(skill.skill_id)
        if level is None:
            return "skill-missing"
        if level < skill.level:
            return "skill-too-low"
    return None


def agent_must_have_capacity(waiting: Waiting, agent: Agent) -> str | None:
    return None if agent.fits(waiting.entry.channel) else "at-capacity"


def agent_must_not_have_declined(waiting: Waiting, agent: Agent) -> str | None:
    return "already-declined" if agent.id in waiting.declined else None


ROUTING_POLICIES: tuple[Policy, ...] = (
    agent_must_be_available,
    agent_must_serve_the_queue,
    agent_must_have_the_skills,
    agent_must_have_capacity,
    agent_must_not_have_declined,
)
#: Used once everybody available has declined: to be asked again beats a contact that nobody ever answers.
POLICIES_OF_LAST_RESORT = tuple(policy for policy in ROUTING_POLICIES if policy is not agent_must_not_have_declined)


def first_rejection(policies: tuple[Policy, ...], waiting: Waiting, agent: Agent) -> str | None:
    """Give the first rule's reason against the pair, or None where all agree."""
    for policy in policies:
        rejection = policy(waiting, agent)
        if rejection is not None:
            return rejection
    return None
