"""An agent says, or a supervisor for it, whether it wants contacts."""

from services.routing.domain import refusals
from services.routing.domain.agent import NOT_READY_REASONS, SET_STATES, Agent
from services.routing.domain.announcing import change
from services.routing.domain.commands import SetAgentState
from services.routing.domain.decisions.answer import NOTHING, Answer
from services.routing.domain.decisions.offers import withdraw
from services.routing.domain.events import OfferWithdrawn
from services.routing.domain.floor.breaks import instead_of_break
from services.routing.domain.moments import Moment
from services.routing.domain.pool import PoolState
from services.routing.domain.stays import Offered


def set_agent_state(state: PoolState, command: SetAgentState, now: Moment) -> Answer:
    """Set offline, available or not ready; what is held goes on, and what rings rings on, except when signing out.

    Signing out while talking or in wrap-up is refused: the customer would be left alone, or the outcome lost.
    """
    agent = state.agents.get(command.agent_id)
    if agent is None or agent.leaving:
        return refusals.agent_unknown(command.agent_id)
    if not _is_known(command.state, command.reason):
        return refusals.state_unknown(f"{command.state} {command.reason}".strip())
    if (agent.set_state, agent.set_reason) == (command.state, command.reason):
        return NOTHING
    instead = instead_of_break(state, agent, queue=command.queue, now=now) if command.reason == "break" else None
    if instead is not None:
        return instead
    if command.state != "offline":
        return (change(state, agent, command.state, command.reason, now),)
    return sign_out(state, agent, now)


def sign_out(state: PoolState, agent: Agent, now: Moment) -> Answer:
    """Take an agent off, its open offers given back."""
    held = sum(not isinstance(hold, Offered) for hold in agent.holds.values())
    if held:
        return refusals.agent_holds_contacts(agent.id, held)
    return *withdrawn_offers(agent, now), change(state, agent, "offline", "", now, holding=False)


def withdrawn_offers(agent: Agent, now: Moment) -> tuple[OfferWithdrawn, ...]:
    offers = sorted((h for h in agent.holds.values() if isinstance(h, Offered)), key=lambda offer: offer.number)
    return tuple(withdraw(offer, "agent-left", now) for offer in offers)


def _is_known(state: str, reason: str) -> bool:
    return state in SET_STATES and (reason in NOT_READY_REASONS if state == "not_ready" else not reason)
