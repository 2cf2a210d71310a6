"""What a pool decided: the public events of `events/routing/v1`, and the internal ones that only the journal keeps.

Public events of contacts and of agents are two streams, each numbered without gaps. Internal events carry what
the state needs and no partner does; they have no number.
"""

from dataclasses import dataclass
from typing import TypeAlias

from services.routing.domain.desk_events import (
    DESK_AGENT_EVENTS,
    DESK_CONTACT_EVENTS,
    DeskAgentEvent,
    DeskContactEvent,
    DeskInternalEvent,
)
from services.routing.domain.emergency import Emergency
from services.routing.domain.entry import Decision, Entry, Holder
from services.routing.domain.floor import events as floor
from services.routing.domain.forecasts import GivenEstimate
from services.routing.domain.moments import Moment
from services.routing.domain.settings import AgentProfile, Attribute, QueueRules, SkillLevel
from services.routing.domain.widening import Widening


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactQueued:
    """`priority` and `required_skills` are the queue's and the contact's together; `own_...` the contact's alone.

    `declined` names the agents whom this entry is not offered to at first: whoever has just passed it on. Until
    `kept_until` it is offered to `kept_for` alone, the customer's last agent; empty for everybody.
    """

    at: Moment
    entry: Entry
    priority: int
    required_skills: tuple[SkillLevel, ...]
    own_priority: int
    own_skills: tuple[SkillLevel, ...]
    transferred_from: str = ""
    declined: tuple[str, ...] = ()
    kept_for: str = ""
    kept_until: Moment = 0
    attributes: tuple[Attribute, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchWidened:
    """A contact still waits, and is looked for more widely: `step` counts its queue's rule steps from 1.

    `widening` is all that holds from now on; `priority` and `required_skills` with it. `step` of the last one that
    was taken, where the contact is only kept for its last agent no more (`reason` kept-over rather than step).
    """

    at: Moment
    entry: Entry
    step: int
    reason: str
    widening: Widening
    priority: int
    required_skills: tuple[SkillLevel, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepPassed:
    """Internal: a rule step's time came and its condition did not hold."""

    at: Moment
    entry: Entry
    step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferMade:
    """`number` is the offer's place in the pool's history; `units` the capacity it takes of the agent."""

    at: Moment
    entry: Entry
    offer_id: str
    number: int
    holder: Holder
    units: int
    expires_at: Moment
    decision: Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferAccepted:
    at: Moment
    entry: Entry
    offer_id: str
    holder: Holder
    offered_at: Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferRejected:
    at: Moment
    entry: Entry
    offer_id: str
    holder: Holder
    offered_at: Moment
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferTimedOut:
    """The agent let it ring: the contact keeps its place and the agent is set not ready, reason `system`."""

    at: Moment
    entry: Entry
    offer_id: str
    holder: Holder
    offered_at: Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferWithdrawn:
    """`reason` is customer-left, agent-left, taken, queue-removed, contact-parked, site-closed, emergency,
    assigned-by-hand or presence-lost.

    The contact waits again, or rings on with others who are asked, until another event says more.
    """

    at: Moment
    entry: Entry
    offer_id: str
    holder: Holder
    offered_at: Moment
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkInterrupted:
    """What the agent works on is set aside for a more urgent contact, offered as `by_offer_id`."""

    at: Moment
    entry: Entry
    offer_id: str
    holder: Holder
    by_offer_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkResumed:
    """The agent has interrupted work back."""

    at: Moment
    entry: Entry
    offer_id: str
    holder: Holder


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactAbandoned:
    at: Moment
    entry: Entry
    ended_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactFlowedOut:
    """`reason` is transfer, overflow, closed, emergency or queue-removed.

    Without `to_queue` the contact is over for routing; `last_step` (voicemail, callback, message) says what the
    gateway does with it, and `announcement` what the customer is told.
    """

    at: Moment
    entry: Entry
    reason: str
    to_queue: str = ""
    to_pool: str = ""
    last_step: str = ""
    announcement: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactParked:
    """The contact broke a rule and is offered to nobody; `reason` is matching-failed or timer-failed."""

    at: Moment
    entry: Entry
    reason: str
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactTransferred:
    """`wrap_up_until` is when the wrap-up that begins here is over at the latest."""

    at: Moment
    entry: Entry
    offer_id: str
    holder: Holder
    answered_at: Moment
    to_queue: str
    to_pool: str
    wrap_up_until: Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactEnded:
    """`wrap_up_until` is when the wrap-up that begins here is over at the latest."""

    at: Moment
    entry: Entry
    offer_id: str
    holder: Holder
    answered_at: Moment
    ended_by: str
    wrap_up_until: Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class WrapUpCompleted:
    at: Moment
    entry: Entry
    offer_id: str
    holder: Holder
    answered_at: Moment
    ended_at: Moment
    disposition: str
    timed_out: bool
    ticket_type: str
    transferred: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentJoinedPool:
    at: Moment
    agent_id: str
    team_id: str
    site_id: str
    pool_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentLeftPool:
    at: Moment
    agent_id: str
    pool_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentStateChanged:
    """The state shown, the state set or the units held have changed; `previous_since` is the change before this one.

    `contact_id` names the contact that the change follows from, empty where a person made it; `forced_by` that
    person, where it is not the agent. `at_site` and `seat` say where the agent has signed in, empty for not said.
    """

    at: Moment
    holder: Holder
    pool_id: str
    state: str
    reason: str
    set_state: str
    set_reason: str
    previous_state: str
    previous_reason: str
    previous_since: Moment
    held_units: int
    capacity_units: int
    previous_held_units: int = 0
    contact_id: str = ""
    forced_by: str = ""
    at_site: str = ""
    seat: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentProfiled:
    """Internal: an agent's profile as it holds from now on; where the agent was not there, it is, offline."""

    at: Moment
    profile: AgentProfile


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentLeaving:
    """Internal: the agent gets no more offers and leaves the pool when it holds nothing."""

    at: Moment
    agent_id: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRuled:
    """Internal: a queue's rules as they hold from now on, for who waits in it too."""

    at: Moment
    rules: QueueRules


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRemoved:
    """Internal: the queue is gone; whoever waited has flowed out before."""

    at: Moment
    queue_id: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyRuled:
    """Internal: the emergency as it holds from now on, None for none; who was to leave has flowed out before."""

    at: Moment
    emergency: Emergency | None
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EndNoted:
    """Internal: a contact ended that does not wait or talk here; a later entry of it is abandoned at once."""

    at: Moment
    contact_id: str
    ended_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitEstimated:
    """Internal: how long a contact that began to wait was expected to."""

    at: Moment
    given: GivenEstimate


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
)
FLOOR_EVENTS = (
    floor.FloorRuleBreached,
    floor.FloorBreachEnded,
    floor.BreakRequested,
    floor.BreakGranted,
    floor.BreakRequestEnded,
)
AGENT_EVENTS = (AgentJoinedPool, AgentLeftPool, AgentStateChanged, *FLOOR_EVENTS, *DESK_AGENT_EVENTS)
