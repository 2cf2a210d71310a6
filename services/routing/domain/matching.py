"""Which waiting contact meets which agent after something has changed.

The rule, as a person would carry it out: go through the waiting contacts by priority and age; each takes the agent
whose turn it is by its queue's choice, of those who may have it. An agent who becomes free looks into the queues that
it ranks best first, and there by priority and age. When none is left that way, a contact that everybody available has
declined is offered to them again. Only those touched by the last events can be in a new pair, so only they are
looked at.
"""

from collections import deque

from services.routing.domain.agent import Agent
from services.routing.domain.moments import Moment
from services.routing.domain.offering import Choice, Matched, index_ready, told
from services.routing.domain.parking import guarded
from services.routing.domain.pool import PoolState
from services.routing.domain.stays import Waiting


class IndexOutOfStepError(RuntimeError):
    """An agent could take this contact, yet the lane's index does not hold the agent: a fault in this package."""


def match(state: PoolState, now: Moment) -> list[Matched]:
    """Make every offer that has become possible, and let the state have each before the next is sought.

    A contact that a rule raises on is parked, and the next one looked at.
    """
    agents = [agent for agent_id in state.touched_agents if (agent := state.agents.get(agent_id)) is not None]
    newcomers = _by_rank(state, state.touched_contacts) if state.touched_contacts else []
    seekers = [agent for agent in agents if agent.seeks()]
    index_ready(seekers)
    matched = _first_choices(state, seekers, newcomers, now) if seekers or newcomers else []
    matched += _second_choices(state, agents, newcomers, now)
    return matched


def _first_choices(state: PoolState, seekers: list[Agent], newcomers: list[Waiting], now: Moment) -> list[Matched]:
    """Merge two orders, of contacts that are new and of those that a seeking agent could take, by rank."""
    upcoming = deque(newcomers)
    matched: list[Matched] = []
    while (wanted := _first_wanted(seekers)) is not None or upcoming:
        sought = bool(wanted is not None and (not upcoming or wanted.rank < upcoming[0].rank))
        contact = wanted if wanted is not None and sought else upcoming.popleft()
        chosen = guarded(_sought if sought else _chosen, state, contact, now)
        if chosen is not None:
            matched += told(state, contact, chosen, now)
    return matched


def _sought(state: PoolState, contact: Waiting, now: Moment) -> Choice:
    choice = _chosen(state, contact, now)
    if choice is None:
        raise IndexOutOfStepError(contact.entry.contact_id)
    return choice


def _chosen(state: PoolState, contact: Waiting, now: Moment) -> Choice | None:
    still_waits = state.contacts.get(contact.entry.contact_id) is contact
    return state.lane_of[contact.entry.contact_id].choose(contact, now) if still_waits else None


def _chosen_again(state: PoolState, contact: Waiting, now: Moment) -> Choice | None:
    return state.lane_of[contact.entry.contact_id].choose_again(contact, now)


def _first_wanted(seekers: list[Agent]) -> Waiting | None:
    """Give the next contact that any of these agents could have; those who could have none seek no further."""
    first = None
    for agent in tuple(seekers):
        waiting = _best_for(agent) if agent.seeks() else None
        if waiting is None:
            seekers.remove(agent)
        elif first is None or waiting.rank < first.rank:
            first = waiting
    return first


def _best_for(agent: Agent) -> Waiting | None:
    """Give the contact that an agent is to have next: of the queues it ranks best, by priority and age."""
    best, best_rank = None, 0
    for rank, lane in agent.lanes:
        if lane.line.members and agent.fits(lane.channel):
            waiting = lane.line.first_for(agent.id)
            if waiting is not None and (best is None or (rank, waiting.rank) < (best_rank, best.rank)):
                best, best_rank = waiting, rank
    return best


def _second_choices(state: PoolState, agents: list[Agent], newcomers: list[Waiting], now: Moment) -> list[Matched]:
    declined = {w.entry.contact_id: None for w in newcomers if w.declined}
    for agent in agents:
        for _, lane in agent.lanes:
            if lane.line.declined:
                declined.update(dict.fromkeys(lane.line.declined))
    matched: list[Matched] = []
    for contact in _by_rank(state, declined) if declined else ():
        chosen = guarded(_chosen_again, state, contact, now)
        if chosen is not None:
            matched += told(state, contact, chosen, now)
    return matched


def _by_rank(state: PoolState, contact_ids: dict[str, None]) -> list[Waiting]:
    stays = (state.contacts.get(contact_id) for contact_id in contact_ids)
    return sorted((stay for stay in stays if isinstance(stay, Waiting)), key=lambda waiting: waiting.rank)
