"""Fold an event into a pool: the only way in which a pool's contacts, agents and queues change.

Knows no rule about what may happen; an event has happened. So an old journal gives the same pool under a new
version of the rules.
"""

from collections.abc import Callable
from typing import Any

from services.routing.domain import events as e
from services.routing.domain.agent import Agent, Shown
from services.routing.domain.desk_folds import DESK_FOLDS, miss_no_more, sit
from services.routing.domain.memory import remember_end
from services.routing.domain.moments import Moment
from services.routing.domain.pool import PoolState
from services.routing.domain.stays import (
    Connected,
    Hold,
    Offered,
    Waiting,
    connected,
    offered,
    waiting,
    wrapping_up,
)
from services.routing.domain.timers import HOLD

#: So many answers of a queue are remembered to estimate the wait from.
PACE_WINDOW = 20
_OF_CONTACTS = frozenset(e.CONTACT_EVENTS)
_OF_AGENTS = frozenset(e.AGENT_EVENTS)


def evolve(state: PoolState, event: e.Event) -> None:
    """Apply one event."""
    kind = type(event)
    _FOLDS[kind](state, event)
    if kind in _OF_CONTACTS:
        state.contact_sequence += 1
    elif kind in _OF_AGENTS:
        state.agent_sequence += 1


def _contact_queued(state: PoolState, event: e.ContactQueued) -> None:
    state.put(waiting(event))


def _offer_made(state: PoolState, event: e.OfferMade) -> None:
    hold = offered(state.take(event.entry.contact_id), event)
    state.offers_made = event.number
    state.contacts[event.entry.contact_id] = hold
    _hold(state, hold)


def _offer_accepted(state: PoolState, event: e.OfferAccepted) -> None:
    talk = connected(_offered(state, event.offer_id), event.at)
    state.contacts[event.entry.contact_id] = talk
    _hold(state, talk)
    state.agents[event.holder.agent_id].idle_since = event.at
    queue_id = event.entry.queue_id
    state.answered[queue_id] = (*state.answered.get(queue_id, ())[1 - PACE_WINDOW :], event.at)


def _offer_rejected(state: PoolState, event: e.OfferRejected) -> None:
    _decline(state, event.offer_id).idle_since = event.at


def _offer_timed_out(state: PoolState, event: e.OfferTimedOut) -> None:
    _decline(state, event.offer_id).set("not_ready", "system", event.at)


def _decline(state: PoolState, offer_id: str) -> Agent:
    agent = _release(state, offer := _offered(state, offer_id))
    _put_back(state, offer.waiting.declined_by(agent.id))
    return agent


def _offer_withdrawn(state: PoolState, event: e.OfferWithdrawn) -> None:
    offer = _offered(state, event.offer_id)
    _release(state, offer)
    _put_back(state, offer.waiting)


def _put_back(state: PoolState, contact: Waiting) -> None:
    """Let it wait again in its place, under the rules that the queue has now: they may have changed as it rang."""
    rules = state.queues.get(contact.entry.queue_id)
    state.put(contact if rules is None else contact.under(rules))


def _contact_abandoned(state: PoolState, event: e.ContactAbandoned) -> None:
    state.take(event.entry.contact_id)
    remember_end(state, event.entry.contact_id, event.ended_by, event.at)


def _contact_flowed_out(state: PoolState, event: e.ContactFlowedOut) -> None:
    state.take(event.entry.contact_id)


def _contact_transferred(state: PoolState, event: e.ContactTransferred) -> None:
    _wrap_up(state, event.offer_id, event.at, event.wrap_up_until, transferred=True)


def _contact_ended(state: PoolState, event: e.ContactEnded) -> None:
    _wrap_up(state, event.offer_id, event.at, event.wrap_up_until, transferred=False)
    remember_end(state, event.entry.contact_id, event.ended_by, event.at)


def _wrap_up(state: PoolState, offer_id: str, at: Moment, until: Moment, *, transferred: bool) -> None:
    talk = state.holds[offer_id]
    if not isinstance(talk, Connected):
        raise TypeError(f"offer {offer_id} is not connected")
    del state.contacts[talk.entry.contact_id]
    _hold(state, wrapping_up(talk, ended_at=at, until=until, transferred=transferred))


