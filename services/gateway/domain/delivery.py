"""A message that another service asked the gateway to bring to a customer, and the answer it may get.

pending ─▶ sent ─▶ confirmed       A rating may come at any time after `sent`, once, before its time is over.
   ╰─────────┴──▶ failed
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from services.gateway.domain.errors import StateConflict

PENDING, SENT, CONFIRMED, FAILED = "pending", "sent", "confirmed", "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """A rating from 1 to `scale_max` before `until` answers the survey."""

    survey_id: str
    scale_max: int
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverySent:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryFailed:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryConfirmed:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryAnswered:
    pass


DeliveryFact = DeliverySent | DeliveryFailed | DeliveryConfirmed | DeliveryAnswered


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """`answer_place` is where an answer is waited for, `<channel>|<address>`, as long as one is: from the beginning,
    for a customer may answer before the channel has said that it took the message.

    `attempts` counts tries that were begun: after the first, the provider is asked before the message is sent again.
    """

    tenant: str
    id: str
    contact_id: str
    channel: str
    customer_id: str
    customer_address: str
    entry_address: str
    content_path: str
    created_at: datetime
    expects: Expected | None = None
    state: str = PENDING
    code: str = ""
    attempts: int = 0
    provider_message_id: str = ""
    sent_at: datetime | None = None
    answer_place: str | None = None
    answer_message_id: str = ""
    rating: int = 0
    traceparent: str = ""


Change = tuple[Delivery, Sequence[DeliveryFact]]


def attempt(delivery: Delivery) -> Delivery:
    """Record that a try begins, before it begins."""
    return replace(delivery, attempts=delivery.attempts + 1)


def sent(delivery: Delivery, *, provider_message_id: str, answer_place: str, at: datetime) -> Change:
    """The channel took the message. A receipt, and even the answer, may have been faster than the channel's word."""
    overtaken = delivery.state == CONFIRMED and delivery.sent_at is None
    if delivery.state != PENDING and not overtaken:
        return delivery, ()
    place = answer_place if delivery.expects and not delivery.rating else None
    known = replace(delivery, provider_message_id=provider_message_id, sent_at=at, answer_place=place)
    return (known, ()) if overtaken else (replace(known, state=SENT), (DeliverySent(),))


def confirmed(delivery: Delivery) -> Change:
    """The customer's device has it."""
    if delivery.state not in {PENDING, SENT}:
        return delivery, ()
    facts: tuple[DeliveryFact, ...] = (DeliveryConfirmed(),)
    if delivery.state == PENDING:
        facts = (DeliverySent(), *facts)
    return replace(delivery, state=CONFIRMED), facts


def failed(delivery: Delivery, *, code: str) -> Change:
    """The message will not arrive."""
    if delivery.state not in {PENDING, SENT}:
        return delivery, ()
    return replace(delivery, state=FAILED, code=code, answer_place=None), (DeliveryFailed(),)


def answered(delivery: Delivery, *, rating: int, message_id: str, at: datetime) -> Change:
    """The customer rated. A second answer changes nothing.

    Raises StateConflict where no such answer is expected: `answer-not-expected`, `answer-too-late`, `rating-off-scale`.
    """
    if delivery.rating:
        return delivery, ()
    expects = delivery.expects
    if expects is None or delivery.state == FAILED:
        raise StateConflict("answer-not-expected", f"Delivery {delivery.id} expects no answer.")
    if at > expects.until:
        raise StateConflict("answer-too-late", f"Delivery {delivery.id} expected its answer earlier.")
    if not 1 <= rating <= expects.scale_max:
        raise StateConflict("rating-off-scale", f"The rating must be from 1 to {expects.scale_max}.")
    changed = replace(delivery, rating=rating, answer_message_id=message_id, answer_place=None)
    return changed, (DeliveryAnswered(),)
