"""Which waiting contact meets which agent after something has changed.

The rule, as a person would carry it out: go through the waiting contacts by priority and age; each takes the
longest idle agent who may have it. When none is left that way, a contact that everybody available has declined is
offered to them again. Only those touched by the last events can be in a new pair, so only they are looked at.
"""

from collections import deque
from collections.abc import Iterator

from services.routing.domain.agent import Agent
from services.routing.domain.entry import Decision
from services.routing.domain.events import ContactParked, OfferMade
from services.routing.domain.evolve import evolve
from services.routing.domain.moments import Moment, after
from services.routing.domain.parking import guarded
from services.routing.domain.pool import PoolState
from services.routing.domain.stays import Waiting


class IndexOutOfStepError(RuntimeError):
    """An agent could take this contact, yet the lane's index does not hold the agent: a fault in this package."""


def match(state: PoolState, now: Moment) -> Iterator[OfferMade | ContactParked]:
    """Make every offer that has become possible, and let the state have each before the next is sought.

    A contact that a rule raises on is parked, and the next one looked at.
    """
    agents = [agent for agent_id in state.touched_agents if (agent := state.agents.get(agent_id)) is not None]
    newcomers = _by_rank(state, state.touched_contacts) if state.touched_contacts else []
    _index(agents)
    yield from _first_choices(state, agents, newcomers, now)
    yield from _second_choices(state, agents, newcomers, now)


def _index(agents: list[Agent]) -> None:
    for agent in agents:
        if agent.seeks():
            for lane in agent.lanes:
                lane.ready(agent)


def _first_choices(
    state: PoolState, agents: list[Agent], newcomers: list[Waiting], now: Moment
) -> Iterator[OfferMade | ContactParked]:
    """Merge two orders, of contacts that are new and of those that a touched agent could take, by rank."""
    seekers = [agent for agent in agents if agent.seeks()]
    upcoming = deque(newcomers)
    while (wanted := _first_wanted(seekers)) is not None or upcoming:
        sought = bool(wanted is not None and (not upcoming or wanted.rank < upcoming[0].rank))
        contact = wanted if wanted is not None and sought else upcoming.popleft()
        event = guarded(_sought if sought else _first_offer, state, contact, now)
        if event is not None:
            yield _made(state, event)


def _sought(state: PoolState, contact: Waiting, now: Moment) -> OfferMade:
    offer = _first_offer(state, contact, now)
    if offer is None:
        raise IndexOutOfStepError(contact.entry.contact_id)
    return offer


def _first_offer(state: PoolState, contact: Waiting, now: Moment) -> OfferMade | None:
    still_waits = state.contacts.get(contact.entry.contact_id) is contact
    chosen = state.lane(contact).choose(contact, now) if still_waits else None
    return None if chosen is None else _offer(state, contact, chosen, now)


def _second_offer(state: PoolState, contact: Waiting, now: Moment) -> OfferMade | None:
    chosen = state.lane(contact).choose_again(contact, now)
    return None if chosen is None else _offer(state, contact, chosen, now)


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
    best = None
    for lane in agent.lanes:
        if lane.line.members and agent.fits(lane.channel):
            waiting = lane.line.first_for(agent.id)
            if waiting is not None and (best is None or waiting.rank < best.rank):
                best = waiting
    return best


def _second_choices(
    state: PoolState, agents: list[Agent], newcomers: list[Waiting], now: Moment
) -> Iterator[OfferMade | ContactParked]:
    declined = {w.entry.contact_id: None for w in newcomers if w.declined}
    for agent in agents:
        for lane in agent.lanes:
            if lane.line.declined:
                declined.update(dict.fromkeys(lane.line.declined))
    if not declined:
        return
    for contact in _by_rank(state, declined):
        event = guarded(_second_offer, state, contact, now)
        if event is not None:
            yield _made(state, event)


def _by_rank(state: PoolState, contact_ids: dict[str, None]) -> list[Waiting]:
    stays = (state.contacts.get(contact_id) for contact_id in contact_ids)
    return sorted((stay for stay in stays if isinstance(stay, Waiting)), key=lambda waiting: waiting.rank)


def _offer(state: PoolState, waiting: Waiting, chosen: tuple[Agent, Decision], now: Moment) -> OfferMade:
    agent, decision = chosen
    entry, number = waiting.entry, state.offers_made + 1
    return OfferMade(
        at=now,
        entry=entry,
        offer_id=f"off_{state.pool_id}.{number}",
        number=number,
        holder=agent.holder,
        units=agent.capacities[entry.channel].units,
        expires_at=after(now, state.queue(entry.queue_id).ring_seconds),
        decision=decision,
    )


def _made(state: PoolState, event: OfferMade | ContactParked) -> OfferMade | ContactParked:
    """Let the state have an offer, or somebody to be parked."""
    evolve(state, event)
    if isinstance(event, OfferMade):
        _index([state.agents[event.holder.agent_id]])
    return event
