"""What ticketing's routes take and give."""

from dataclasses import asdict
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.ticketing.domain.states import State
from services.ticketing.domain.ticket import Ticket
from services.ticketing.domain.ticket_type import Names, Priority, TicketType
from switchyard.service.times import Timestamp

Reference = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.:@+-]{1,128}$")]
TypeId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Description = Annotated[str, StringConstraints(max_length=10_000)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]
NoteText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4_000)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
#: Closing takes a resolution, so it is not among the states that a PATCH may set.
WorkState = Literal["open", "in_progress", "waiting_customer", "resolved"]


_SAME = ("id", "number", "title", "state", "state_since", "priority", "reopened", "updated_at")
#: The door's word for what the domain calls by its id; what is not set is null.
_REFERENCES = MappingProxyType(
    {
        "type": "type_id",
        "owner": "owner_id",
        "contact": "contact_id",
        "customer": "customer_id",
        "service_request": "service_request_id",
        "channel": "channel",
        "queue": "queue_id",
        "resolution": "resolution",
    }
)


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class TicketIn(Strict):
    type: TypeId = Field(description="Id of a ticket type.")
    title: Title
    description: Description = ""
    contact: Reference | None = None
    customer: Reference | None = None
    service_request: Reference | None = None
    channel: Reference | None = None
    queue: Reference | None = None
    owner: Reference | None = Field(default=None, description="The agent who works on it.")
    priority: Priority | None = Field(default=None, description="The type's default where none is given.")


class TicketPatch(Strict):
    title: Title | None = None
    description: Description | None = None
    priority: Priority | None = None
    owner: Reference | None = Field(default=None, description="null takes the owner away.")
    state: WorkState | None = None


class NoteIn(Strict):
    text: NoteText


class CloseIn(Strict):
    resolution: Words = Field(description="What became of it; a lower-case code travels in the event, words do not.")


class ReopenIn(Strict):
    reason: Words


class HistoryOut(BaseModel):
    actor: str
    at: Timestamp
    what: str
    before: str
    after: str


class NoteOut(BaseModel):
    id: str
    author: str
    at: Timestamp
    text: str


class TicketOut(BaseModel):
    """A ticket in a list: without its description, notes and history."""

    id: str
    number: str
    type: str
    title: str
    state: State
    state_since: Timestamp
    priority: Priority
    owner: str | None
    contact: str | None
    customer: str | None
    service_request: str | None
    channel: str | None
    queue: str | None
    resolution: str | None
    reopened: int
    created_at: Timestamp
    created_by: str
    updated_at: Timestamp
    closed_at: Timestamp | None
    version: int


class TicketDetail(TicketOut):
    description: str
    notes: list[NoteOut]
    history: list[HistoryOut]


class NamesModel(Strict):
    en: Name
    zh: Name


class TicketTypeBody(Strict):
    name: NamesModel
    prefix: Annotated[str, StringConstraints(pattern=r"^[A-Z]{1,8}$")] = Field(description="Begins its numbers.")
    default_priority: Priority = Priority.NORMAL
    active: bool = Field(default=True, description="Whether new tickets of it may be opened.")


class TicketTypePut(TicketTypeBody):
    id: TypeId | None = Field(default=None, description="Where given, the id in the path.")


class TicketTypeIn(TicketTypeBody):
    id: TypeId


class TicketTypePatch(Strict):
    name: NamesModel | None = None
    prefix: Annotated[str, StringConstraints(pattern=r"^[A-Z]{1,8}$")] | None = None
    default_priority: Priority | None = None
    active: bool | None = None


class TicketTypeOut(BaseModel):
    id: str
    name: NamesModel
    prefix: str
    default_priority: Priority
    active: bool
    built_in: bool
    version: int


def ticket_out(ticket: Ticket, version: int) -> TicketOut:
    return TicketOut.model_validate(_fields(ticket, version))


def ticket_detail(ticket: Ticket, version: int) -> TicketDetail:
    more = {
        "description": ticket.description,
        "notes": [asdict(note) for note in ticket.notes],
        "history": [asdict(entry) for entry in ticket.history],
    }
    return TicketDetail.model_validate(_fields(ticket, version) | more)


def _fields(ticket: Ticket, version: int) -> dict[str, object]:
    same = {name: getattr(ticket, name) for name in _SAME}
    renamed = {name: getattr(ticket, attribute) or None for name, attribute in _REFERENCES.items()}
    times = {"created_at": ticket.opened_at, "created_by": ticket.opened_by, "closed_at": ticket.closed_at}
    return same | renamed | times | {"version": version}


def type_out(type: TicketType, version: int) -> TicketTypeOut:  # noqa: A002
    return TicketTypeOut(
        id=type.id,
        name=NamesModel(en=type.name.en, zh=type.name.zh),
        prefix=type.prefix,
        default_priority=type.default_priority,
        active=type.active,
        built_in=type.built_in,
        version=version,
    )


def type_from(id: str, body: TicketTypeBody, *, built_in: bool) -> TicketType:  # noqa: A002
    return TicketType(
        id=id,
        name=Names(en=body.name.en, zh=body.name.zh),
        prefix=body.prefix,
        default_priority=body.default_priority,
        active=body.active,
        built_in=built_in,
    )
