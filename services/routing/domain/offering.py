"""What a matching found becomes events: one offer or several at once, an acceptance without asking, or a parking."""

from collections.abc import Generator, Iterator
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


def index_ready(agents: list[Agent]) -> None:
    for agent in agents:
        if agent.seeks():
            for _, lane in agent.lanes:
                lane.ready(agent)


def told(state: PoolState, contact: Waiting, found: Choice | ContactParked, now: Moment) -> Iterator[Matched]:
    """Tell what was found for a contact, and let the state have it."""
    if isinstance(found, ContactParked):
        evolve(state, found)
        yield found
    else:
        yield from _offers(state, contact, found, now)


def _offers(state: PoolState, contact: Waiting, choice: Choice, now: Moment) -> Iterator[Matched]:
    """Offer a contact to the chosen agent, and to as many more at once as its queue says."""
    entry, lane = contact.entry, state.lane_of[contact.entry.contact_id]
    manner = state.queue(entry.queue_id).offers_for(entry.channel)
    offer = yield from _offer(state, contact, choice, now)
    if manner.auto_accept:
        yield _accept(state, offer, now)
        return
    asked = contact
    for _ in range(manner.at_once - 1):
        asked = replace(asked, asked=(*asked.asked, offer.holder.agent_id))
        another = guarded(lambda _, waiting, at: lane.choose(waiting, at), state, asked, now)
        if not isinstance(another, tuple):
            return
        offer = yield from _offer(state, contact, another, now)


def _accept(state: PoolState, offer: OfferMade, now: Moment) -> OfferAccepted:
    taken = accepted(state.offers_of(offer.entry.contact_id)[0], now)
    evolve(state, taken)
    return taken


def _offer(state: PoolState, waiting: Waiting, choice: Choice, now: Moment) -> Generator[Matched, None, OfferMade]:
    """Make an offer, and before it set aside what it interrupts."""
    agent, decision = choice
    entry, number = waiting.entry, state.offers_made + 1
    offer_id = f"off_{state.pool_id}.{number}"
    yield from interrupt(state, agent, entry.channel, offer_id, now)
    offer = OfferMade(
        at=now,
        entry=entry,
        offer_id=offer_id,
        number=number,
        holder=agent.holder,
        units=agent.capacities[entry.channel].units,
        expires_at=after(now, state.queue(entry.queue_id).offers_for(entry.channel).ring_seconds),
        decision=decision,
    )
    evolve(state, offer)
    index_ready([agent])
    yield offer
    return offer
