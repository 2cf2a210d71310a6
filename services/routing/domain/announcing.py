"""When an agent's state has changed, and how it is told."""

from collections.abc import Iterator

from services.routing.domain.agent import Agent, Shown
from services.routing.domain.events import AgentLeftPool, AgentStateChanged
from services.routing.domain.evolve import evolve
from services.routing.domain.moments import Moment
from services.routing.domain.pool import PoolState


def change(
    state: PoolState, agent: Agent, set_state: str, reason: str, now: Moment, *, holding: bool = True
) -> AgentStateChanged:
    """Tell of a state that somebody sets; `holding` False where the agent's offers are withdrawn before."""
    derived = holding and bool(agent.holds)
    shown = Shown(
        state=agent.announced.state if derived else set_state,
        reason="" if derived else reason,
        set_state=set_state,
        set_reason=reason,
        held_units=agent.held_units if holding else 0,
    )
    return _changed(state, agent, shown, now, contact_id="")


def announce(state: PoolState, contact_id: str, now: Moment) -> Iterator[AgentStateChanged | AgentLeftPool]:
    """Tell of every touched agent whose state or load is no longer the one announced, and of who has left."""
    for agent_id in tuple(state.touched_agents):
        agent = state.agents.get(agent_id)
        if agent is None:
            continue
        gone = agent.leaving and not agent.holds
        shown = Shown() if gone else agent.shown()
        if shown != agent.announced:
            changed = _changed(state, agent, shown, now, contact_id=contact_id)
            evolve(state, changed)
            yield changed
        if gone:
            left = AgentLeftPool(at=now, agent_id=agent_id, pool_id=state.pool_id)
            evolve(state, left)
            yield left


def _changed(state: PoolState, agent: Agent, shown: Shown, now: Moment, *, contact_id: str) -> AgentStateChanged:
    return AgentStateChanged(
        at=now,
        holder=agent.holder,
        pool_id=state.pool_id,
        state=shown.state,
        reason=shown.reason,
        set_state=shown.set_state,
        set_reason=shown.set_reason,
        previous_state=agent.announced.state,
        previous_reason=agent.announced.reason,
        previous_since=agent.since,
        held_units=shown.held_units,
        capacity_units=agent.profile.capacity_units,
        previous_held_units=agent.announced.held_units,
        contact_id=contact_id,
    )
