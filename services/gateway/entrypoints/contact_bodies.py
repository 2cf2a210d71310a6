"""How contacts, lines, customers and service requests look at the door."""

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from services.gateway.domain.calling_back import attempt_of
from services.gateway.domain.contact import Contact
from services.gateway.domain.customer import Customer
from services.gateway.domain.line import CLOSING, Line
from switchyard.service.times import Timestamp


class CustomerOfContact(BaseModel):
    id: str
    name: str
    address: str


class RequiredSkillBody(BaseModel):
    skill: str
    level: int


class ContactBody(BaseModel):
    """A contact as it is; `lines` is the number of lines said, where it was asked for a single contact."""

    id: str
    state: str = Field(description="waiting, talking, wrap_up, recording or closed")
    interrupted: bool = Field(description="Set aside by its agent for something more urgent, until that is over.")
    channel: str
    direction: str
    entry_point: str
    queue: str
    pool: str
    entry: int
    agent: str | None
    team: str | None
    site: str | None
    customer: CustomerOfContact
    service_request: str
    previous_contact: str | None
    subject: str
    form: dict[str, str]
    attributes: dict[str, str]
    priority: int = Field(description="The contact's own; the queue's is added.")
    required_skills: list[RequiredSkillBody] = Field(description="The contact's own, beside the queue's.")
    opened_at: Timestamp
    queued_at: Timestamp
    answered_at: Timestamp | None
    ended_at: Timestamp | None
    ended_by: str | None
    closed_at: Timestamp | None
    outcome: str | None
    disposition: str | None
    note: str | None
    ticket_type: str | None
    callback_address: str | None = Field(description="A number under which the customer can be called.")
    callback_attempt: int = Field(description="From 1 where the customer is called back; 0 for everybody else.")
    called_back_by: str | None = Field(description="The callback that has taken this contact's place.")
    version: int
    lines: int | None = None


class AttachmentBody(BaseModel):
    id: str
    name: str
    media_type: str
    size_bytes: int


class LineBody(BaseModel):
    """A line; `delivery` says how far one that leaves by a provider has come: pending, sent, delivered or failed."""

    model_config = ConfigDict(populate_by_name=True)

    seq: int
    author: str = Field(serialization_alias="from")
    agent: str | None
    text: str
    at: Timestamp
    automatic: bool
    client_id: str
    html: str | None = None
    quoted: str | None = None
    subject: str | None = None
    attachments: list[AttachmentBody] = []
    delivery: str | None = None
    delivery_code: str | None = None


class CustomerBody(BaseModel):
    id: str
    name: str
    addresses: list[str]
    tags: list[str]
    opted_out: list[str]
    created_at: Timestamp
    version: int


def contact_body(contact: Contact, version: int, *, lines: int | None = None) -> ContactBody:
    holder = contact.holder
    return ContactBody(
        id=contact.id,
        state=contact.state,
        interrupted=contact.is_interrupted,
        channel=contact.channel,
        direction=contact.direction,
        entry_point=contact.entry_point,
        queue=contact.entry.queue_id,
        pool=contact.entry.pool_id,
        entry=contact.entry.number,
        agent=holder.agent_id if holder else None,
        team=(holder.team_id or None) if holder else None,
        site=(holder.site_id or None) if holder else None,
        customer=CustomerOfContact(
            id=contact.customer_id, name=contact.customer_name, address=contact.customer_address
        ),
        service_request=contact.service_request_id,
        previous_contact=contact.previous_contact_id or None,
        subject=contact.subject,
        form={answer.name: answer.value for answer in contact.form},
        attributes={each.name: each.value for each in contact.attributes},
        priority=contact.priority,
        required_skills=[RequiredSkillBody(skill=each.skill_id, level=each.level) for each in contact.required_skills],
        opened_at=contact.opened_at,
        queued_at=contact.entry.queued_at,
        answered_at=contact.answered_at,
        ended_at=contact.ended_at,
        ended_by=contact.ended_by or None,
        closed_at=contact.closed_at,
        outcome=contact.outcome or None,
        disposition=contact.disposition or None,
        note=contact.note or None,
        ticket_type=contact.ticket_type or None,
        callback_address=contact.callback_address or None,
        callback_attempt=attempt_of(contact),
        called_back_by=contact.called_back_by or None,
        version=version,
        lines=lines,
    )


def line_body(line: Line) -> LineBody:
    return LineBody(
        seq=line.number,
        author=line.author,
        agent=line.agent_id or None,
        text=line.text,
        at=line.at,
        automatic=line.automatic,
        client_id=line.client_id,
        html=line.html or None,
        quoted=line.quoted or None,
        subject=line.subject or None,
        attachments=[
            AttachmentBody(id=each.id, name=each.name, media_type=each.media_type, size_bytes=each.size_bytes)
            for each in line.attachments
        ],
        delivery=line.delivery or None,
        delivery_code=line.delivery_code or None,
    )


def said(lines: Sequence[Line]) -> list[Line]:
    """Leave the closing line out: nobody said it."""
    return [line for line in lines if line.kind != CLOSING]


def customer_body(customer: Customer, version: int) -> CustomerBody:
    return CustomerBody(
        id=customer.id,
        name=customer.name,
        addresses=list(customer.addresses),
        tags=list(customer.tags),
        opted_out=list(customer.opted_out),
        created_at=customer.created_at,
        version=version,
    )


def as_json(body: BaseModel) -> dict[str, Any]:
    return body.model_dump(mode="json", by_alias=True)
