"""What each event of an agent does to a pool."""

from services.routing.domain import events as e
from services.routing.domain.agent import Agent, Shown
from services.routing.domain.desk_folds import miss_no_more, sit
from services.routing.domain.floor import folding as floor
from services.routing.domain.pool import PoolState


def agent_joined(state: PoolState, event: e.AgentJoinedPool) -> None:
    """Only announced: AgentProfiled, which follows, brings the agent in."""


def agent_profiled(state: PoolState, event: e.AgentProfiled) -> None:
    profile = event.profile
    agent = state.agents.get(profile.agent_id)
    if agent is None:
        agent = state.agents[profile.agent_id] = Agent(profile=profile, since=event.at, idle_since=event.at)
    team_before = agent.holder.team_id
    agent.configure(profile)
    agent.leaving = False
    state.versions[f"agent/{agent.id}"] = profile.version
    state.stand(agent)
    state.place(agent)
    state.touched_agents[agent.id] = None
    floor.agent_placed(state, agent, team_before)


def agent_leaving(state: PoolState, event: e.AgentLeaving) -> None:
    agent = state.agents[event.agent_id]
    agent.leaving = True
    state.versions[f"agent/{agent.id}"] = event.version
    state.touched_agents[agent.id] = None


def agent_left(state: PoolState, event: e.AgentLeftPool) -> None:
    agent = state.agents.pop(event.agent_id)
    state.displace(agent)
    sit(state, agent, "", "")
    miss_no_more(state, agent)
    floor.agent_gone(state, agent)


def agent_state_changed(state: PoolState, event: e.AgentStateChanged) -> None:
    agent = state.agents[event.holder.agent_id]
    before = (agent.announced.state, agent.announced.reason)
    site_before = agent.holder.site_id
    agent.set(event.set_state, event.set_reason, event.at, sent=bool(event.forced_by))
    sit(state, agent, event.at_site, event.seat)
    if event.set_state == "offline":
        miss_no_more(state, agent)
    agent.since = event.at
    agent.announced = Shown(
        state=event.state,
        reason=event.reason,
        set_state=event.set_state,
        set_reason=event.set_reason,
        held_units=event.held_units,
        capacity_units=0 if event.set_state == "offline" else event.capacity_units,
    )
    state.touched_agents[agent.id] = None
    floor.agent_changed(state, agent, before)
    if agent.holder.site_id != site_before:
        floor.touch(state, agent.id)
