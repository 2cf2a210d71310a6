"""An agent says, or a supervisor for it, whether it wants contacts."""

from services.routing.domain import refusals
from services.routing.domain.agent import NOT_READY_REASONS, SET_STATES, Agent
from services.routing.domain.announcing import Wanted, change
from services.routing.domain.commands import SetAgentState
from services.routing.domain.decisions.answer import Answer
from services.routing.domain.decisions.offers import withdraw
from services.routing.domain.decisions.presence import act_of_presence
from services.routing.domain.decisions.seating import Place, moves, wanted_place
from services.routing.domain.events import OfferWithdrawn
from services.routing.domain.floor.breaks import instead_of_break, on_break, pointless_request
from services.routing.domain.floor.events import BreakRequested
from services.routing.domain.floor.spans import BREAK
from services.routing.domain.moments import Moment
from services.routing.domain.pool import PoolState
from services.routing.domain.refusals import Refusal
from services.routing.domain.stays import Offered


def set_agent_state(state: PoolState, command: SetAgentState, now: Moment) -> Answer:
    """Set offline, available or not ready; what is held goes on, and what rings rings on, except when signing out.

    Signing out while talking or in wrap-up is refused: the customer would be left alone, or the outcome lost. With
    `force` it is done all the same: nothing new comes, what is held is finished as it is.
    """
    agent = state.agents.get(command.agent_id)
    if agent is None or agent.leaving:
        return refusals.agent_unknown(command.agent_id)
    if not _is_known(command.state, command.reason):
        return refusals.state_unknown(f"{command.state} {command.reason}".strip())
    place = wanted_place(state, agent, command)
    return place if isinstance(place, Refusal) else _set(state, agent, command, place, now)


def _set(state: PoolState, agent: Agent, command: SetAgentState, place: Place, now: Moment) -> Answer:
    acted = act_of_presence(state, agent, command, now)
    if (agent.set_state, agent.set_reason) == (command.state, command.reason) and not moves(agent, place):
        return acted
    instead = _instead_of_break(state, agent, command, now)
    if instead is not None:
        return instead if isinstance(instead, Refusal) else (*instead, *acted)
    wanted = Wanted(
        state=command.state, reason=command.reason, forced_by=command.forced_by, at_site=place[0], seat=place[1]
    )
    if command.state != "offline":
        return change(state, agent, wanted, now), *pointless_request(state, agent, wanted, now), *acted
    return sign_out(state, agent, wanted, now, force=command.force)


def _instead_of_break(
    state: PoolState, agent: Agent, command: SetAgentState, now: Moment
) -> tuple[BreakRequested, ...] | Refusal | None:
    """Hold back who wants a break that cannot be now; not who has one already, and nobody whom a supervisor sends.

    A supervisor who asks for the agent's place in line gets that.
    """
    sent = bool(command.forced_by) and not command.queue
    if command.reason != BREAK or sent or on_break(agent):
        return None
    return instead_of_break(state, agent, queue=command.queue, now=now)


def sign_out(state: PoolState, agent: Agent, wanted: Wanted, now: Moment, *, force: bool = False) -> Answer:
    """Take an agent off, its open offers given back."""
    offers = open_offers(agent)
    held = len(agent.holds) - len(offers)
    if held and not force:
        return refusals.agent_holds_contacts(agent.id, held)
    return *withdrawn_offers(agent, now), change(state, agent, wanted, now, given_back=offers)


def withdrawn_offers(agent: Agent, now: Moment, reason: str = "agent-left") -> tuple[OfferWithdrawn, ...]:
    return tuple(withdraw(offer, reason, now) for offer in open_offers(agent))


def open_offers(agent: Agent) -> list[Offered]:
    """List what rings at an agent, in the order in which it began to."""
    return sorted((h for h in agent.holds.values() if isinstance(h, Offered)), key=lambda offer: offer.number)


def _is_known(state: str, reason: str) -> bool:
    return state in SET_STATES and (reason in NOT_READY_REASONS if state == "not_ready" else not reason)
