"""What happens on the floor: breaches and breaks are public, rules and shifts stay in the journal."""

from dataclasses import dataclass

from services.routing.domain.entry import Holder
from services.routing.domain.floor.rules import FloorRule
from services.routing.domain.floor.shifts import Shift
from services.routing.domain.moments import Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorRuleBreached:
    """A breach began, or climbed to the next rung of its ladder.

    `since` is when the rule began to be broken, `noticed_at` when the breach was first told. `cause` is the state
    that breaks it: offline, or not_ready/<reason>.
    """

    at: Moment
    breach_id: str
    rule_id: str
    kind: str
    holder: Holder
    pool_id: str
    rung: str
    since: Moment
    noticed_at: Moment
    limit_seconds: float
    cause: str
    repeat: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorBreachEnded:
    """`reason` is state-changed, shift-over, rule-changed or agent-left; `rung` the highest that was climbed."""

    at: Moment
    breach_id: str
    rule_id: str
    kind: str
    holder: Holder
    pool_id: str
    rung: str
    since: Moment
    noticed_at: Moment
    limit_seconds: float
    cause: str
    repeat: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakRequested:
    """An agent waits for a break; `position` is the place among those of the team, from 1."""

    at: Moment
    request_id: str
    number: int
    holder: Holder
    pool_id: str
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakGranted:
    """There is room: the agent's change to not_ready follows at once."""

    at: Moment
    request_id: str
    holder: Holder
    pool_id: str
    asked_at: Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakRequestEnded:
    """A request that came to nothing; `reason` is cancelled, signed-out, not-ready, on-break or agent-left."""

    at: Moment
    request_id: str
    holder: Holder
    pool_id: str
    asked_at: Moment
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorRuled:
    """Internal: a rule as it holds from now on."""

    at: Moment
    rule: FloorRule


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorRuleRemoved:
    """Internal: a rule is gone; one of the default set is what it was."""

    at: Moment
    rule_id: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftPlanned:
    """Internal: a shift as it is planned now."""

    at: Moment
    shift: Shift


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftCancelled:
    """Internal: a shift is off."""

    at: Moment
    shift_id: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorLooked:
    """Internal: an agent was looked at and nothing had changed; the next look is set."""

    at: Moment
    agent_id: str
