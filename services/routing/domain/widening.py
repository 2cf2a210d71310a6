"""What the rule steps of a queue have added to the search for an agent, contact by contact."""

from dataclasses import dataclass

from services.routing.domain.queue_steps import RuleStep
from services.routing.domain.settings import SkillLevel


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
            queues=joined(self.queues, step.add_queues),
            sites=joined(self.sites, step.add_sites),
            agents=joined(self.agents, step.add_agents),
        )


NOT_WIDENED = Widening()


def relaxed_skills(skills: tuple[SkillLevel, ...], levels: int) -> tuple[SkillLevel, ...]:
    """Lower every required level; a skill that is required at no level any more is not required."""
    if not levels:
        return skills
    return tuple(
        SkillLevel(skill_id=skill.skill_id, level=skill.level - levels) for skill in skills if skill.level > levels
    )


def joined(first: tuple[str, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    return (*first, *(name for name in more if name not in first)) if more else first
