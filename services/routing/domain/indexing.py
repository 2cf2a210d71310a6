"""The indexes of a pool that was read from a snapshot, made of what is kept."""

from collections import deque
from collections.abc import Iterator

from services.routing.domain.agent import Agent
from services.routing.domain.lane import Lane
from services.routing.domain.moments import Moment
from services.routing.domain.pool import Kept, PoolState
from services.routing.domain.stays import Connected, Offered, Scheduled, Stay, Waiting
from services.routing.domain.timers import CALLBACK, PRESENCE

#: So many contacts are indexed in one step: some 5 ms of work.
STEP_CONTACTS = 1_000


def indexed(state: PoolState) -> Iterator[None]:
    """Make them in steps: a large pool takes seconds."""
    for agent in state.agents.values():
        state.stand(agent)
    for number, stay in enumerate(state.contacts.values()):
        _index_stay(state, stay)
        if number % STEP_CONTACTS == 0:
            yield
    _index_holds(state)
    for lane in state.lanes.values():
        for agent in _available(lane):
            lane.ready(agent)
    _index_seats(state)
    state.fading_ends = deque(sorted(state.ends.values(), key=_age))
    state.fading_answers = deque(sorted(state.answers.values(), key=_age))


def _index_stay(state: PoolState, stay: Stay) -> None:
    if isinstance(stay, Waiting):
        state.line_up(stay)
    if isinstance(stay, Scheduled):
        state.timers.set((CALLBACK, stay.entry.contact_id), stay.due_at)
    elif not isinstance(stay, Connected):
        state.unanswered[stay.entry.queue_id] += 1


def _index_seats(state: PoolState) -> None:
    """Know who sits where, and who is missed until when."""
    for agent in state.agents.values():
        state.timers.set((PRESENCE, agent.id), agent.presence_due)
        if agent.seat:
            state.seats[agent.at_site, agent.seat] = agent.id


def _index_holds(state: PoolState) -> None:
    for hold in sorted(state.holds.values(), key=lambda hold: hold.number):
        if isinstance(hold, Offered):
            ringing = state.rings.get(hold.entry.contact_id, ())
            state.rings[hold.entry.contact_id] = (*ringing, hold.offer_id)
        state.agents[hold.holder.agent_id].hold(hold)
        state.time(hold)


def _available(lane: Lane) -> Iterator[Agent]:
    return (agent for agent in lane.members.values() if agent.available())


def _age(kept: Kept) -> tuple[Moment, str]:
    return kept.at, kept.id
