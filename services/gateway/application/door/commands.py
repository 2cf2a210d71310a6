"""What the door asks of routing, and which events answer each command.

The engine may cause several events by one command; the awaited ones are those that state its outcome, so that an
agent-state change on another topic never answers an acceptance.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from services.gateway.domain.callback import CallbackPlan


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
    `forced_by` is who sets it for the agent, empty for the agent itself; `site` and `seat` are where the agent sits,
    empty for not said.
    """

    agent_id: str
    state: str
    reason: str
    queue: bool = False
    forced_by: str = ""
    force: bool = False
    site: str = ""
    seat: str = ""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtendWrapUp:
    """`seconds` come on top of the limit as it is."""

    contact_id: str
    agent_id: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignContact:
    """Offer a waiting contact to the agent; `by` is the supervisor, `force` asks for no capacity."""

    contact_id: str
    agent_id: str
    by: str
    force: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePriority:
    """`priority` is the contact's own; the queue's is added to it."""

    contact_id: str
    priority: int
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeOver:
    """Connect the agent with a contact that another talks with."""

    contact_id: str
    agent_id: str
    by: str
    force: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPresence:
    """Whether the agent is connected to any replica; the higher `version` is the newer report."""

    agent_id: str
    present: bool
    version: int
    grace_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestCallback:
    """The customer of a waiting contact is to be called back in its place."""

    contact_id: str
    plan: CallbackPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class RescheduleCallback:
    contact_id: str
    plan: CallbackPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportNotReached:
    """`agent_id` is who says so: only the holder may."""

    contact_id: str
    offer_id: str
    reason: str
    agent_id: str


RoutingCommand = (
    AcceptOffer
    | RejectOffer
    | SetAgentState
    | CancelBreak
    | TransferContact
    | CompleteWrapUp
    | EndContact
    | ExtendWrapUp
    | AssignContact
    | ChangePriority
    | TakeOver
    | ReportPresence
    | RequestCallback
    | RescheduleCallback
    | ReportNotReached
)

#: How a callback begins: it waits, waits for its time, or comes to nothing.
CALLBACK_BEGUN: Final = frozenset({"ContactQueued", "CallbackScheduled", "CallbackGivenUp"})

AWAITED: Final[Mapping[type[RoutingCommand], frozenset[str]]] = {
    AcceptOffer: frozenset({"OfferAccepted"}),
    RejectOffer: frozenset({"OfferRejected"}),
    # An agent who is missed and sets the state that is set already changes that alone.
    SetAgentState: frozenset({"AgentStateChanged", "BreakRequested", "AgentPresenceRegained"}),
    CancelBreak: frozenset({"BreakRequestEnded"}),
    TransferContact: frozenset({"ContactTransferred", "ContactFlowedOut"}),
    CompleteWrapUp: frozenset({"WrapUpCompleted"}),
    EndContact: frozenset({"ContactEnded", "ContactAbandoned", "CallbackGivenUp"}),
    ExtendWrapUp: frozenset({"WrapUpExtended"}),
    AssignContact: frozenset({"ContactAssignedByHand"}),
    ChangePriority: frozenset({"ContactPriorityChanged"}),
    TakeOver: frozenset({"OfferAccepted"}),
    ReportPresence: frozenset({"AgentPresenceLost", "AgentPresenceRegained"}),
    # What becomes of the callback itself: it is opened by the event before.
    RequestCallback: CALLBACK_BEGUN,
    # One that is due is told its times, and queued at once.
    RescheduleCallback: frozenset({"CallbackScheduled", "ContactQueued"}),
    ReportNotReached: frozenset({"CallbackNotReached"}),
}


def subject_of(command: RoutingCommand) -> str:
    """Name what the command is about, for its envelope."""
    match command:
        case AcceptOffer() | RejectOffer():
            return command.offer_id
        case SetAgentState() | CancelBreak() | ReportPresence():
            return command.agent_id
        case _:
            return command.contact_id
