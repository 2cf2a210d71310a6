"""Skills that a queue asks for and that nobody who could be asked has: allowed while the queue is being set up."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from services.routing.domain.organisation import ConfiguredAgent, Queue
from services.routing.domain.setting_fault import Fault
from services.routing.domain.settings import SkillLevel


@dataclass(frozen=True, slots=True)
class SkillAsked:
    """A level that a queue asks for, and where it says so (a JSON pointer)."""

    pointer: str
    skill: SkillLevel

    def had_by(self, agent: ConfiguredAgent) -> bool:
        return any(has.skill_id == self.skill.skill_id and has.level >= self.skill.level for has in agent.skills)


def skills_asked(queue: Queue) -> Iterator[SkillAsked]:
    """Walk what the queue asks for; of a preferred skill any level counts."""
    for index, skill in enumerate(queue.required_skills):
        yield SkillAsked(f"/required_skills/{index}", skill)
    for index, skill in enumerate(queue.preferred_skills):
        yield SkillAsked(f"/preferred_skills/{index}", SkillLevel(skill_id=skill.skill_id, level=1))


def skills_never_waived(queue: Queue) -> Iterator[SkillAsked]:
    """Walk what the queue requires at the lowest level that its steps ever leave of it.

    Nothing where a step names agents: they are asked whatever their skills.
    """
    if any(step.add_agents for step in queue.steps):
        return
    relaxed = sum(step.relax_levels for step in queue.steps)
    for index, skill in enumerate(queue.required_skills):
        if skill.level > relaxed:
            yield SkillAsked(f"/required_skills/{index}", replace(skill, level=skill.level - relaxed))


def unstaffed(asked: SkillAsked, pool: str) -> Fault:
    """Say what is missing."""
    level = f" at level {asked.skill.level}" if asked.skill.level > 1 else ""
    return Fault(asked.pointer, f"No agent of pool {pool} has {asked.skill.skill_id}{level}.")
