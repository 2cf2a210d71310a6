"""Fold the events of desks and supervisors into a pool; part of `evolve`, and only called from there."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from services.routing.domain import desk_events as e
from services.routing.domain.agent import Agent
from services.routing.domain.pool import PoolState
from services.routing.domain.stays import Connected, Parked, Scheduled, Waiting, WrappingUp
from services.routing.domain.timers import PRESENCE


def sit(state: PoolState, agent: Agent, at_site: str, seat: str) -> None:
    """Let an agent sit where it has signed in, or nowhere."""
    if (agent.at_site, agent.seat) == (at_site, seat):
        return
    if agent.seat:
        state.seats.pop((agent.at_site, agent.seat), None)
    agent.sit(at_site, seat)
    state.stand(agent)
    if seat:
        state.seats[at_site, seat] = agent.id


def miss_no_more(state: PoolState, agent: Agent) -> None:
    """End the grace of an agent whose connection was lost, whatever ended it."""
    agent.presence_due = None
    state.timers.cancel((PRESENCE, agent.id))
    state.touched_agents[agent.id] = None


def _wrap_up_extended(state: PoolState, event: e.WrapUpExtended) -> None:
    hold = state.holds[event.offer_id]
    if not isinstance(hold, WrappingUp):
        raise TypeError(f"offer {event.offer_id} is not in wrap-up")
    longer = replace(hold, wrap_up_until=event.wrap_up_until, extensions=event.extensions)
    state.holds[event.offer_id] = longer
    state.agents[event.holder.agent_id].hold(longer)
    state.time(longer)


def _priority_changed(state: PoolState, event: e.ContactPriorityChanged) -> None:
    contact_id = event.entry.contact_id
    stay, rules = state.contacts[contact_id], state.queue(event.entry.queue_id)
    match stay:
        case Waiting():
            state.put(state.take(contact_id).prioritised(event.own_priority, rules))
        case Parked(waiting=waiting):
            state.contacts[contact_id] = replace(stay, waiting=waiting.prioritised(event.own_priority, rules))
        case Connected() | Scheduled():
            raise TypeError(f"contact {contact_id} does not wait")
        case _:
            _offers_prioritised(state, stay.waiting.prioritised(event.own_priority, rules))


def _offers_prioritised(state: PoolState, waiting: Waiting) -> None:
    """Let every open offer of a contact know how it waits, whichever of them is given back last."""
    contact_id = waiting.entry.contact_id
    offers = [replace(offer, waiting=waiting) for offer in state.offers_of(contact_id)]
    state.contacts[contact_id] = offers[0]
    for offer in offers:
        state.holds[offer.offer_id] = offer
        state.agents[offer.holder.agent_id].hold(offer)


def _told_only(state: PoolState, event: object) -> None:
    """Only announced: the events before it did what it tells."""


def _presence_lost(state: PoolState, event: e.AgentPresenceLost) -> None:
    state.agents[event.agent_id].presence_due = event.grace_until
    state.timers.set((PRESENCE, event.agent_id), event.grace_until)
    _remember(state, event.agent_id, event.version)


def _presence_regained(state: PoolState, event: e.AgentPresenceRegained) -> None:
    miss_no_more(state, state.agents[event.agent_id])
    _remember(state, event.agent_id, event.version)


def _presence_lapsed(state: PoolState, event: e.AgentPresenceLapsed) -> None:
    miss_no_more(state, state.agents[event.agent_id])


def _presence_noted(state: PoolState, event: e.PresenceNoted) -> None:
    _remember(state, event.agent_id, event.version)


def _remember(state: PoolState, agent_id: str, version: int) -> None:
    state.versions[presence_key(agent_id)] = version


def presence_key(agent_id: str) -> str:
    """Name the version of an agent's presence among the pool's versions."""
    return f"presence/{agent_id}"


#: `Any`: each fold takes its own event, and the key says which.
DESK_FOLDS: dict[type, Callable[[PoolState, Any], None]] = {
    e.WrapUpExtended: _wrap_up_extended,
    e.ContactPriorityChanged: _priority_changed,
    e.ContactAssignedByHand: _told_only,
    e.ContactTakenOver: _told_only,
    e.AgentPresenceLost: _presence_lost,
    e.AgentPresenceRegained: _presence_regained,
    e.AgentPresenceLapsed: _presence_lapsed,
    e.PresenceNoted: _presence_noted,
}
