"""When an agent breaks a rule, if nobody does anything: the span that the agent's standing gives for it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from services.routing.domain.agent import Agent
from services.routing.domain.floor.rules import BREAKS_AT_ONCE, NOT_READY, SIGN_IN, SIGN_OUT, FloorRule
from services.routing.domain.floor.shifts import Duty, duties
from services.routing.domain.moments import Moment, after
from services.routing.domain.pool import PoolState

NOT_READY_STATE, BREAK, MEAL = "not_ready", "break", "meal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From `begins_at` on the rule is broken, until `ends_at` where there is an end to it without an act."""

    begins_at: Moment
    ends_at: Moment | None = None


def span_of(state: PoolState, rule: FloorRule, agent: Agent, now: Moment) -> Span | None:
    """Give the first span that is not over; None where the agent breaks nothing as they stand."""
    return _SPANS[rule.kind](state, rule, agent, now)


def team_on_break(state: PoolState, team_id: str) -> list[Agent]:
    """List who of a team is shown on break, the longest first."""
    members = (state.agents[agent_id] for agent_id in state.floor.teams.get(team_id, ()))
    return sorted((a for a in members if _shown(a) == (NOT_READY_STATE, BREAK)), key=lambda a: (a.since, a.id))


def _shown(agent: Agent) -> tuple[str, str]:
    return agent.announced.state, agent.announced.reason


def _late(state: PoolState, rule: FloorRule, agent: Agent, now: Moment) -> Span | None:
    """Away since before a duty was due: signed out, or still at the meal."""
    if _shown(agent) not in {("offline", ""), (NOT_READY_STATE, MEAL)}:
        return None
    signed_out = agent.announced.state == "offline"
    for index, duty in _duties_to_come(state, rule, agent, now):
        if agent.since <= duty.due_at and (signed_out or index):
            return Span(begins_at=duty.due_at, ends_at=duty.ends_at)
    return None


def _left_early(state: PoolState, rule: FloorRule, agent: Agent, now: Moment) -> Span | None:
    """Signed out in the middle of a duty."""
    if agent.announced.state != "offline":
        return None
    for _, duty in _duties_to_come(state, rule, agent, now):
        if duty.due_at < agent.since < after(duty.ends_at, -rule.limit_seconds):
            return Span(begins_at=agent.since, ends_at=duty.ends_at)
    return None


def _duties_to_come(state: PoolState, rule: FloorRule, agent: Agent, now: Moment) -> Iterator[tuple[int, Duty]]:
    grace = rule.limit_seconds if rule.kind == SIGN_IN else 0.0
    for shift in state.floor.shifts_for(agent.id):
        for index, duty in enumerate(duties(shift, grace_seconds=grace, night_early_seconds=rule.night_early_seconds)):
            if duty.ends_at > now:
                yield index, duty


def _not_ready(_state: PoolState, rule: FloorRule, agent: Agent, _now: Moment) -> Span | None:
    """Shown not ready; while a contact is in hand the agent is not, whatever is set."""
    if agent.announced.state != NOT_READY_STATE or agent.announced.reason not in rule.reasons:
        return None
    return Span(begins_at=after(agent.since, rule.limit_seconds))


def _too_many(state: PoolState, rule: FloorRule, agent: Agent, _now: Moment) -> Span | None:
    """On break beyond what the team is allowed; those who went last are too many.

    Whom somebody else sent does as told, and does not make one too many of those who went by themselves.
    """
    team_id = agent.holder.team_id
    if not team_id or agent.sent or _shown(agent) != (NOT_READY_STATE, BREAK):
        return None
    went = [mate for mate in team_on_break(state, team_id) if not mate.sent]
    allowed = went[: rule.most_of(len(state.floor.teams[team_id]))]
    return None if agent in allowed else Span(begins_at=agent.since)


_SPANS: dict[str, Callable[[PoolState, FloorRule, Agent, Moment], Span | None]] = {
    SIGN_IN: _late,
    SIGN_OUT: _left_early,
    NOT_READY: _not_ready,
    BREAKS_AT_ONCE: _too_many,
}