def _wrap_up_completed(state: PoolState, event: e.WrapUpCompleted) -> None:
    _release(state, state.holds[event.offer_id]).idle_since = event.at


def _agent_joined(state: PoolState, event: e.AgentJoinedPool) -> None:
    """Only announced: AgentProfiled, which follows, brings the agent in."""


def _agent_profiled(state: PoolState, event: e.AgentProfiled) -> None:
    profile = event.profile
    agent = state.agents.get(profile.agent_id)
    if agent is None:
        agent = state.agents[profile.agent_id] = Agent(profile=profile, since=event.at, idle_since=event.at)
    agent.configure(profile)
    agent.leaving = False
    state.versions[f"agent/{agent.id}"] = profile.version
    state.place(agent)
    state.touched_agents[agent.id] = None


def _agent_leaving(state: PoolState, event: e.AgentLeaving) -> None:
    agent = state.agents[event.agent_id]
    agent.leaving = True
    state.versions[f"agent/{agent.id}"] = event.version
    state.touched_agents[agent.id] = None


def _agent_left(state: PoolState, event: e.AgentLeftPool) -> None:
    agent = state.agents.pop(event.agent_id)
    state.displace(agent)
    sit(state, agent, "", "")
    miss_no_more(state, agent)


def _agent_state_changed(state: PoolState, event: e.AgentStateChanged) -> None:
    agent = state.agents[event.holder.agent_id]
    agent.set(event.set_state, event.set_reason, event.at)
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
    )
    state.touched_agents[agent.id] = None


def _queue_ruled(state: PoolState, event: e.QueueRuled) -> None:
    rules = event.rules
    state.queues[rules.queue_id] = rules
    state.versions[f"queue/{rules.queue_id}"] = rules.version
    for contact in state.waiting_in(rules.queue_id):
        state.put(state.take(contact.entry.contact_id).under(rules))


def _queue_removed(state: PoolState, event: e.QueueRemoved) -> None:
    state.queues.pop(event.queue_id, None)
    state.answered.pop(event.queue_id, None)
    state.versions[f"queue/{event.queue_id}"] = event.version


def _end_noted(state: PoolState, event: e.EndNoted) -> None:
    remember_end(state, event.contact_id, event.ended_by, event.at)


def _hold(state: PoolState, hold: Hold) -> None:
    state.holds[hold.offer_id] = hold
    agent = state.agents[hold.holder.agent_id]
    agent.hold(hold)
    state.touched_agents[agent.id] = None
    state.time(hold)


def _release(state: PoolState, hold: Hold) -> Agent:
    del state.holds[hold.offer_id]
    state.timers.cancel((HOLD, hold.offer_id))
    agent = state.agents[hold.holder.agent_id]
    agent.release(hold.offer_id)
    state.touched_agents[agent.id] = None
    return agent


def _offered(state: PoolState, offer_id: str) -> Offered:
    hold = state.holds[offer_id]
    if not isinstance(hold, Offered):
        raise TypeError(f"offer {offer_id} is not open")
    return hold


#: `Any`: each fold takes its own event, and the key says which.
_FOLDS: dict[type, Callable[[PoolState, Any], None]] = {
    e.ContactQueued: _contact_queued,
    e.OfferMade: _offer_made,
    e.OfferAccepted: _offer_accepted,
    e.OfferRejected: _offer_rejected,
    e.OfferTimedOut: _offer_timed_out,
    e.OfferWithdrawn: _offer_withdrawn,
    e.ContactAbandoned: _contact_abandoned,
    e.ContactFlowedOut: _contact_flowed_out,
    e.ContactTransferred: _contact_transferred,
    e.ContactEnded: _contact_ended,
    e.WrapUpCompleted: _wrap_up_completed,
    e.AgentJoinedPool: _agent_joined,
    e.AgentLeftPool: _agent_left,
    e.AgentStateChanged: _agent_state_changed,
    e.AgentProfiled: _agent_profiled,
    e.AgentLeaving: _agent_leaving,
    e.QueueRuled: _queue_ruled,
    e.QueueRemoved: _queue_removed,
    e.EndNoted: _end_noted,
    **DESK_FOLDS,
}
