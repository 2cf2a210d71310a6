"""Fold an event into a pool: the only way in which a pool's contacts, agents and queues change.

Knows no rule about what may happen; an event has happened. So an old journal gives the same pool under a new
version of the rules.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from services.routing.domain import events as e
from services.routing.domain.agent import Agent, Shown
from services.routing.domain.desk_folds import DESK_FOLDS, miss_no_more, sit
from services.routing.domain.entry import Entry
from services.routing.domain.estimates import judge
from services.routing.domain.floor import events as fe
from services.routing.domain.floor import folding as floor
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
    parked,
    waiting,
    wrapping_up,
)
from services.routing.domain.timers import HOLD

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
    state.unanswered[event.entry.queue_id] += 1


def _search_widened(state: PoolState, event: e.SearchWidened) -> None:
    contact = state.take(event.entry.contact_id)
    state.put(contact.widened(event.widening, event.step, state.queue(event.entry.queue_id)))


def _step_passed(state: PoolState, event: e.StepPassed) -> None:
    contact = state.take(event.entry.contact_id)
    state.put(replace(contact, steps_taken=event.step))


def _offer_made(state: PoolState, event: e.OfferMade) -> None:
    contact_id = event.entry.contact_id
    ringing = state.contacts[contact_id]
    hold = offered(ringing.waiting if isinstance(ringing, Offered) else state.take(contact_id), event)
    state.offers_made = event.number
    state.contacts.setdefault(contact_id, hold)
    state.rings[contact_id] = (*state.rings.get(contact_id, ()), hold.offer_id)
    _hold(state, hold)
    state.agents[event.holder.agent_id].last_offer = event.number


def _offer_accepted(state: PoolState, event: e.OfferAccepted) -> None:
    talk = connected(_offered(state, event.offer_id), event.at)
    del state.rings[event.entry.contact_id]
    state.contacts[event.entry.contact_id] = talk
    _hold(state, talk)
    state.agents[event.holder.agent_id].idle_since = event.at
    state.unanswered[event.entry.queue_id] -= 1
    judge(state, event)


def _offer_rejected(state: PoolState, event: e.OfferRejected) -> None:
    _decline(state, event.offer_id).idle_since = event.at


def _offer_timed_out(state: PoolState, event: e.OfferTimedOut) -> None:
    _decline(state, event.offer_id).set("not_ready", "system", event.at)


def _decline(state: PoolState, offer_id: str) -> Agent:
    agent = _release(state, offer := _offered(state, offer_id))
    _rings_no_more(state, offer, offer.waiting.declined_by(agent.id))
    return agent


def _offer_withdrawn(state: PoolState, event: e.OfferWithdrawn) -> None:
    offer = _offered(state, event.offer_id)
    _release(state, offer)
    _rings_no_more(state, offer, offer.waiting)


def _work_interrupted(state: PoolState, event: e.WorkInterrupted) -> None:
    _set_aside(state, event.holder.agent_id, event.offer_id, event.by_offer_id)


def _work_resumed(state: PoolState, event: e.WorkResumed) -> None:
    _set_aside(state, event.holder.agent_id, event.offer_id, "")


def _set_aside(state: PoolState, agent_id: str, offer_id: str, by: str) -> None:
    work = state.agents[agent_id].set_aside(offer_id, by)
    state.holds[offer_id] = work
    if isinstance(work, Connected):
        state.contacts[work.entry.contact_id] = work
    state.touched_agents[agent_id] = None


def _rings_no_more(state: PoolState, offer: Offered, contact: Waiting) -> None:
    """Let a contact ring on with the others who are asked, or wait again."""
    contact_id = offer.entry.contact_id
    left = tuple(offer_id for offer_id in state.rings[contact_id] if offer_id != offer.offer_id)
    del state.contacts[contact_id]
    if not left:
        del state.rings[contact_id]
        _put_back(state, contact)
        return
    state.rings[contact_id] = left
    for offer_id in left:
        rings_on = replace(_offered(state, offer_id), waiting=contact)
        state.contacts.setdefault(contact_id, rings_on)
        _hold(state, rings_on)


def _put_back(state: PoolState, contact: Waiting) -> None:
    """Let it wait again in its place, under the rules that the queue has now: they may have changed as it rang."""
    rules = state.queues.get(contact.entry.queue_id)
    state.put(contact if rules is None else contact.under(rules))


def _contact_abandoned(state: PoolState, event: e.ContactAbandoned) -> None:
    _leave(state, event.entry)
    remember_end(state, event.entry.contact_id, event.ended_by, event.at)


def _contact_flowed_out(state: PoolState, event: e.ContactFlowedOut) -> None:
    _leave(state, event.entry)


def _leave(state: PoolState, entry: Entry) -> None:
    state.take(entry.contact_id)
    state.given.pop(entry.contact_id, None)
    state.unanswered[entry.queue_id] -= 1


def _contact_parked(state: PoolState, event: e.ContactParked) -> None:
    state.contacts[event.entry.contact_id] = parked(state.take(event.entry.contact_id), event)


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
    agent = _release(state, state.holds[event.offer_id])
    agent.idle_since = event.at
    agent.handled_ms += max(0, event.at - event.answered_at)


def _agent_joined(state: PoolState, event: e.AgentJoinedPool) -> None:
    """Only announced: AgentProfiled, which follows, brings the agent in."""


def _agent_profiled(state: PoolState, event: e.AgentProfiled) -> None:
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
    floor.agent_gone(state, agent)


def _agent_state_changed(state: PoolState, event: e.AgentStateChanged) -> None:
    agent = state.agents[event.holder.agent_id]
    before = (agent.announced.state, agent.announced.reason)
    site_before = agent.holder.site_id
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
    floor.agent_changed(state, agent, before)
    if agent.holder.site_id != site_before:
        floor.touch(state, agent.id)


def _queue_ruled(state: PoolState, event: e.QueueRuled) -> None:
    rules = event.rules
    state.queues[rules.queue_id] = rules
    state.versions[f"queue/{rules.queue_id}"] = rules.version
    for contact in state.waiting_in(rules.queue_id):
        state.put(state.take(contact.entry.contact_id).under(rules))


def _queue_removed(state: PoolState, event: e.QueueRemoved) -> None:
    state.queues.pop(event.queue_id, None)
    state.forecasts.pop(event.queue_id, None)
    state.versions[f"queue/{event.queue_id}"] = event.version


def _emergency_ruled(state: PoolState, event: e.EmergencyRuled) -> None:
    state.emergency = event.emergency
    state.versions["emergency"] = event.version
    for agent in state.agents.values():
        before = agent.everywhere
        state.stand(agent)
        if agent.everywhere is not before:
            state.place(agent)
        state.touched_agents[agent.id] = None


def _wait_estimated(state: PoolState, event: e.WaitEstimated) -> None:
    state.given[event.given.contact_id] = event.given


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
    e.SearchWidened: _search_widened,
    e.StepPassed: _step_passed,
    e.OfferMade: _offer_made,
    e.OfferAccepted: _offer_accepted,
    e.OfferRejected: _offer_rejected,
    e.OfferTimedOut: _offer_timed_out,
    e.OfferWithdrawn: _offer_withdrawn,
    e.WorkInterrupted: _work_interrupted,
    e.WorkResumed: _work_resumed,
    e.ContactAbandoned: _contact_abandoned,
    e.ContactFlowedOut: _contact_flowed_out,
    e.ContactParked: _contact_parked,
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
    e.EmergencyRuled: _emergency_ruled,
    e.EndNoted: _end_noted,
    e.WaitEstimated: _wait_estimated,
    fe.FloorRuleBreached: floor.breached,
    fe.FloorBreachEnded: floor.breach_ended,
    fe.BreakRequested: floor.break_requested,
    fe.BreakGranted: floor.break_request_over,
    fe.BreakRequestEnded: floor.break_request_over,
    fe.FloorRuled: floor.rule_ruled,
    fe.FloorRuleRemoved: floor.rule_removed,
    fe.ShiftPlanned: floor.shift_planned,
    fe.ShiftCancelled: floor.shift_cancelled,
    fe.FloorLooked: floor.looked,
    **DESK_FOLDS,
}
