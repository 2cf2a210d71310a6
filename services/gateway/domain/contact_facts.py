"""What a change of a contact has to tell others: events to announce and commands to routing."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactOpened:
    """The contact began; what it says is the contact's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactClosed:
    """The contact is in its final state."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryBegun:
    """The contact asks for a place in a queue of a pool."""

    number: int
    queue_id: str
    pool_id: str
    queued_at: datetime
    transferred_from: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndRequested:
    """The contact is to end, wherever in the pool it is."""

    pool_id: str
    ended_by: str
    agent_id: str
    entry: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackWanted:
    """The customer who waits wants to be called back in their place."""

    pool_id: str
    entry: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerNotReached:
    """The customer of a callback did not answer the telephone."""

    pool_id: str
    offer_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitoringStarted:
    """A supervisor began to follow the conversation that the agent holds."""

    supervisor_id: str
    mode: str
    agent_id: str
    team_id: str
    site_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitoringModeChanged(MonitoringStarted):
    previous_mode: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitoringEnded(MonitoringStarted):
    """`reason` is stopped, conversation-over or failed."""

    started_at: datetime
    reason: str


MonitoringFact = MonitoringStarted | MonitoringModeChanged | MonitoringEnded
Request = EntryBegun | EndRequested | CallbackWanted | CustomerNotReached
ContactFact = ContactOpened | ContactClosed | Request | MonitoringFact
