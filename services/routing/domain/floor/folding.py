"""Fold what happens on the floor into a pool; the next look at each agent concerned is set here, for it is state."""

from dataclasses import replace

from services.routing.domain.agent import Agent
from services.routing.domain.floor import events as e
from services.routing.domain.floor.breaches import Breach, BreakRequest
from services.routing.domain.floor.rules import REPEAT_SECONDS, FloorRule, default_rule
from services.routing.domain.floor.spans import BREAK, team_on_break
from services.routing.domain.floor.watching import next_look
from services.routing.domain.moments import after
from services.routing.domain.pool import PoolState
from services.routing.domain.timers import FLOOR

#: States that no rule can be broken in unless the agent was in one of them: the others are not looked at.
RESTING = frozenset(("offline", "not_ready"))


def rule_ruled(state: PoolState, event: e.FloorRuled) -> None:
    rule = event.rule
    state.versions[f"floor-rule/{rule.rule_id}"] = rule.version
    _set_rule(state, rule.rule_id, rule)


def rule_removed(state: PoolState, event: e.FloorRuleRemoved) -> None:
    state.versions[f"floor-rule/{event.rule_id}"] = event.version
    _set_rule(state, event.rule_id, default_rule(event.rule_id))


def shift_planned(state: PoolState, event: e.ShiftPlanned) -> None:
    shift = event.shift
    state.versions[f"shift/{shift.shift_id}"] = shift.version
    _drop_shift(state, shift.shift_id)
    state.floor.shifts[shift.shift_id] = shift
    state.floor.shifts_of.setdefault(shift.agent_id, {})[shift.shift_id] = None
    _forget_over(state, shift.agent_id)
    touch(state, shift.agent_id)


def shift_cancelled(state: PoolState, event: e.ShiftCancelled) -> None:
    state.versions[f"shift/{event.shift_id}"] = event.version
    _drop_shift(state, event.shift_id)


def looked(state: PoolState, event: e.FloorLooked) -> None:
    _time(state, event.agent_id)


def breached(state: PoolState, event: e.FloorRuleBreached) -> None:
    agent_id, floor = event.holder.agent_id, state.floor
    open_breaches = floor.breaches.setdefault(agent_id, {})
    before = open_breaches.get(event.rule_id)
    if before is None or before.breach_id != event.breach_id:
        floor.breaches_made += 1
        since = after(event.at, -REPEAT_SECONDS)
        past = (moment for moment in floor.history.get((agent_id, event.rule_id), ()) if moment >= since)
        floor.history[agent_id, event.rule_id] = (*past, event.at)
    open_breaches[event.rule_id] = _breach(event)
    _time(state, agent_id)


def breach_ended(state: PoolState, event: e.FloorBreachEnded) -> None:
    agent_id = event.holder.agent_id
    open_breaches = state.floor.breaches[agent_id]
    del open_breaches[event.rule_id]
    if not open_breaches:
        del state.floor.breaches[agent_id]
    _time(state, agent_id)


def break_requested(state: PoolState, event: e.BreakRequested) -> None:
    state.floor.requests_made = event.number
    state.floor.requests[event.holder.agent_id] = BreakRequest(
        request_id=event.request_id, number=event.number, holder=event.holder, asked_at=event.at
    )


def break_request_over(state: PoolState, event: e.BreakGranted | e.BreakRequestEnded) -> None:
    del state.floor.requests[event.holder.agent_id]


def agent_changed(state: PoolState, agent: Agent, before: tuple[str, str]) -> None:
    """Follow a change of what is shown; a team's breaks concern each other."""
    shown = (agent.announced.state, agent.announced.reason)
    if shown == before or not (shown[0] in RESTING or before[0] in RESTING):
        return
    touch(state, agent.id)
    if BREAK in {shown[1], before[1]} and agent.holder.team_id:
        for mate in team_on_break(state, agent.holder.team_id):
            touch(state, mate.id)


def agent_placed(state: PoolState, agent: Agent, team_before: str) -> None:
    """Follow a profile: another team has other rules."""
    if team_before != agent.holder.team_id:
        _leave_team(state, agent.id, team_before)
    if agent.holder.team_id:
        state.floor.teams.setdefault(agent.holder.team_id, {})[agent.id] = None
    touch(state, agent.id)


def agent_gone(state: PoolState, agent: Agent) -> None:
    _leave_team(state, agent.id, agent.holder.team_id)
    for key in [key for key in state.floor.history if key[0] == agent.id]:
        del state.floor.history[key]
    touch(state, agent.id)


def touch(state: PoolState, agent_id: str) -> None:
    """Have an agent looked at when the events are done, and again in time."""
    state.floor.touched[agent_id] = None
    _time(state, agent_id)


def floor_indexed(state: PoolState) -> None:
    """Make teams and looks of a pool that was read from a snapshot."""
    for shift in state.floor.shifts.values():
        state.floor.shifts_of.setdefault(shift.agent_id, {})[shift.shift_id] = None
    for agent in state.agents.values():
        if agent.holder.team_id:
            state.floor.teams.setdefault(agent.holder.team_id, {})[agent.id] = None
    for agent_id in state.agents:
        _time(state, agent_id)


def _time(state: PoolState, agent_id: str) -> None:
    state.timers.set((FLOOR, agent_id), next_look(state, agent_id, state.now))


def _set_rule(state: PoolState, rule_id: str, rule: FloorRule | None) -> None:
    before = state.floor.rules.pop(rule_id, None)
    if rule is not None:
        state.floor.rules[rule_id] = rule
    if before is not None and rule is not None and replace(before, version=rule.version) == rule:
        return
    for agent_id in state.agents:
        touch(state, agent_id)


def _drop_shift(state: PoolState, shift_id: str) -> None:
    shift = state.floor.shifts.pop(shift_id, None)
    if shift is not None:
        theirs = state.floor.shifts_of[shift.agent_id]
        del theirs[shift_id]
        if not theirs:
            del state.floor.shifts_of[shift.agent_id]
        touch(state, shift.agent_id)


def _forget_over(state: PoolState, agent_id: str) -> None:
    for shift in state.floor.shifts_for(agent_id):
        if shift.ends_at <= state.now:
            _drop_shift(state, shift.shift_id)


def _leave_team(state: PoolState, agent_id: str, team_id: str) -> None:
    team = state.floor.teams.get(team_id, {})
    team.pop(agent_id, None)
    if not team:
        state.floor.teams.pop(team_id, None)


def _breach(event: e.FloorRuleBreached) -> Breach:
    return Breach(
        breach_id=event.breach_id,
        rule_id=event.rule_id,
        kind=event.kind,
        holder=event.holder,
        since=event.since,
        noticed_at=event.noticed_at,
        rung=event.rung,
        cause=event.cause,
        limit_seconds=event.limit_seconds,
        repeat=event.repeat,
    )
