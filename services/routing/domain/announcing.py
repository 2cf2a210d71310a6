"""When an agent's state has changed, and how it is told."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from services.routing.domain.agent import Agent, Shown
from services.routing.domain.events import AgentLeftPool, AgentStateChanged
from services.routing.domain.evolve import evolve
from services.routing.domain.moments import Moment
from services.routing.domain.pool import PoolState
from services.routing.domain.stays import Offered
from services.routing.domain.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody sets an agent to; without `seat` and `at_site` the agent stays where it sits."""

    state: str
    reason: str = ""
    forced_by: str = ""
    at_site: str = ""
    seat: str = ""


def change(
    state: PoolState, agent: Agent, wanted: Wanted, now: Moment, *, given_back: Sequence[Offered] = ()
) -> AgentStateChanged:
    """Tell of a state that somebody sets; `given_back` are the agent's offers that are withdrawn before."""
    derived = len(agent.holds) > len(given_back)
    shown = Shown(
        state=agent.announced.state if derived else wanted.state,
        reason="" if derived else wanted.reason,
        set_state=wanted.state,
        set_reason=wanted.reason,
        held_units=agent.held_units - sum(offer.units for offer in given_back),
        capacity_units=agent.capacity_in(wanted.state),
    )
    changed = _changed(state, agent, shown, now, contact_id="")
    place = (wanted.at_site or agent.at_site, wanted.seat or agent.seat) if shown.state != "offline" else ("", "")
    return replace(_placed(changed, agent, place), forced_by=wanted.forced_by)


def announce(state: PoolState, contact_id: str, now: Moment) -> Iterator[AgentStateChanged | AgentLeftPool]:
    """Tell of every touched agent whose state or load is no longer the one announced, and of who has left."""
    for agent_id in tuple(state.touched_agents):
        agent = state.agents.get(agent_id)
        if agent is None:
            continue
        gone = agent.leaving and not agent.holds
        shown = Shown() if gone else agent.shown()
        if shown != agent.announced:
            changed = _changed(state, agent, shown, now, contact_id=contact_id)
            if shown.state == "offline":
                changed = _placed(changed, agent, ("", ""))
            evolve(state, changed)
            yield changed
        if gone:
            left = AgentLeftPool(at=now, agent_id=agent_id, pool_id=state.pool_id)
            evolve(state, left)
            yield left


def _changed(state: PoolState, agent: Agent, shown: Shown, now: Moment, *, contact_id: str) -> AgentStateChanged:
    return AgentStateChanged(
        at=now,
        holder=agent.holder,
        pool_id=state.pool_id,
        state=shown.state,
        reason=shown.reason,
        set_state=shown.set_state,
        set_reason=shown.set_reason,
        previous_state=agent.announced.state,
        previous_reason=agent.announced.reason,
        previous_since=agent.since,
        held_units=shown.held_units,
        capacity_units=agent.profile.capacity_units,
        previous_held_units=agent.announced.held_units,
        contact_id=contact_id,
        at_site=agent.at_site,
        seat=agent.seat,
    )


def _placed(changed: AgentStateChanged, agent: Agent, place: tuple[str, str]) -> AgentStateChanged:
    at_site, seat = place
    holder = replace(changed.holder, site_id=at_site or agent.profile.site_id)
    return replace(changed, holder=holder, at_site=at_site, seat=seat)
