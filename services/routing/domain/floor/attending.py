"""What follows on the floor from a command or a deadline: breaks that there is room for, then breaches."""

from collections.abc import Iterator

from services.routing.domain.announcing import Wanted, change
from services.routing.domain.events import Event
from services.routing.domain.evolve import evolve
from services.routing.domain.floor.breaks import next_grant, void_request
from services.routing.domain.floor.spans import BREAK, NOT_READY_STATE
from services.routing.domain.floor.watching import look
from services.routing.domain.moments import Moment
from services.routing.domain.pool import PoolState


def grant_breaks(state: PoolState, now: Moment) -> Iterator[Event]:
    """Send on break whom there is room for, in the order in which they asked; what they hold goes on."""
    while state.floor.requests and (granted := next_grant(state, now)) is not None:
        agent, on_break = state.agents[granted.holder.agent_id], Wanted(state=NOT_READY_STATE, reason=BREAK)
        for event in (granted, change(state, agent, on_break, now)):
            evolve(state, event)
            yield event


def watch(state: PoolState, now: Moment) -> Iterator[Event]:
    """Look at everybody whose standing may have changed."""
    for agent_id in tuple(state.floor.touched):
        for event in (*void_request(state, agent_id, now), *look(state, agent_id, now)):
            evolve(state, event)
            yield event
    state.floor.touched.clear()
