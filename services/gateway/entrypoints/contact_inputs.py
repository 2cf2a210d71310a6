"""What the routes of contacts take."""

from typing import Annotated, Literal

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from services.gateway.domain.contact_attributes import LONGEST_VALUE, MOST_ATTRIBUTES

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
