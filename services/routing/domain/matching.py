"""Which waiting contact meets which agent after something has changed.

The rule, as a person would carry it out: go through the waiting contacts by priority and age; each takes the agent
whose turn it is by its queue's choice, of those who may have it. An agent who becomes free looks into the queues that
it ranks best first, and there by priority and age. When none is left that way, a contact that everybody available has
declined is offered to them again. Only those touched by the last events can be in a new pair, so only they are
looked at.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import replace

from services.routing.domain.agent import Agent
from services.routing.domain.decisions.offers import accepted
from services.routing.domain.entry import Decision
from services.routing.domain.events import OfferAccepted, OfferMade
from services.routing.domain.evolve import evolve
from services.routing.domain.moments import Moment, after
from services.routing.domain.pool import PoolState
from services.routing.domain.stays import Waiting


class IndexOutOfStepError(RuntimeError):
    """An agent could take this contact, yet the lane's index does not hold the agent: a fault in this package."""


def match(state: PoolState, now: Moment) -> Iterator[OfferMade | OfferAccepted]:
    """Make every offer that has become possible, and let the state have each before the next is sought."""
    agents = [agent for agent_id in state.touched_agents if (agent := state.agents.get(agent_id)) is not None]
    newcomers = _by_rank(state, state.touched_contacts) if state.touched_contacts else []
    _index(agents)
    yield from _first_choices(state, agents, newcomers, now)
    yield from _second_choices(state, agents, newcomers, now)


def _index(agents: list[Agent]) -> None:
    for agent in agents:
        if agent.seeks():
            for _, lane in agent.lanes:
                lane.ready(agent)


def _first_choices(
    state: PoolState, agents: list[Agent], newcomers: list[Waiting], now: Moment
) -> Iterator[OfferMade | OfferAccepted]:
    """Merge two orders, of contacts that are new and of those that a touched agent could take, by rank."""
    seekers = [agent for agent in agents if agent.seeks()]
    upcoming = deque(newcomers)
    while (wanted := _first_wanted(seekers)) is not None or upcoming:
        sought = bool(wanted is not None and (not upcoming or wanted.rank < upcoming[0].rank))
        contact = wanted if wanted is not None and sought else upcoming.popleft()
        chosen = _chosen(state, contact, now)
        if chosen is not None:
            yield from _offers(state, contact, chosen, now)
        elif sought:
            raise IndexOutOfStepError(contact.entry.contact_id)


def _chosen(state: PoolState, contact: Waiting, now: Moment) -> tuple[Agent, Decision] | None:
    still_waits = state.contacts.get(contact.entry.contact_id) is contact
    return state.lane_of[contact.entry.contact_id].choose(contact, now) if still_waits else None


def _first_wanted(seekers: list[Agent]) -> Waiting | None:
    """Give the next contact that any of these agents could have; those who could have none seek no further."""
    first = None
    if not seekers:
        return None
    for agent in tuple(seekers):
        waiting = _best_for(agent)
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


def _second_choices(
    state: PoolState, agents: list[Agent], newcomers: list[Waiting], now: Moment
) -> Iterator[OfferMade | OfferAccepted]:
    declined = {w.entry.contact_id: None for w in newcomers if w.declined}
    for agent in agents:
        for _, lane in agent.lanes:
            if lane.line.declined:
                declined.update(dict.fromkeys(lane.line.declined))
    if not declined:
        return
    for contact in _by_rank(state, declined):
        chosen = state.lane_of[contact.entry.contact_id].choose_again(contact, now)
        if chosen is not None:
            yield from _offers(state, contact, chosen, now)


def _by_rank(state: PoolState, contact_ids: dict[str, None]) -> list[Waiting]:
    stays = (state.contacts.get(contact_id) for contact_id in contact_ids)
    return sorted((stay for stay in stays if isinstance(stay, Waiting)), key=lambda waiting: waiting.rank)


def _offers(
    state: PoolState, contact: Waiting, chosen: tuple[Agent, Decision], now: Moment
) -> Iterator[OfferMade | OfferAccepted]:
    """Offer a contact to the chosen agent, and to as many more at once as its queue says."""
    entry, lane = contact.entry, state.lane_of[contact.entry.contact_id]
    manner = state.queue(entry.queue_id).offers_for(entry.channel)
    offer = _offer(state, contact, chosen, now)
    yield offer
    if manner.auto_accept:
        yield _accept(state, offer, now)
        return
    asked = contact
    for _ in range(manner.at_once - 1):
        asked = replace(asked, asked=(*asked.asked, offer.holder.agent_id))
        another = lane.choose(asked, now)
        if another is None:
            return
        offer = _offer(state, contact, another, now)
        yield offer


def _accept(state: PoolState, offer: OfferMade, now: Moment) -> OfferAccepted:
    taken = accepted(state.offers_of(offer.entry.contact_id)[0], now)
    evolve(state, taken)
    return taken


def _offer(state: PoolState, waiting: Waiting, chosen: tuple[Agent, Decision], now: Moment) -> OfferMade:
    agent, decision = chosen
    entry, number = waiting.entry, state.offers_made + 1
    offer = OfferMade(
        at=now,
        entry=entry,
        offer_id=f"off_{state.pool_id}.{number}",
        number=number,
        holder=agent.holder,
        units=agent.capacities[entry.channel].units,
        expires_at=after(now, state.queue(entry.queue_id).offers_for(entry.channel).ring_seconds),
        decision=decision,
    )
    evolve(state, offer)
    _index([agent])
    return offer
