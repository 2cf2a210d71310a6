"""Queues and agents as settings say; a command older than what the pool has is done already."""

from typing import TypeGuard

from services.routing.domain.commands import ConfigureAgent, ConfigureQueue, RemoveAgent, RemoveQueue
from services.routing.domain.decisions.agents import withdrawn_offers
from services.routing.domain.decisions.answer import NOTHING, Answer
from services.routing.domain.decisions.offers import taken_back
from services.routing.domain.decisions.waiting import removed_from_queue
from services.routing.domain.events import (
    AgentJoinedPool,
    AgentLeaving,
    AgentProfiled,
    Event,
    QueueRemoved,
    QueueRuled,
)
from services.routing.domain.moments import Moment
from services.routing.domain.pool import PoolState
from services.routing.domain.stays import Offered


def configure_agent(state: PoolState, command: ConfigureAgent, now: Moment) -> Answer:
    profile = command.profile
    if _is_old(state, f"agent/{profile.agent_id}", profile.version):
        return NOTHING
    profiled = AgentProfiled(at=now, profile=profile)
    if profile.agent_id in state.agents:
        return (profiled,)
    joined = AgentJoinedPool(
        at=now,
        agent_id=profile.agent_id,
        team_id=profile.team_id,
        site_id=profile.site_id,
        pool_id=state.pool_id,
    )
    return joined, profiled


def remove_agent(state: PoolState, command: RemoveAgent, now: Moment) -> Answer:
    """Take an agent out; what it talks with or writes up is finished first, and only then has it left."""
    agent = state.agents.get(command.agent_id)
    if agent is None or _is_old(state, f"agent/{command.agent_id}", command.version):
        return NOTHING
    return *withdrawn_offers(agent, now), AgentLeaving(at=now, agent_id=agent.id, version=command.version)


def configure_queue(state: PoolState, command: ConfigureQueue, now: Moment) -> Answer:
    if _is_old(state, f"queue/{command.rules.queue_id}", command.rules.version):
        return NOTHING
    return (QueueRuled(at=now, rules=command.rules),)


def remove_queue(state: PoolState, command: RemoveQueue, now: Moment) -> Answer:
    """Take a queue out; who waits in it flows out, who talks goes on."""
    if _is_old(state, f"queue/{command.queue_id}", command.version):
        return NOTHING
    offered = [stay for stay in state.contacts.values() if _is_offered_in(stay, command.queue_id)]
    left: list[Event] = []
    for stay in sorted(offered, key=lambda offer: offer.number):
        left += taken_back(state, stay.entry.contact_id, "queue-removed", now)
        left.append(removed_from_queue(stay.waiting, now))
    left += (removed_from_queue(waiting, now) for waiting in state.waiting_in(command.queue_id))
    left += (removed_from_queue(parked.waiting, now) for parked in state.parked_in(command.queue_id))
    left += (removed_from_queue(callback, now) for callback in state.scheduled_in(command.queue_id))
    return *left, QueueRemoved(at=now, queue_id=command.queue_id, version=command.version)


def _is_old(state: PoolState, key: str, version: int) -> bool:
    return version <= state.versions.get(key, -1)


def _is_offered_in(stay: object, queue_id: str) -> TypeGuard[Offered]:
    return isinstance(stay, Offered) and stay.entry.queue_id == queue_id
