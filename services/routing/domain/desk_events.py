"""What was decided about an agent's desk or by a supervisor's hand; beside `events`, whose union has them too.

Who did it stands in `by`: these events are the record of interventions.
"""

from typing import TypeAlias

from services.routing.domain.entry import Entry, Holder
from services.routing.domain.moments import Moment
from services.routing.domain.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class WrapUpExtended:
    """`wrap_up_until` is the limit from now on; `extensions` counts those of this wrap-up, this one too."""

    at: Moment
    entry: Entry
    offer_id: str
    holder: Holder
    answered_at: Moment
    ended_at: Moment
    wrap_up_until: Moment
    extensions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactAssignedByHand:
    """Follows the offer that a supervisor had made; `forced` where capacity and readiness were not asked for."""

    at: Moment
    entry: Entry
    offer_id: str
    holder: Holder
    by: str
    forced: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactPriorityChanged:
    """`priority` is the queue's and the contact's together, `own_priority` the contact's alone."""

    at: Moment
    entry: Entry
    priority: int
    own_priority: int
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactTakenOver:
    """Follows the transfer and the acceptance that a take-over is made of; `holder` talks now, `previous` did."""

    at: Moment
    entry: Entry
    offer_id: str
    holder: Holder
    previous: Holder
    by: str
    forced: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentPresenceLost:
    """The agent's last connection is gone: nothing new is offered, and at `grace_until` its offers go back."""

    at: Moment
    agent_id: str
    pool_id: str
    grace_until: Moment
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentPresenceRegained:
    """The agent came back, or acted, within the grace."""

    at: Moment
    agent_id: str
    pool_id: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentPresenceLapsed:
    """Internal: the grace is over; what follows from it is told by events of their own."""

    at: Moment
    agent_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PresenceNoted:
    """Internal: a report that changes nothing was taken in, so that an older one will not."""

    at: Moment
    agent_id: str
    version: int


DeskContactEvent: TypeAlias = WrapUpExtended | ContactAssignedByHand | ContactPriorityChanged | ContactTakenOver
DeskAgentEvent: TypeAlias = AgentPresenceLost | AgentPresenceRegained
DeskInternalEvent: TypeAlias = AgentPresenceLapsed | PresenceNoted

DESK_CONTACT_EVENTS = (WrapUpExtended, ContactAssignedByHand, ContactPriorityChanged, ContactTakenOver)
DESK_AGENT_EVENTS = (AgentPresenceLost, AgentPresenceRegained)
