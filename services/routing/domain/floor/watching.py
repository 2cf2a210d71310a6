"""Looking at agents: which breaches begin, climb or end, and when to look again.

What is looked at is how an agent stands, not how they came to it, so a look may come at any time and as often as it
likes; it tells only what has changed since the last.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from typing import TypeAlias

from services.routing.domain.agent import Agent
from services.routing.domain.floor.breaches import Breach
from services.routing.domain.floor.events import FloorBreachEnded, FloorRuleBreached
from services.routing.domain.floor.rules import REPEAT_SECONDS, RUNGS, SIGN_IN, SIGN_OUT, FloorRule, Rung, applying
from services.routing.domain.floor.spans import Span, span_of
from services.routing.domain.moments import Moment, after
from services.routing.domain.pool import PoolState

#: By rule, the span in which an agent breaks it.
Standing: TypeAlias = dict[str, tuple[FloorRule, Span]]


def look(state: PoolState, agent_id: str, now: Moment) -> Iterator[FloorRuleBreached | FloorBreachEnded]:
    """Tell what has changed about an agent's breaches; the state is only read."""
    agent = state.agents.get(agent_id)
    standing = {} if agent is None else _standing(state, agent, now)
    open_breaches = state.floor.breaches.get(agent_id, {})
    numbers = count(state.floor.breaches_made + 1)
    for breach in open_breaches.values():
        if not _goes_on(breach, standing):
            yield _ended(state, breach, agent, now)
    for rule_id, (rule, span) in standing.items():
        if span.begins_at > now:
            continue
        known = open_breaches.get(rule_id)
        if known is not None and _goes_on(known, standing):
            yield from _climbed(state, known, rule, now)
        elif agent is not None:
            breach = _begun(state, agent, rule, span, now, breach_id=f"brc_{state.pool_id}.{next(numbers)}")
            yield _told(state, breach, now)
            yield from _climbed(state, breach, rule, now)


def next_look(state: PoolState, agent_id: str, now: Moment) -> Moment | None:
    """Say when something changes about an agent's breaches if nobody acts; None for never."""
    agent = state.agents.get(agent_id)
    if agent is None:
        return None
    standing = _standing(state, agent, now)
    open_breaches = state.floor.breaches.get(agent_id, {})
    due = [now for breach in open_breaches.values() if not _goes_on(breach, standing)]
    for rule_id, (rule, span) in standing.items():
        breach = open_breaches.get(rule_id)
        if breach is None or not _goes_on(breach, standing):
            due.append(span.begins_at)
            continue
        due += [span.ends_at] if span.ends_at is not None else []
        due += [after(breach.noticed_at, rung.after_seconds) for rung in _above(rule, breach.rung)]
    return min(due, default=None)


def _standing(state: PoolState, agent: Agent, now: Moment) -> Standing:
    found = ((rule, span_of(state, rule, agent, now)) for rule in applying(state.floor.rules, agent.holder))
    return {rule.rule_id: (rule, span) for rule, span in found if span is not None}


def _goes_on(breach: Breach, standing: Standing) -> bool:
    return breach.rule_id in standing and standing[breach.rule_id][1].begins_at == breach.since


def _begun(state: PoolState, agent: Agent, rule: FloorRule, span: Span, now: Moment, *, breach_id: str) -> Breach:
    repeat = state.floor.repeats(agent.id, rule.rule_id, after(now, -REPEAT_SECONDS)) + 1
    return Breach(
        breach_id=breach_id,
        rule_id=rule.rule_id,
        kind=rule.kind,
        holder=agent.holder,
        since=span.begins_at,
        noticed_at=now,
        rung=_first_rung(rule, repeat).name,
        cause=_shown(agent),
        limit_seconds=rule.limit_seconds,
        repeat=repeat,
    )


def _first_rung(rule: FloorRule, repeat: int) -> Rung:
    """Begin where repeating leads to, on the lowest rung otherwise."""
    reached = [rung for rung in rule.ladder if rung.on_repeat and repeat >= rung.on_repeat]
    return reached[-1] if reached else rule.ladder[0]


def _climbed(state: PoolState, breach: Breach, rule: FloorRule, now: Moment) -> Iterator[FloorRuleBreached]:
    for rung in _above(rule, breach.rung):
        if after(breach.noticed_at, rung.after_seconds) <= now:
            yield _told(state, replace(breach, rung=rung.name), now)


def _above(rule: FloorRule, name: str) -> list[Rung]:
    return [rung for rung in rule.ladder if RUNGS.index(rung.name) > RUNGS.index(name)]


def _told(state: PoolState, breach: Breach, now: Moment) -> FloorRuleBreached:
    return FloorRuleBreached(
        at=now,
        breach_id=breach.breach_id,
        rule_id=breach.rule_id,
        kind=breach.kind,
        holder=breach.holder,
        pool_id=state.pool_id,
        rung=breach.rung,
        since=breach.since,
        noticed_at=breach.noticed_at,
        limit_seconds=breach.limit_seconds,
        cause=breach.cause,
        repeat=breach.repeat,
    )


def _ended(state: PoolState, breach: Breach, agent: Agent | None, now: Moment) -> FloorBreachEnded:
    return FloorBreachEnded(
        at=now,
        breach_id=breach.breach_id,
        rule_id=breach.rule_id,
        kind=breach.kind,
        holder=breach.holder,
        pool_id=state.pool_id,
        rung=breach.rung,
        since=breach.since,
        noticed_at=breach.noticed_at,
        limit_seconds=breach.limit_seconds,
        cause=breach.cause,
        repeat=breach.repeat,
        reason=_why_ended(state, breach, agent),
    )


def _why_ended(state: PoolState, breach: Breach, agent: Agent | None) -> str:
    if agent is None:
        return "agent-left"
    if _shown(agent) != breach.cause:
        return "state-changed"
    rules = {rule.rule_id for rule in applying(state.floor.rules, agent.holder)}
    return "shift-over" if breach.kind in {SIGN_IN, SIGN_OUT} and breach.rule_id in rules else "rule-changed"


def _shown(agent: Agent) -> str:
    return "/".join(part for part in (agent.announced.state, agent.announced.reason) if part)
