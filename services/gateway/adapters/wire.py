"""The gateway's own facts as protobuf on its topics, and back.

Keys start with the tenant; a contact's events and commands lead to it by `correlation_id`.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp

from services.gateway.adapters.wire_monitoring import monitoring_message
from services.gateway.application.ports import Cause
from services.gateway.domain.contact import Contact
from services.gateway.domain.contact_attributes import for_routing
from services.gateway.domain.contact_facts import (
    CallbackWanted,
    ContactClosed,
    ContactFact,
    ContactOpened,
    CustomerNotReached,
    EndRequested,
    EntryBegun,
)
from services.gateway.domain.customer import Customer, CustomerFact
from services.gateway.domain.delivery import (
    Delivery,
    DeliveryAnswered,
    DeliveryConfirmed,
    DeliveryFact,
    DeliveryFailed,
    DeliverySent,
)
from services.gateway.domain.identifiers import enqueue_command, routing_command
from services.gateway.domain.line import Line
from switchyard.eventing.drafting import command, draft
from switchyard.eventing.envelope import EventDraft, Message
from switchyard.events.gateway.v1 import contact_events_pb2 as contact_pb
from switchyard.events.gateway.v1 import delivery_events_pb2 as delivery_pb
from switchyard.internal.routing.v1 import commands_pb2 as routing_pb

CONTACT_EVENTS = "contact-events-v1"
ROUTING_COMMANDS = "routing-commands-v1"


def contact_messages(contact: Contact, facts: Sequence[ContactFact], cause: Cause) -> list[EventDraft | Message]:
    """Announce a contact's facts, in their order."""
    return [_contact_message(contact, fact, cause) for fact in facts]


def _contact_message(contact: Contact, fact: ContactFact, cause: Cause) -> EventDraft | Message:
    match fact:
        case ContactOpened():
            return _contact_event(contact, _opened(contact), cause)
        case ContactClosed():
            return _contact_event(contact, _closed(contact), cause)
        case EntryBegun():
            return _enqueue(contact, fact, cause)
        case EndRequested():
            return _end(contact, fact, cause)
        case CallbackWanted() | CustomerNotReached():
            return _of_callback(contact, fact, cause)
        case _:
            return _contact_event(contact, monitoring_message(contact, fact), cause)


def _contact_event(contact: Contact, message: Any, cause: Cause) -> EventDraft:
    return draft(
        message,
        topic=CONTACT_EVENTS,
        key=f"{contact.tenant}/{contact.id}",
        subject=contact.id,
        time=cause.at,
        correlation_id=contact.id,
        causation_id=cause.id,
    )


def _opened(contact: Contact) -> contact_pb.ContactOpened:
    return contact_pb.ContactOpened(
        contact_id=contact.id,
        channel=contact.channel,
        direction=contact.direction,
        entry_point=contact.entry_point,
        queue_id=contact.entry.queue_id,
        customer_id=contact.customer_id,
        service_request_id=contact.service_request_id,
        previous_contact_id=contact.previous_contact_id,
    )


def _closed(contact: Contact) -> contact_pb.ContactClosed:
    holder = contact.holder
    return contact_pb.ContactClosed(
        contact_id=contact.id,
        channel=contact.channel,
        outcome=contact.outcome,
        ended_by=contact.ended_by,
        queue_id=contact.entry.queue_id,
        entry=contact.entry.number,
        agent_id=holder.agent_id if holder else "",
        team_id=holder.team_id if holder else "",
        site_id=holder.site_id if holder else "",
        customer_id=contact.customer_id,
        service_request_id=contact.service_request_id,
        opened_at=timestamp(contact.opened_at),
        answered_at=timestamp(contact.answered_at),
        ended_at=timestamp(contact.ended_at),
        disposition=contact.disposition,
        ticket_type=contact.ticket_type,
    )


def _enqueue(contact: Contact, fact: EntryBegun, cause: Cause) -> Message:
    wire = routing_pb.EnqueueContact(
        contact_id=contact.id,
        entry=fact.number,
        queue_id=fact.queue_id,
        channel=contact.channel,
        queued_at=timestamp(fact.queued_at),
        transferred_from=fact.transferred_from,
        last_agent_id=contact.last_agent_id,
        attributes=[routing_pb.Attribute(name=name, value=value) for name, value in for_routing(contact).items()],
        priority=contact.priority,
        required_skills=[
            routing_pb.SkillLevel(skill_id=skill.skill_id, level=skill.level) for skill in contact.required_skills
        ],
        callable=bool(contact.callback_address),
        callback=_plan(contact),
    )
    identifier = enqueue_command(fact.pool_id, contact.tenant, contact.id, fact.number)
    return _routing_command(contact, wire, identifier, fact.pool_id, cause)


