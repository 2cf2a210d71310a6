"""Where an agent signs in: one seat for one agent, and one place at a time for an agent."""

from typing import TypeAlias

from services.routing.domain import refusals
from services.routing.domain.agent import Agent
from services.routing.domain.commands import SetAgentState
from services.routing.domain.pool import PoolState
from services.routing.domain.refusals import Refusal

#: Site and seat; both empty where none was said.
Place: TypeAlias = tuple[str, str]


def wanted_place(state: PoolState, agent: Agent, command: SetAgentState) -> Place | Refusal:
    """Say where the agent sits after the command; a seat named without a site is one of the agent's own site."""
    if command.state == "offline" or not (command.site or command.seat):
        return ("", "")
    place = (command.site or agent.holder.site_id, command.seat)
    if _signed_in(agent) and _is_elsewhere(agent, place):
        return refusals.signed_in_elsewhere(agent.id, agent.holder.site_id, agent.seat)
    taken_by = state.seats.get(place) if command.seat else None
    if taken_by not in (None, agent.id):
        return refusals.seat_taken(*place)
    return place


def moves(agent: Agent, place: Place) -> bool:
    """Say whether the place tells anything new about where the agent sits."""
    at_site, seat = place
    return (at_site or agent.at_site, seat or agent.seat) != (agent.at_site, agent.seat)


def _signed_in(agent: Agent) -> bool:
    return agent.set_state != "offline" or bool(agent.holds)


def _is_elsewhere(agent: Agent, place: Place) -> bool:
    site, seat = place
    at_site = agent.holder.site_id
    return (bool(at_site) and site != at_site) or (bool(agent.seat) and bool(seat) and seat != agent.seat)
