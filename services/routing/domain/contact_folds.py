"""What each event of a contact does to a pool."""

from dataclasses import replace

from services.routing.domain import events as e
from services.routing.domain.agent import Agent
from services.routing.domain.entry import Entry
from services.routing.domain.estimates import judge
from services.routing.domain.memory import remember_end
from services.routing.domain.moments import Moment
from services.routing.domain.pool import PoolState
from services.routing.domain.stays import (
    Connected,
    Hold,
    Offered,
    Scheduled,
    Waiting,
    connected,
    offered,
    parked,
    waiting,
    wrapping_up,
)
from services.routing.domain.timers import HOLD


def contact_queued(state: PoolState, event: e.ContactQueued) -> None:
    if isinstance(state.contacts.get(event.entry.contact_id), Scheduled):
        state.unschedule(event.entry.contact_id)
    state.put(waiting(event))
    state.unanswered[event.entry.queue_id] += 1


def search_widened(state: PoolState, event: e.SearchWidened) -> None:
    contact = state.take(event.entry.contact_id)
    state.put(contact.widened(event.widening, event.step, state.queue(event.entry.queue_id)))


def step_passed(state: PoolState, event: e.StepPassed) -> None:
    contact = state.take(event.entry.contact_id)
    state.put(replace(contact, steps_taken=event.step))


def offer_made(state: PoolState, event: e.OfferMade) -> None:
    contact_id = event.entry.contact_id
    ringing = state.contacts[contact_id]
    hold = offered(ringing.waiting if isinstance(ringing, Offered) else state.take(contact_id), event)
    state.offers_made = event.number
    state.contacts.setdefault(contact_id, hold)
    state.rings[contact_id] = (*state.rings.get(contact_id, ()), hold.offer_id)
    _hold(state, hold)
    state.agents[event.holder.agent_id].last_offer = event.number


def offer_accepted(state: PoolState, event: e.OfferAccepted) -> None:
    talk = connected(_offered(state, event.offer_id), event.at)
    del state.rings[event.entry.contact_id]
    state.contacts[event.entry.contact_id] = talk
    _hold(state, talk)
    state.agents[event.holder.agent_id].idle_since = event.at
    state.unanswered[event.entry.queue_id] -= 1
    judge(state, event)


def offer_rejected(state: PoolState, event: e.OfferRejected) -> None:
    _decline(state, event.offer_id).idle_since = event.at


def offer_timed_out(state: PoolState, event: e.OfferTimedOut) -> None:
    _decline(state, event.offer_id).set("not_ready", "system", event.at)


def _decline(state: PoolState, offer_id: str) -> Agent:
    agent = _release(state, offer := _offered(state, offer_id))
    _rings_no_more(state, offer, offer.waiting.declined_by(agent.id))
    return agent


def offer_withdrawn(state: PoolState, event: e.OfferWithdrawn) -> None:
    offer = _offered(state, event.offer_id)
    _release(state, offer)
    _rings_no_more(state, offer, offer.waiting)


def work_interrupted(state: PoolState, event: e.WorkInterrupted) -> None:
    _set_aside(state, event.holder.agent_id, event.offer_id, event.by_offer_id)


def work_resumed(state: PoolState, event: e.WorkResumed) -> None:
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


def contact_abandoned(state: PoolState, event: e.ContactAbandoned) -> None:
    leave(state, event.entry)
    remember_end(state, event.entry.contact_id, event.ended_by, event.at)


def contact_flowed_out(state: PoolState, event: e.ContactFlowedOut) -> None:
    leave(state, event.entry)


def leave(state: PoolState, entry: Entry) -> None:
    """Let a waiting contact go."""
    state.take(entry.contact_id)
    state.given.pop(entry.contact_id, None)
    state.unanswered[entry.queue_id] -= 1


def contact_parked(state: PoolState, event: e.ContactParked) -> None:
    state.contacts[event.entry.contact_id] = parked(state.take(event.entry.contact_id), event)


def contact_transferred(state: PoolState, event: e.ContactTransferred) -> None:
    _wrap_up(state, event.offer_id, event.at, event.wrap_up_until, transferred=True)


def contact_ended(state: PoolState, event: e.ContactEnded) -> None:
    _wrap_up(state, event.offer_id, event.at, event.wrap_up_until, transferred=False)
    remember_end(state, event.entry.contact_id, event.ended_by, event.at)


def _wrap_up(state: PoolState, offer_id: str, at: Moment, until: Moment, *, transferred: bool) -> None:
    talk = state.holds[offer_id]
    if not isinstance(talk, Connected):
        raise TypeError(f"offer {offer_id} is not connected")
    del state.contacts[talk.entry.contact_id]
    _hold(state, wrapping_up(talk, ended_at=at, until=until, transferred=transferred))


def wrap_up_completed(state: PoolState, event: e.WrapUpCompleted) -> None:
    work_done(state, event.offer_id, answered_at=event.answered_at, at=event.at)


def work_done(state: PoolState, offer_id: str, *, answered_at: Moment, at: Moment) -> None:
    """Take what an agent has finished from them, and count it as handling."""
    agent = _release(state, state.holds[offer_id])
    agent.idle_since = at
    agent.handled_ms += max(0, at - answered_at)


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