def _plan(contact: Contact) -> routing_pb.CallbackPlan | None:
    """A callback is to be made, unless its customer is on the line and only passed on."""
    callback = contact.callback
    if callback is None or callback.reached:
        return None
    due_at = callback.due_at if callback.scheduled else None
    return routing_pb.CallbackPlan(due_at=timestamp(due_at), not_after=timestamp(callback.not_after))


def _of_callback(contact: Contact, fact: CallbackWanted | CustomerNotReached, cause: Cause) -> Message:
    wire: Any
    if isinstance(fact, CallbackWanted):
        wire, about = routing_pb.RequestCallback(contact_id=contact.id), ("callback", str(fact.entry))
    else:
        wire = routing_pb.ReportNotReached(contact_id=contact.id, offer_id=fact.offer_id, reason=fact.reason)
        about = ("not-reached", fact.offer_id)
    identifier = routing_command(fact.pool_id, contact.tenant, contact.id, *about)
    return _routing_command(contact, wire, identifier, fact.pool_id, cause)


def _end(contact: Contact, fact: EndRequested, cause: Cause) -> Message:
    wire = routing_pb.EndContact(contact_id=contact.id, ended_by=fact.ended_by, agent_id=fact.agent_id)
    identifier = routing_command(fact.pool_id, contact.tenant, contact.id, "end", str(fact.entry))
    return _routing_command(contact, wire, identifier, fact.pool_id, cause)


def _routing_command(contact: Contact, wire: Any, identifier: str, pool_id: str, cause: Cause) -> Message:
    return command(
        wire,
        id=identifier,
        topic=ROUTING_COMMANDS,
        key=f"{contact.tenant}/{pool_id}",
        source=f"/{contact.tenant}/gateway/contacts/{contact.id}",
        subject=contact.id,
        tenant=contact.tenant,
        time=cause.at,
        correlation_id=contact.id,
        causation_id=cause.id,
    )


def customer_messages(customer: Customer, facts: Sequence[CustomerFact], cause: Cause) -> list[EventDraft]:
    """Announce what a customer allowed or forbade."""
    return [
        draft(
            contact_pb.ConsentChanged(customer_id=customer.id, channel=fact.channel, opted_out=fact.opted_out),
            topic=CONTACT_EVENTS,
            key=f"{customer.tenant}/{customer.id}",
            subject=customer.id,
            time=cause.at,
            correlation_id="",
            causation_id=cause.id,
        )
        for fact in facts
    ]


def delivery_messages(delivery: Delivery, facts: Sequence[DeliveryFact], cause: Cause) -> list[EventDraft]:
    """Announce what became of a delivery, under its contact."""
    return [
        draft(
            _delivery_event(delivery, fact),
            topic=CONTACT_EVENTS,
            key=f"{delivery.tenant}/{delivery.contact_id}",
            subject=delivery.id,
            time=cause.at,
            correlation_id=delivery.contact_id,
            causation_id=cause.id,
        )
        for fact in facts
    ]


def _delivery_event(delivery: Delivery, fact: DeliveryFact) -> Any:
    same = {"delivery_id": delivery.id, "contact_id": delivery.contact_id, "channel": delivery.channel}
    match fact:
        case DeliverySent():
            return delivery_pb.DeliverySent(**same, provider_message_id=delivery.provider_message_id)
        case DeliveryFailed():
            return delivery_pb.DeliveryFailed(**same, code=delivery.code)
        case DeliveryConfirmed():
            return delivery_pb.DeliveryConfirmed(**same)
        case DeliveryAnswered():
            survey_id = delivery.expects.survey_id if delivery.expects else ""
            return delivery_pb.DeliveryAnswered(**same, survey_id=survey_id, rating=delivery.rating)


def line_draft(line: Line) -> EventDraft:
    """Announce a line, whose number is its event's."""
    wire = contact_pb.LineAdded(
        contact_id=line.contact_id,
        line=line.number,
        author=line.author,
        agent_id=line.agent_id,
        kind=line.kind,
        characters=len(line.text),
        attachments=len(line.attachments),
        automatic=line.automatic,
    )
    return draft(
        wire,
        topic=CONTACT_EVENTS,
        key=f"{line.tenant}/{line.contact_id}",
        subject=line.contact_id,
        time=line.at,
        correlation_id=line.contact_id,
        causation_id=line.client_id,
    )


def timestamp(at: datetime | None) -> Timestamp | None:
    if at is None:
        return None
    wire = Timestamp()
    wire.FromDatetime(at)
    return wire
