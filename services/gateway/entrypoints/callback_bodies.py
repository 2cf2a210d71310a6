"""How callbacks look at the door."""

from collections.abc import Mapping
from typing import Final

from pydantic import BaseModel, Field

from services.gateway.application.ports import Waiting
from services.gateway.domain import calling_back
from services.gateway.domain.callback import Callback
from services.gateway.domain.calling_back import State
from services.gateway.domain.contact import Contact
from switchyard.service.times import Timestamp

#: What a list is narrowed to for each state, as `calling_back.state_of` tells one.
FILTERS: Final[Mapping[State, Mapping[str, object]]] = {
    "scheduled": {"state": "waiting", "callback.scheduled": True},
    "waiting": {"state": "waiting", "callback.scheduled": False},
    "calling": {"state": "talking", "callback.reached": False},
    "connected": {"state": "talking", "callback.reached": True},
    "wrap_up": {"state": "wrap_up"},
    "done": {"state": "closed", "outcome": {"$in": list(calling_back.SPOKEN)}},
    "not_reached": {"state": "closed", "outcome": {"$in": list(calling_back.UNSPOKEN)}},
    "cancelled": {"state": "closed", "outcome": calling_back.CANCELLED},
}


class CallbackBody(BaseModel):
    """A customer to be called, or called, back; its id is that of the contact by which they are."""

    id: str
    state: State = Field(
        description="waiting is for an agent; calling: an agent has accepted, and the customer's telephone rings;"
        " not_reached: given up"
    )
    queue: str
    contact: str | None = Field(description="The contact whose place it has; null where it was arranged without one.")
    customer: str
    customer_name: str
    address: str
    requested_at: Timestamp
    queued_at: Timestamp = Field(description="Since when it waits: the place that the customer had.")
    due_at: Timestamp | None
    not_after: Timestamp | None
    attempts: int = Field(description="How often the customer was called.")
    last_reason: str | None = Field(description="Why the customer is not called now, or was not reached last.")
    agent: str | None
    note: str | None
    position: int | None = Field(default=None, description="In the queue, from 1; where a single waiting one is asked.")
    estimated_wait_seconds: float | None = None
    version: int


def callback_body(contact: Contact, version: int, *, waiting: Waiting | None = None) -> CallbackBody:
    callback = contact.callback or Callback()
    return CallbackBody(
        id=contact.id,
        state=calling_back.state_of(contact),
        queue=contact.entry.queue_id,
        contact=contact.previous_contact_id or None,
        customer=contact.customer_id,
        customer_name=contact.customer_name,
        address=contact.callback_address,
        requested_at=contact.opened_at,
        queued_at=contact.entry.queued_at,
        due_at=callback.due_at,
        not_after=callback.not_after,
        attempts=callback.attempts,
        last_reason=callback.last_reason or None,
        agent=contact.holder.agent_id if contact.holder else None,
        note=contact.note or None,
        position=waiting.position if waiting else None,
        estimated_wait_seconds=waiting.estimated_wait_seconds if waiting else None,
        version=version,
    )
