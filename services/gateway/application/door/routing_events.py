"""Routing's events as the door sees them: one flat record, whatever the wire's message."""

from dataclasses import dataclass
from datetime import datetime

#: The two streams that a pool numbers: decisions about contacts, and what its agents do.
CONTACTS = "contacts"
AGENTS = "agents"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingEvent:
    """An event of `stream` of a pool; fields that the kind of event does not have are empty."""

    name: str
    id: str
    tenant: str
    pool: str
    stream: str
    sequence: int
    time: datetime
    causation_id: str = ""
    contact_id: str = ""
    entry: int = 0
    queue_id: str = ""
    channel: str = ""
    queued_at: datetime | None = None
    offer_id: str = ""
    agent_id: str = ""
    team_id: str = ""
    site_id: str = ""
    offered_at: datetime | None = None
    expires_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    ended_by: str = ""
    reason: str = ""
    to_queue: str = ""
    to_pool: str = ""
    last_step: str = ""
    announcement: str = ""
    disposition: str = ""
    ticket_type: str = ""
    timed_out: bool = False
    transferred: bool = False
    priority: int = 0
    state: str = ""
    set_state: str = ""
    set_reason: str = ""
    held_units: int = 0
    capacity_units: int = 0
    breach_id: str = ""
    rule_id: str = ""
    rung: str = ""
    cause: str = ""
    limit_seconds: float = 0.0
    since: datetime | None = None
    position: int = 0
    seat: str = ""
    forced_by: str = ""
    by: str = ""
    forced: bool = False
    own_priority: int = 0
    wrap_up_until: datetime | None = None
    extensions: int = 0
    grace_until: datetime | None = None
    callback_attempt: int = 0
    callback_contact_id: str = ""
    due_at: datetime | None = None
    not_after: datetime | None = None
