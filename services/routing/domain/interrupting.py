"""Work that waits while its agent handles something more urgent, such as e-mails during a call; and its return.

Interrupted work stays the agent's, keeps its customer and takes no capacity meanwhile. It is set aside as the more
urgent contact is offered, and taken up again as soon as that one is over and there is room.
"""

from services.routing.domain.agent import Agent
from services.routing.domain.events import WorkInterrupted, WorkResumed
from services.routing.domain.evolve import evolve
from services.routing.domain.moments import Moment
from services.routing.domain.pool import PoolState


def interrupt(state: PoolState, agent: Agent, channel: str, by: str, now: Moment) -> tuple[WorkInterrupted, ...]:
    """Set aside what a contact of this channel interrupts; `by` is its offer."""
    aside = interrupted(agent, channel, by, now)
    for told in aside:
        evolve(state, told)
    return aside


def interrupted(agent: Agent, channel: str, by: str, now: Moment) -> tuple[WorkInterrupted, ...]:
    """Say what a contact of this channel interrupts, where it does not fit beside it; nothing is set aside yet."""
    if agent.fits_beside(channel):
        return ()
    return tuple(
        WorkInterrupted(at=now, entry=work.entry, offer_id=work.offer_id, holder=agent.holder, by_offer_id=by)
        for work in sorted(agent.interruptible_by(channel), key=lambda work: work.number)
    )


def resume(state: PoolState, now: Moment) -> list[WorkResumed]:
    """Give touched agents the work back that nothing interrupts any more, the oldest first."""
    resumed = []
    for agent_id in tuple(state.touched_agents):
        agent = state.agents.get(agent_id)
        for work in agent.resumable() if agent is not None and agent.interrupted else ():
            told = WorkResumed(at=now, entry=work.entry, offer_id=work.offer_id, holder=work.holder)
            evolve(state, told)
            resumed.append(told)
    return resumed
