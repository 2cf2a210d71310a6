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
from services.routing.domain.entry import Decision, Entry, Holder
from services.routing.domain.moments import Moment
from services.routing.domain.settings import AgentProfile, QueueRules, SkillLevel


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactQueued:
    """`priority` and `required_skills` are the queue's and the contact's together; `own_...` the contact's alone.

    `declined` names the agents whom this entry is not offered to at first: whoever has just passed it on.
    """

    at: Moment
    entry: Entry
    priority: int
    required_skills: tuple[SkillLevel, ...]
    own_priority: int
    own_skills: tuple[SkillLevel, ...]
    transferred_from: str = ""
    declined: tuple[str, ...] = ()


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
    """The contact waits again until another event says more.

    `reason` is customer-left, agent-left, queue-removed, assigned-by-hand or presence-lost.
    """

    at: Moment
    entry: Entry
    offer_id: str
    holder: Holder
    offered_at: Moment
    reason: str


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
class EndNoted:
    """Internal: a contact ended that does not wait or talk here; a later entry of it is abandoned at once."""

    at: Moment
    contact_id: str
    ended_by: str


ContactEvent: TypeAlias = (
    ContactQueued
    | OfferMade
    | OfferAccepted
    | OfferRejected
    | OfferTimedOut
    | OfferWithdrawn
    | ContactAbandoned
    | ContactFlowedOut
    | ContactTransferred
    | ContactEnded
    | WrapUpCompleted
    | DeskContactEvent
)
AgentEvent: TypeAlias = AgentJoinedPool | AgentLeftPool | AgentStateChanged | DeskAgentEvent
InternalEvent: TypeAlias = AgentProfiled | AgentLeaving | QueueRuled | QueueRemoved | EndNoted | DeskInternalEvent
Event: TypeAlias = ContactEvent | AgentEvent | InternalEvent

CONTACT_EVENTS = (
    ContactQueued,
    OfferMade,
    OfferAccepted,
    OfferRejected,
    OfferTimedOut,
    OfferWithdrawn,
    ContactAbandoned,
    ContactFlowedOut,
    ContactTransferred,
    ContactEnded,
    WrapUpCompleted,
    *DESK_CONTACT_EVENTS,
)
AGENT_EVENTS = (AgentJoinedPool, AgentLeftPool, AgentStateChanged, *DESK_AGENT_EVENTS)
