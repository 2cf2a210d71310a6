"""A skill that a contact requires of its agent, beside what its queue does."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RequiredSkill:
    """`level` is the least that will do, from 1 to 10."""

    skill_id: str
    level: int
