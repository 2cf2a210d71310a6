"""What ticketing needs of the world."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from services.ticketing.domain.ticket import Changed, Ticket
from services.ticketing.domain.ticket_type import TicketType
from switchyard.eventing.clock import Clock

ValueT = TypeVar("ValueT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded(Generic[ValueT]):
    """A thing as stored; `mark` is the store's own and handed back with a change."""

    value: ValueT
    version: int
    mark: object = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """What led to a change: the contact (or the ticket itself), and the id of the command or event."""

    correlation_id: str
    causation_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketQuery:
    """Which tickets to list, each filter None for any; `after` is the last position of the page before."""

    state: str | None = None
    owner_id: str | None = None
    type_id: str | None = None
    customer_id: str | None = None
    contact_id: str | None = None
    sort: str = "-created_at"
    limit: int = 50
    after: Sequence[str | int | float | bool | None] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One page of tickets; `position` leads to the next, None on the last."""

    tickets: Sequence[Recorded[Ticket]]
    position: Sequence[str | int | float | bool | None] | None


class Tickets(Protocol):
    async def find(self, tenant: str, id: str) -> Recorded[Ticket] | None: ...  # noqa: A002

    async def add(self, tenant: str, opened: Changed, cause: Cause) -> Recorded[Ticket]:
        """Store a new ticket with its events. Raises AggregateExists."""

    async def save(self, tenant: str, previous: Recorded[Ticket], changed: Changed, cause: Cause) -> Recorded[Ticket]:
        """Store a change with its events. Raises AggregateConflict."""

    async def page(self, tenant: str, query: TicketQuery) -> Listed: ...


class TicketTypes(Protocol):
    """A tenant's own types, and its changes of the built-in ones."""

    async def find(self, tenant: str, id: str) -> Recorded[TicketType] | None: ...  # noqa: A002

    async def add(self, tenant: str, type: TicketType) -> Recorded[TicketType]:  # noqa: A002
        """Raises AggregateExists."""

    async def save(self, tenant: str, previous: Recorded[TicketType], type: TicketType) -> Recorded[TicketType]:  # noqa: A002
        """Raises AggregateConflict."""

    async def all(self, tenant: str) -> Sequence[Recorded[TicketType]]: ...


class TicketNumbers(Protocol):
    async def next(self, tenant: str, series: str) -> int:
        """Give a count from 1 on that this series of the tenant never gave before; gaps may occur."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    tickets: Tickets
    types: TicketTypes
    numbers: TicketNumbers
    clock: Clock
