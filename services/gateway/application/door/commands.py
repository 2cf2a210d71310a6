"""What the door asks of routing, and which events answer each command.

The engine may cause several events by one command; the awaited ones are those that state its outcome, so that an
agent-state change on another topic never answers an acceptance.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptOffer:
    offer_id: str
    agent_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectOffer:
    offer_id: str
    agent_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAgentState:
    """`state` is offline, available or not_ready; `reason` goes with not_ready only.

    With `queue` a break that cannot be now is waited for, the agent working on meanwhile.
    """

    agent_id: str
    state: str
    reason: str
    queue: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelBreak:
    """Give up the place among those who wait for a break."""

    agent_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferContact:
    """`agent_id` is empty where a supervisor moves a contact that waits."""

    contact_id: str
    agent_id: str
    to_queue: str
    to_pool: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteWrapUp:
    contact_id: str
    agent_id: str
    disposition: str
    ticket_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndContact:
    """`agent_id` is set where an agent asks: only the holder may."""

    contact_id: str
    ended_by: str
    agent_id: str


RoutingCommand = AcceptOffer | RejectOffer | SetAgentState | TransferContact | CompleteWrapUp | EndContact | CancelBreak

AWAITED: Final[Mapping[type[RoutingCommand], frozenset[str]]] = {
    AcceptOffer: frozenset({"OfferAccepted"}),
    RejectOffer: frozenset({"OfferRejected"}),
    SetAgentState: frozenset({"AgentStateChanged", "BreakRequested"}),
    CancelBreak: frozenset({"BreakRequestEnded"}),
    TransferContact: frozenset({"ContactTransferred", "ContactFlowedOut"}),
    CompleteWrapUp: frozenset({"WrapUpCompleted"}),
    EndContact: frozenset({"ContactEnded", "ContactAbandoned"}),
}


def subject_of(command: RoutingCommand) -> str:
    """Name what the command is about, for its envelope."""
    match command:
        case AcceptOffer() | RejectOffer():
            return command.offer_id
        case SetAgentState() | CancelBreak():
            return command.agent_id
        case TransferContact() | CompleteWrapUp() | EndContact():
            return command.contact_id
