"""What the routes of callbacks take."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated, Final, Literal

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from services.gateway.application.open_contact import NewContact
from services.gateway.domain.callback import Callback, CallbackPlan
from services.gateway.domain.calling_back import State
from services.gateway.domain.contact import VOICE
from services.gateway.domain.contact_attributes import MOST_ATTRIBUTES, attributes_of
from services.gateway.domain.phone_number import PATTERN, dialable
from services.gateway.entrypoints.callback_bodies import FILTERS
from services.gateway.entrypoints.contact_inputs import AttributeName, AttributeValue, Filter, Name
from switchyard.service.problems import FieldError, Problem
from switchyard.service.times import GivenTime

#: Nobody's clock is exact, and a request takes a moment.
LATE: Final = timedelta(minutes=1)
FURTHEST: Final = timedelta(days=90)
#: What is said of a callback that was arranged without a contact; with one, the contact says it.
_ARRANGED: Final = ("customer_name", "priority", "attributes", "note")


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PlanIn(_In):
    at: GivenTime | None = Field(default=None, description="Not before; without it, when it is the customer's turn.")
    not_after: GivenTime | None = Field(default=None, description="Given up then; without it, as the queue says.")


class CallbackIn(PlanIn):
    """Either a `contact` that waits, whose place the callback keeps, or a `queue` and an `address`."""

    contact: Annotated[str, Field(max_length=64)] | None = None
    queue: Name | None = None
    address: Annotated[str, Field(pattern=PATTERN, description="E.164, such as +8613800000000.")] | None = None
    customer_name: Annotated[str, Field(max_length=200)] = ""
    priority: Annotated[int, Field(ge=-1000, le=1000, description="The queue's own is added.")] = 0
    attributes: Annotated[dict[AttributeName, AttributeValue], Field(max_length=MOST_ATTRIBUTES)] = {}
    note: Annotated[str, Field(max_length=10_000, description="What the agent should know.")] = ""


class NotReachedIn(_In):
    reason: Literal["no-answer", "busy", "rejected", "failed"]


def checked(body: CallbackIn) -> None:
    """Raises Problem 422 where it is not clear who is to be called, or the number is none."""
    if (body.contact is None) == (body.queue is None):
        raise refused("contact-or-queue", "Name either a contact that waits or a queue.", "/contact")
    if body.address is not None and not dialable(body.address):
        raise refused("address-invalid", "Nobody can be called at this number.", "/address")
    foreign = next((name for name in _ARRANGED if name in body.model_fields_set), None)
    if body.contact is not None and foreign is not None:
        raise refused("fields-not-together", f"{foreign} goes with queue: a contact has its own.", f"/{foreign}")


def plan_of(at: datetime | None, not_after: datetime | None, now: datetime) -> CallbackPlan:
    """Read a plan to the millisecond. Raises Problem 422 for a time that has passed, is too far off, or too early."""
    at, not_after = _plain(at), _plain(not_after)
    if at is not None and at < now - LATE:
        raise refused("time-passed", "This time has passed.", "/at")
    for pointer, moment in (("/at", at), ("/not_after", not_after)):
        if moment is not None and moment > now + FURTHEST:
            raise refused("time-too-far", f"At most {FURTHEST.days} days ahead.", pointer)
    if not_after is not None and not_after <= (at or now):
        raise refused("time-too-early", "It is given up before it begins.", "/not_after")
    return CallbackPlan(due_at=at if at is not None and at > now else None, not_after=not_after)


def moved(body: PlanIn, before: Callback, now: datetime) -> CallbackPlan:
    """Read a change of a plan: what is not named stays as it was, a time that has come included. Raises as `plan_of`.

    A `not_after` that nobody asked for is the queue's again under the new time.
    """
    until = body.not_after if "not_after" in body.model_fields_set else before.not_after_asked
    if "at" in body.model_fields_set:
        return plan_of(body.at, until, now)
    ahead = before.due_at if before.due_at is not None and before.due_at > now else None
    return replace(plan_of(ahead, until, now), due_at=before.due_at)


def to_be_called(body: CallbackIn, tenant: str, identity: str, plan: CallbackPlan, now: datetime) -> NewContact:
    """Read the contact by which a customer is called without having waited."""
    return NewContact(
        tenant=tenant,
        contact_id=identity,
        channel=VOICE,
        direction="outbound",
        customer_address=body.address or "",
        customer_name=body.customer_name,
        queue_id=body.queue or "",
        client_id=identity,
        attributes=attributes_of(body.attributes),
        priority=body.priority,
        note=body.note,
        callback=plan,
        at=now,
    )


def _plain(moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def refused(code: str, detail: str, pointer: str) -> Problem:
    return Problem(422, code, detail, errors=(FieldError(pointer, detail),))


def callback_filters(
    *,
    state: Annotated[State | None, Query()] = None,
    queue: Filter = None,
    contact: Filter = None,
    customer: Filter = None,
) -> dict[str, object]:
    """FastAPI dependency: what a list of callbacks is narrowed to."""
    filters: dict[str, object | None] = {
        "callback": {"$exists": True},
        "entry.queue_id": queue,
        "previous_contact_id": contact,
        "customer_id": customer,
        **(FILTERS[state] if state is not None else {}),
    }
    return {name: value for name, value in filters.items() if value is not None}
