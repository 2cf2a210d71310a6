"""Fold an event into a pool: the only way in which a pool's contacts, agents and queues change.

Knows no rule about what may happen; an event has happened. So an old journal gives the same pool under a new
version of the rules.
"""

from collections.abc import Callable
from typing import Any

from services.routing.domain import agent_folds as agents
from services.routing.domain import contact_folds as contacts
from services.routing.domain import events as e
from services.routing.domain.callback_folds import CALLBACK_FOLDS
from services.routing.domain.desk_folds import DESK_FOLDS
from services.routing.domain.floor import events as fe
from services.routing.domain.floor import folding as floor
from services.routing.domain.memory import remember_end
from services.routing.domain.pool import PoolState

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


#: `Any`: each fold takes its own event, and the key says which.
_FOLDS: dict[type, Callable[[PoolState, Any], None]] = {
    e.ContactQueued: contacts.contact_queued,
    e.SearchWidened: contacts.search_widened,
    e.StepPassed: contacts.step_passed,
    e.OfferMade: contacts.offer_made,
    e.OfferAccepted: contacts.offer_accepted,
    e.OfferRejected: contacts.offer_rejected,
    e.OfferTimedOut: contacts.offer_timed_out,
    e.OfferWithdrawn: contacts.offer_withdrawn,
    e.WorkInterrupted: contacts.work_interrupted,
    e.WorkResumed: contacts.work_resumed,
    e.ContactAbandoned: contacts.contact_abandoned,
    e.ContactFlowedOut: contacts.contact_flowed_out,
    e.ContactParked: contacts.contact_parked,
    e.ContactTransferred: contacts.contact_transferred,
    e.ContactEnded: contacts.contact_ended,
    e.WrapUpCompleted: contacts.wrap_up_completed,
    e.AgentJoinedPool: agents.agent_joined,
    e.AgentLeftPool: agents.agent_left,
    e.AgentStateChanged: agents.agent_state_changed,
    e.AgentProfiled: agents.agent_profiled,
    e.AgentLeaving: agents.agent_leaving,
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
    **CALLBACK_FOLDS,
}
