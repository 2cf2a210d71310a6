"""What a pool knows of its floor: rules, shifts, open breaches, and who waits for a break."""

from dataclasses import dataclass, field

from services.routing.domain.entry import Holder
from services.routing.domain.floor.rules import DEFAULT_RULES, FloorRule
from services.routing.domain.floor.shifts import Shift
from services.routing.domain.moments import Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """A rule that an agent breaks at present.

    `since` is when the rule began to be broken, `noticed_at` when that was first told: the ladder counts from then,
    for nobody heeds a reminder that was not given. `repeat` counts the agent's breaches of the rule in a day.
    """

    breach_id: str
    rule_id: str
    kind: str
    holder: Holder
    since: Moment
    noticed_at: Moment
    rung: str
    cause: str
    limit_seconds: float
    repeat: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakRequest:
    """An agent who would go on break when there is room; `number` is the place in the pool's order of requests."""

    request_id: str
    number: int
    holder: Holder
    asked_at: Moment


@dataclass(slots=True, kw_only=True)
class FloorState:
    """Changes by events alone, as the rest of the pool does."""

    rules: dict[str, FloorRule] = field(default_factory=lambda: {rule.rule_id: rule for rule in DEFAULT_RULES})
    #: Those that are not over, by id.
    shifts: dict[str, Shift] = field(default_factory=dict)
    #: By agent, then by rule.
    breaches: dict[str, dict[str, Breach]] = field(default_factory=dict)
    #: When each agent began to break each rule in the last day.
    history: dict[tuple[str, str], tuple[Moment, ...]] = field(default_factory=dict)
    #: By agent, in the order in which they asked.
    requests: dict[str, BreakRequest] = field(default_factory=dict)
    breaches_made: int = 0
    requests_made: int = 0
    # From here on indexes and notes, made of the above and of the pool's agents.
    teams: dict[str, dict[str, None]] = field(default_factory=dict)
    shifts_of: dict[str, dict[str, None]] = field(default_factory=dict)
    #: Whose standing the last events may have changed.
    touched: dict[str, None] = field(default_factory=dict)

    def shifts_for(self, agent_id: str) -> list[Shift]:
        """List an agent's shifts in the order of time."""
        shifts = (self.shifts[shift_id] for shift_id in self.shifts_of.get(agent_id, ()))
        return sorted(shifts, key=lambda shift: (shift.begins_at, shift.shift_id))

    def repeats(self, agent_id: str, rule_id: str, since: Moment) -> int:
        """Count the agent's breaches of a rule that were noticed at or after an instant."""
        return sum(moment >= since for moment in self.history.get((agent_id, rule_id), ()))
