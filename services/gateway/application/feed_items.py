"""What the live feed carries."""

from dataclasses import dataclass

from services.gateway.application.door.routing_events import RoutingEvent
from services.gateway.domain.line import Line


@dataclass(frozen=True, slots=True, kw_only=True)
class LineAdded:
    """On `contact:<id>`: a line is stored."""

    line: Line


@dataclass(frozen=True, slots=True, kw_only=True)
class LinesMissing:
    """On `contact:<id>`: another replica stored lines up to this one; who shows them fetches them."""

    contact_id: str
    through_line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingHappened:
    """On `contact:<id>`, `queue:<id>`, `agent:<id>` and `live`: routing decided something."""

    event: RoutingEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactFinal:
    """On `contact:<id>`: the contact is closed; `outcome` is handled, abandoned or refused."""

    contact_id: str
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TypingChanged:
    """On `contact:<id>`: `author` is customer or agent."""

    contact_id: str
    author: str
    typing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LinesRead:
    """On `contact:<id>`: `author` has seen every line up to this one."""

    contact_id: str
    author: str
    through_line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SocketTaken:
    """On `contact:<id>`: another socket of the same customer resumed here; the one before gives way."""

    contact_id: str
    socket_id: str


FeedItem = LineAdded | LinesMissing | RoutingHappened | ContactFinal | TypingChanged | LinesRead | SocketTaken
