"""An agent's connections come and go: after a grace without any, it gets nothing more and gives its offers back."""

from services.routing.domain import refusals
from services.routing.domain.agent import Agent
from services.routing.domain.announcing import Wanted, change
from services.routing.domain.commands import SetAgentState
from services.routing.domain.decisions.answer import Answer
from services.routing.domain.decisions.offers import withdraw
from services.routing.domain.desk_commands import ReportPresence
from services.routing.domain.desk_events import (
    AgentPresenceLapsed,
    AgentPresenceLost,
    AgentPresenceRegained,
    PresenceNoted,
)
from services.routing.domain.desk_folds import presence_key
from services.routing.domain.events import Event
from services.routing.domain.moments import Moment, after
from services.routing.domain.pool import PoolState
from services.routing.domain.stays import Offered


def report_presence(state: PoolState, command: ReportPresence, now: Moment) -> Answer:
    """Begin or end an agent's grace; reports overtake each other on their way, so an old one says nothing."""
    agent = state.agents.get(command.agent_id)
    if agent is None or agent.leaving:
        return refusals.agent_unknown(command.agent_id)
    if command.version <= state.versions.get(presence_key(agent.id), -1):
        return ()
    missed = agent.presence_due is not None
    if command.present and missed:
        return (_regained(state, agent, command.version, now),)
    if command.present or missed or agent.set_state == "offline":
        return (PresenceNoted(at=now, agent_id=agent.id, version=command.version),)
    lost = AgentPresenceLost(
        at=now,
        agent_id=agent.id,
        pool_id=state.pool_id,
        grace_until=after(now, command.grace_seconds),
        version=command.version,
    )
    return (lost,)


def act_of_presence(state: PoolState, agent: Agent, command: SetAgentState, now: Moment) -> tuple[Event, ...]:
    """An agent who sets its own state is there, whatever became of its connection."""
    if agent.presence_due is None or command.forced_by or command.state == "offline":
        return ()
    return (_regained(state, agent, state.versions.get(presence_key(agent.id), 0), now),)


def grace_over(state: PoolState, agent: Agent, now: Moment) -> tuple[Event, ...]:
    """Give back the offers of an agent who did not return; its conversations go on, a supervisor may take them."""
    offers = sorted((h for h in agent.holds.values() if isinstance(h, Offered)), key=lambda offer: offer.number)
    events: list[Event] = [AgentPresenceLapsed(at=now, agent_id=agent.id)]
    events += (withdraw(offer, "presence-lost", now) for offer in offers)
    if agent.set_state == "available":
        events.append(change(state, agent, Wanted(state="not_ready", reason="system"), now, given_back=offers))
    return tuple(events)


def _regained(state: PoolState, agent: Agent, version: int, now: Moment) -> AgentPresenceRegained:
    return AgentPresenceRegained(at=now, agent_id=agent.id, pool_id=state.pool_id, version=version)
