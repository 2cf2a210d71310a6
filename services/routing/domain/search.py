"""Whom a waiting contact is looked for among, and in which order, by its queue's rules and its steps so far."""

from dataclasses import dataclass

from services.routing.domain.queue_steps import RuleStep
from services.routing.domain.settings import QueueRules, SkillLevel


@dataclass(frozen=True, slots=True, kw_only=True)
class Widening:
    """What the steps so far have added to a contact's search."""

    relaxed: int = 0
    raised: int = 0
    queues: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()

    def and_by(self, step: RuleStep) -> "Widening":
        return Widening(
            relaxed=self.relaxed + step.relax_levels,
            raised=self.raised + step.raise_priority,
            queues=_joined(self.queues, step.add_queues),
            sites=_joined(self.sites, step.add_sites),
            agents=_joined(self.agents, step.add_agents),
        )


NOT_WIDENED = Widening()


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Contacts whose searches are equal wait in one lane.

    `queues` are the contact's own and those added; `sites` empty for all; `agents` are asked whatever their queues,
    sites and skills; with `kept_for` only that agent is asked.
    """

    queue_id: str
    channel: str
    required: tuple[SkillLevel, ...]
    queues: tuple[str, ...]
    sites: tuple[str, ...]
    agents: tuple[str, ...]
    kept_for: str
    choice: str
    preferred: tuple[SkillLevel, ...]


def search_under(
    rules: QueueRules, channel: str, required: tuple[SkillLevel, ...], widening: Widening, kept_for: str
) -> Search:
    """Make the search of a contact that requires these skills, under its queue's rules and what widened them."""
    return Search(
        queue_id=rules.queue_id,
        channel=channel,
        required=required,
        queues=_joined((rules.queue_id,), widening.queues),
        sites=_joined(rules.sites, widening.sites) if rules.sites else (),
        agents=widening.agents,
        kept_for=kept_for,
        choice=rules.choice,
        preferred=rules.preferred_skills,
    )


def relaxed_skills(skills: tuple[SkillLevel, ...], levels: int) -> tuple[SkillLevel, ...]:
    """Lower every required level; a skill that is required at no level any more is not required."""
    if not levels:
        return skills
    return tuple(
        SkillLevel(skill_id=skill.skill_id, level=skill.level - levels) for skill in skills if skill.level > levels
    )


def _joined(first: tuple[str, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    return (*first, *(name for name in more if name not in first)) if more else first
