"""When an agent is on duty."""

from collections.abc import Iterator
from dataclasses import dataclass

from services.routing.domain.moments import Moment, after


@dataclass(frozen=True, slots=True, kw_only=True)
class Meal:
    """A pause of a shift that is planned."""

    begins_at: Moment
    ends_at: Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """One stretch of work of one agent; `meals` in the order of time, within the shift and apart."""

    shift_id: str
    agent_id: str
    begins_at: Moment
    ends_at: Moment
    meals: tuple[Meal, ...] = ()
    night: bool = False
    version: int = 0

    def overlaps(self, other: "Shift") -> bool:
        """Say whether there is a moment in both; one that begins as the other ends has none."""
        return self.begins_at < other.ends_at and other.begins_at < self.ends_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """A part of a shift without meals: the agent is there by `due_at` and stays until `ends_at`."""

    due_at: Moment
    ends_at: Moment


def duties(shift: Shift, *, grace_seconds: float, night_early_seconds: float) -> Iterator[Duty]:
    """Cut a shift at its meals; a night shift is due before it begins and has no grace then."""
    begins_at = shift.begins_at
    due_at = after(begins_at, -night_early_seconds if shift.night else grace_seconds)
    for meal in shift.meals:
        yield Duty(due_at=due_at, ends_at=meal.begins_at)
        due_at = after(meal.ends_at, grace_seconds)
    yield Duty(due_at=due_at, ends_at=shift.ends_at)
