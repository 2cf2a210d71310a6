"""A supervisor's hand: a contact goes to a named agent, waits with another priority, or changes its holder.

Strategy, queues and skills are not asked for. What stays is what the agent can do: somebody who is signed out gets
nothing, and nobody gets a channel that they do not take.
"""

from collections.abc import Iterable

from services.routing.domain import refusals
from services.routing.domain.agent import Agent
from services.routing.domain.decisions.answer import NOTHING, Answer
from services.routing.domain.decisions.conversations import entry_after, passed_on
from services.routing.domain.decisions.offers import withdraw
from services.routing.domain.desk_commands import AssignContact, ChangePriority, TakeOver
from services.routing.domain.desk_events import ContactAssignedByHand, ContactPriorityChanged, ContactTakenOver
from services.routing.domain.entry import ConsideredAgent, Decision, Entry
from services.routing.domain.events import OfferAccepted, OfferMade, OfferWithdrawn
from services.routing.domain.interrupting import interrupted
from services.routing.domain.moments import Moment, after, seconds_between
from services.routing.domain.pool import PoolState
from services.routing.domain.refusals import Refusal
from services.routing.domain.stays import STATES, Connected, Offered, Scheduled, Waiting, as_waiting
from services.routing.domain.stays import waiting as begun

ASSIGNED_BY_HAND, TAKEN_OVER = "assigned-by-hand", "taken-over"


def assign_contact(state: PoolState, command: AssignContact, now: Moment) -> Answer:
    """Offer a waiting or parked contact to this agent alone; wherever else it rings, that offer is withdrawn."""
    stay = state.contacts.get(command.contact_id)
    if stay is None:
        return refusals.contact_unknown(command.contact_id)
    if isinstance(stay, Connected | Scheduled):
        return refusals.contact_is(STATES[type(stay)], command.contact_id)
    offers = state.offers_of(command.contact_id)
    others = tuple(offer for offer in offers if offer.holder.agent_id != command.agent_id)
    if len(others) < len(offers):
        return _left_there_alone(offers, others, command, now)
    waiting = as_waiting(stay)
    agent = _taker(state, command.agent_id, stay.entry.channel, force=command.force)
    if isinstance(agent, Refusal):
        return agent
    offer = _offer(state, waiting, agent, ASSIGNED_BY_HAND, now)
    taken = (_accepted(offer),) if _takes_unasked(state, stay.entry) else ()
    aside = interrupted(agent, stay.entry.channel, offer.offer_id, now)
    return *_withdrawn(others, now), *aside, offer, *taken, _assigned(offer, command, now)


def change_priority(state: PoolState, command: ChangePriority, now: Moment) -> Answer:
    """Let a contact wait with another priority of its own; its age counts as before."""
    stay = state.contacts.get(command.contact_id)
    if stay is None:
        return refusals.contact_unknown(command.contact_id)
    if isinstance(stay, Connected | Scheduled):
        return refusals.contact_is(STATES[type(stay)], command.contact_id)
    waiting = as_waiting(stay)
    if waiting.own_priority == command.priority:
        return NOTHING
    changed = ContactPriorityChanged(
        at=now,
        entry=stay.entry,
        priority=-waiting.prioritised(command.priority, state.queue(stay.entry.queue_id)).rank[0],
        own_priority=command.priority,
        by=command.by,
    )
    return (changed,)


