"""What the routes of contacts take."""

from typing import Annotated, Literal

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from services.gateway.domain.contact_attributes import LONGEST_VALUE, MOST_ATTRIBUTES
from services.gateway.domain.required_skill import RequiredSkill
from switchyard.service.problems import FieldError, Problem

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Filter = Annotated[str | None, Query(max_length=128)]
State = Annotated[Literal["waiting", "talking", "wrap_up", "recording", "closed"] | None, Query()]

#: So that an attribute is written the same in JSON, YAML and expressions.
AttributeName = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,63}$")]
AttributeValue = Annotated[str, Field(max_length=LONGEST_VALUE)]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class CustomerIn(_In):
    address: Annotated[str, Field(max_length=320)] = ""
    name: Annotated[str, Field(max_length=200)] = ""


class RequiredSkillIn(_In):
    skill: Name
    level: Annotated[int, Field(ge=1, le=10, description="The least that will do.")]


class ContactIn(_In):
    """An integration's contact: a queue, or the address of an entry point of the channel, and maybe a first line."""

    channel: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,31}$")]
    customer: CustomerIn = CustomerIn()
    queue: Name | None = None
    entry_point: Annotated[str, Field(max_length=320)] | None = None
    subject: Annotated[str, Field(max_length=500)] = ""
    text: Annotated[str, Field(max_length=100_000)] = ""
    attributes: Annotated[
        dict[AttributeName, AttributeValue],
        Field(
            max_length=MOST_ATTRIBUTES,
            description="Facts that routing's expressions may ask for as `contact.attributes`.",
            examples=[{"language": "cmn", "tier": "gold"}],
        ),
    ] = {}
    priority: Annotated[int, Field(ge=-1000, le=1000, description="The queue's own is added.")] = 0
    required_skills: Annotated[
        list[RequiredSkillIn],
        Field(
            max_length=20,
            description="Beside what the queue requires; of a skill that both name the higher level counts.",
            examples=[[{"skill": "outage", "level": 3}]],
        ),
    ] = []


def skills_of(body: ContactIn) -> tuple[RequiredSkill, ...]:
    """Read what the contact requires. Raises Problem 422 where a skill is named twice."""
    found: dict[str, RequiredSkill] = {}
    for index, each in enumerate(body.required_skills):
        if each.skill in found:
            detail = f"{each.skill} is named before."
            raise Problem(
                422, "skill-repeated", detail, errors=(FieldError(f"/required_skills/{index}/skill", detail),)
            )
        found[each.skill] = RequiredSkill(skill_id=each.skill, level=each.level)
    return tuple(found.values())


class ContactPatch(_In):
    """What may be changed of a contact that is not closed.

    Routing is told of the attributes with the contact's next entry: while it waits in a queue it is judged by those
    that it came with.
    """

    attributes: Annotated[
        dict[AttributeName, AttributeValue | None],
        Field(
            max_length=2 * MOST_ATTRIBUTES,
            description="Attributes to set; null takes one away, those not named stay.",
            examples=[{"tier": "gold", "language": None}],
        ),
    ]


class MessageIn(_In):
    text: Annotated[str, Field(max_length=100_000)] = ""
    client_id: Annotated[str, Field(pattern=r"^[\x21-\x7e]{1,128}$")] | None = None
    attachments: Annotated[list[Annotated[str, Field(max_length=64)]], Field(max_length=20)] = []


class TransferIn(_In):
    queue: Name


def contact_filters(
    *,
    state: State = None,
    queue: Filter = None,
    channel: Filter = None,
    customer: Filter = None,
    agent: Filter = None,
    service_request: Filter = None,
) -> dict[str, object]:
    """FastAPI dependency: what a list of contacts is narrowed to."""
    filters = {
        "state": state,
        "entry.queue_id": queue,
        "channel": channel,
        "customer_id": customer,
        "holder.agent_id": agent,
        "service_request_id": service_request,
    }
    return {name: value for name, value in filters.items() if value is not None}
