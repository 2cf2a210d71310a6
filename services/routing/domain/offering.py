"""What a matching found becomes events: one offer or several at once, an acceptance without asking, or a parking."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeAlias

from services.routing.domain.agent import Agent
from services.routing.domain.decisions.offers import accepted
from services.routing.domain.entry import Decision
from services.routing.domain.events import ContactParked, OfferAccepted, OfferMade, WorkInterrupted
from services.routing.domain.evolve import evolve
from services.routing.domain.interrupting import interrupt
from services.routing.domain.moments import Moment, after
from services.routing.domain.parking import guarded
from services.routing.domain.pool import PoolState
from services.routing.domain.stays import Waiting

#: An agent for a contact, and why that one.
Choice: TypeAlias = tuple[Agent, Decision]
Matched: TypeAlias = OfferMade | OfferAccepted | WorkInterrupted | ContactParked


def index_ready(seekers: Iterable[Agent]) -> None:
    for agent in seekers:
        for _, lane in agent.lanes:
            lane.ready(agent)


def told(state: PoolState, contact: Waiting, found: Choice | ContactParked, now: Moment) -> list[Matched]:
    """Tell what was found for a contact, and let the state have it."""
    if isinstance(found, ContactParked):
        evolve(state, found)
        return [found]
    return _offers(state, contact, found, now)


def _offers(state: PoolState, contact: Waiting, choice: Choice, now: Moment) -> list[Matched]:
    """Offer a contact to the chosen agent, and to as many more at once as its queue says."""
    entry, lane = contact.entry, state.lane_of[contact.entry.contact_id]
    manner = state.queue(entry.queue_id).offers_for(entry.channel)
    events = _offered(state, contact, choice, manner.ring_seconds, now)
    if manner.auto_accept:
        return [*events, _accept(state, contact, now)]
    asked, last = contact, choice[0]
    for _ in range(manner.at_once - 1):
        asked = replace(asked, asked=(*asked.asked, last.id))
        another = guarded(lambda _, waiting, at: lane.choose(waiting, at), state, asked, now)
        if not isinstance(another, tuple):
            break
        events += _offered(state, contact, another, manner.ring_seconds, now)
        last = another[0]
    return events


def _accept(state: PoolState, contact: Waiting, now: Moment) -> OfferAccepted:
    taken = accepted(state.offers_of(contact.entry.contact_id)[0], now)
    evolve(state, taken)
    return taken


def _offered(state: PoolState, waiting: Waiting, choice: Choice, ring_seconds: float, now: Moment) -> list[Matched]:
    """Make an offer, and before it set aside what it interrupts."""
    agent, decision = choice
    entry, number = waiting.entry, state.offers_made + 1
    offer_id = f"off_{state.pool_id}.{number}"
    aside = interrupt(state, agent, entry.channel, offer_id, now)
    offer = OfferMade(
        at=now,
        entry=entry,
        offer_id=offer_id,
        number=number,
        holder=agent.holder,
        units=agent.capacities[entry.channel].units,
        expires_at=after(now, ring_seconds),
        decision=decision,
    )
    evolve(state, offer)
    if agent.seeks():
        index_ready((agent,))
    return [*aside, offer]
