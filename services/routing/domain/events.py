"""What a pool decided: the public events of `events/routing/v1`, and the internal ones that only the journal keeps.

Public events of contacts and of agents are two streams, each numbered without gaps. Internal events carry what
the state needs and no partner does; they have no number.
"""

from typing import TypeAlias

from services.routing.domain.agent_events import (
    AgentJoinedPool,
    AgentLeftPool,
    AgentStateChanged,
)
from services.routing.domain.callback_events import (
    CALLBACK_EVENTS,
    CallbackEvent,
    CallbackGivenUp,
    CallbackNotReached,
    CallbackRequested,
    CallbackScheduled,
)
from services.routing.domain.contact_events import (
    ContactAbandoned,
    ContactEnded,
    ContactFlowedOut,
    ContactParked,
    ContactQueued,
    ContactTransferred,
    OfferAccepted,
    OfferMade,
    OfferRejected,
    OfferTimedOut,
    OfferWithdrawn,
    SearchWidened,
    WorkInterrupted,
    WorkResumed,
    WrapUpCompleted,
)
from services.routing.domain.desk_events import (
    DESK_AGENT_EVENTS,
    DESK_CONTACT_EVENTS,
    DeskAgentEvent,
    DeskContactEvent,
    DeskInternalEvent,
)
from services.routing.domain.floor import events as floor
from services.routing.domain.internal_events import (
    AgentLeaving,
    AgentProfiled,
    EmergencyRuled,
    EndNoted,
    QueueRemoved,
    QueueRuled,
    StepPassed,
    WaitEstimated,
)

__all__ = [
    "AGENT_EVENTS",
    "CALLBACK_EVENTS",
    "CONTACT_EVENTS",
    "DESK_AGENT_EVENTS",
    "DESK_CONTACT_EVENTS",
    "FLOOR_EVENTS",
    "AgentEvent",
    "AgentJoinedPool",
    "AgentLeaving",
    "AgentLeftPool",
    "AgentProfiled",
    "AgentStateChanged",
    "CallbackEvent",
    "CallbackGivenUp",
    "CallbackNotReached",
    "CallbackRequested",
    "CallbackScheduled",
    "ContactAbandoned",
    "ContactEnded",
    "ContactEvent",
    "ContactFlowedOut",
    "ContactParked",
    "ContactQueued",
    "ContactTransferred",
    "DeskAgentEvent",
    "DeskContactEvent",
    "DeskInternalEvent",
    "EmergencyRuled",
    "EndNoted",
    "Event",
    "FloorEvent",
    "InternalEvent",
    "OfferAccepted",
    "OfferMade",
    "OfferRejected",
    "OfferTimedOut",
    "OfferWithdrawn",
    "QueueRemoved",
    "QueueRuled",
    "SearchWidened",
    "StepPassed",
    "WaitEstimated",
    "WorkInterrupted",
    "WorkResumed",
    "WrapUpCompleted",
]

ContactEvent: TypeAlias = (
    ContactQueued
    | SearchWidened
    | OfferMade
    | OfferAccepted
    | OfferRejected
    | OfferTimedOut
    | OfferWithdrawn
    | WorkInterrupted
    | WorkResumed
    | ContactAbandoned
    | ContactFlowedOut
    | ContactParked
    | ContactTransferred
    | ContactEnded
    | WrapUpCompleted
    | DeskContactEvent
    | CallbackEvent
)
FloorEvent: TypeAlias = (
    floor.FloorRuleBreached
    | floor.FloorBreachEnded
    | floor.BreakRequested
    | floor.BreakGranted
    | floor.BreakRequestEnded
)
AgentEvent: TypeAlias = AgentJoinedPool | AgentLeftPool | AgentStateChanged | FloorEvent | DeskAgentEvent
InternalEvent: TypeAlias = (
    StepPassed
    | AgentProfiled
    | AgentLeaving
    | QueueRuled
    | QueueRemoved
    | EmergencyRuled
    | EndNoted
    | WaitEstimated
    | floor.FloorRuled
    | floor.FloorRuleRemoved
    | floor.ShiftPlanned
    | floor.ShiftCancelled
    | floor.FloorLooked
    | DeskInternalEvent
)
Event: TypeAlias = ContactEvent | AgentEvent | InternalEvent

CONTACT_EVENTS = (
    ContactQueued,
    SearchWidened,
    OfferMade,
    OfferAccepted,
    OfferRejected,
    OfferTimedOut,
    OfferWithdrawn,
    WorkInterrupted,
    WorkResumed,
    ContactAbandoned,
    ContactFlowedOut,
    ContactParked,
    ContactTransferred,
    ContactEnded,
    WrapUpCompleted,
    *DESK_CONTACT_EVENTS,
    *CALLBACK_EVENTS,
)
FLOOR_EVENTS = (
    floor.FloorRuleBreached,
    floor.FloorBreachEnded,
    floor.BreakRequested,
    floor.BreakGranted,
    floor.BreakRequestEnded,
)
AGENT_EVENTS = (AgentJoinedPool, AgentLeftPool, AgentStateChanged, *FLOOR_EVENTS, *DESK_AGENT_EVENTS)