def take_over(state: PoolState, command: TakeOver, now: Moment) -> Answer:
    """End the holder's assignment into wrap-up, as a transfer does, and connect the agent in the same instant.

    The entry that comes between is a moment's: it leads out of no queue, closed or full as that may be.
    """
    talk = state.contacts.get(command.contact_id)
    if talk is None:
        return refusals.contact_unknown(command.contact_id)
    if not isinstance(talk, Connected):
        return refusals.contact_is(STATES[type(talk)], command.contact_id)
    if talk.holder.agent_id == command.agent_id:
        return refusals.already_the_holder(command.contact_id)
    agent = _taker(state, command.agent_id, talk.entry.channel, force=command.force)
    if isinstance(agent, Refusal):
        return agent
    left, *wrapped_up = passed_on(state, talk, talk.entry.queue_id, state.pool_id, now)
    queued = entry_after(state, talk, talk.entry.queue_id, now)
    offer = _offer(state, begun(queued), agent, TAKEN_OVER, now)
    aside = interrupted(agent, talk.entry.channel, offer.offer_id, now)
    return left, queued, *wrapped_up, *aside, offer, _accepted(offer), _taken_over(offer, talk, command)


def _left_there_alone(
    offers: list[Offered], others: tuple[Offered, ...], command: AssignContact, now: Moment
) -> Answer:
    """Let it ring on at the agent, and at nobody else; where it does so already, nothing is left to do."""
    if not others:
        return NOTHING
    (rings,) = (offer for offer in offers if offer not in others)
    return *_withdrawn(others, now), _assigned(rings, command, now)


def _withdrawn(offers: Iterable[Offered], now: Moment) -> tuple[OfferWithdrawn, ...]:
    return tuple(withdraw(offer, ASSIGNED_BY_HAND, now) for offer in offers)


def _assigned(offer: OfferMade | Offered, command: AssignContact, now: Moment) -> ContactAssignedByHand:
    return ContactAssignedByHand(
        at=now,
        entry=offer.entry,
        offer_id=offer.offer_id,
        holder=offer.holder,
        by=command.by,
        forced=command.force,
    )


def _takes_unasked(state: PoolState, entry: Entry) -> bool:
    return state.queue(entry.queue_id).offers_for(entry.channel).auto_accept


def _accepted(offer: OfferMade) -> OfferAccepted:
    return OfferAccepted(
        at=offer.at, entry=offer.entry, offer_id=offer.offer_id, holder=offer.holder, offered_at=offer.at
    )


def _taken_over(offer: OfferMade, talk: Connected, command: TakeOver) -> ContactTakenOver:
    return ContactTakenOver(
        at=offer.at,
        entry=offer.entry,
        offer_id=offer.offer_id,
        holder=offer.holder,
        previous=talk.holder,
        by=command.by,
        forced=command.force,
    )


def _taker(state: PoolState, agent_id: str, channel: str, *, force: bool) -> Agent | Refusal:
    """Give the agent who is to have a contact, or say why it cannot."""
    agent = state.agents.get(agent_id)
    if agent is None or agent.leaving:
        return refusals.agent_unknown(agent_id)
    if agent.set_state == "offline" or not (force or agent.available()):
        return refusals.agent_not_available(agent_id, _why_not(agent))
    capacity = agent.capacities.get(channel)
    if capacity is None or capacity.most == 0:
        return refusals.channel_not_served(agent_id, channel)
    if not (force or agent.fits(channel)):
        return refusals.agent_at_capacity(agent_id, channel)
    return agent


def _why_not(agent: Agent) -> str:
    if agent.set_state != "available":
        return agent.set_state
    return "at a site that is given up" if agent.barred else "not connected any more"


def _offer(state: PoolState, waiting: Waiting, agent: Agent, rule: str, now: Moment) -> OfferMade:
    entry, number = waiting.entry, state.offers_made + 1
    idle = seconds_between(agent.idle_since, now)
    chosen = ConsideredAgent(agent_id=agent.id, verdict="chosen", idle_seconds=idle)
    return OfferMade(
        at=now,
        entry=entry,
        offer_id=f"off_{state.pool_id}.{number}",
        number=number,
        holder=agent.holder,
        units=agent.capacities[entry.channel].units,
        expires_at=after(now, state.queue(entry.queue_id).offers_for(entry.channel).ring_seconds),
        decision=Decision(rule=rule, considered=(chosen,), candidates=1, rule_step=waiting.steps_taken),
    )
