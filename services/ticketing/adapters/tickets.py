"""Tickets and their types over any store of aggregates: MongoDB's in production, the memory's in tests."""

from collections.abc import Sequence
from types import MappingProxyType

from services.ticketing.adapters.documents import ticket_body, ticket_from, type_body, type_from
from services.ticketing.adapters.telemetry import TicketingMetrics
from services.ticketing.adapters.wire import drafts
from services.ticketing.application.ports import Cause, Listed, Recorded, TicketQuery
from services.ticketing.domain.ticket import Changed, Ticket
from services.ticketing.domain.ticket_type import TicketType
from switchyard.eventing.aggregates import AggregateConflict, Aggregates, StoredAggregate, cursor_of

TICKETS_SOURCE = "ticketing/tickets"
TYPES_SOURCE = "ticketing/ticket-types"
_MOST_TYPES = 200
_FILTERS = MappingProxyType(
    {
        "body.state": "state",
        "body.owner_id": "owner_id",
        "body.type_id": "type_id",
        "body.customer_id": "customer_id",
        "body.contact_id": "contact_id",
    }
)


class StoredTickets:
    def __init__(self, aggregates: Aggregates, metrics: TicketingMetrics) -> None:
        self._aggregates = aggregates
        self._metrics = metrics

    async def find(self, tenant: str, id: str) -> Recorded[Ticket] | None:  # noqa: A002
        stored = await self._aggregates.find(tenant, id)
        return None if stored is None else _ticket(stored)

    async def add(self, tenant: str, opened: Changed, cause: Cause) -> Recorded[Ticket]:
        ticket = opened.ticket
        stored = await self._aggregates.insert(tenant, ticket.id, ticket_body(ticket), drafts(tenant, opened, cause))
        self._count(opened)
        return _ticket(stored)

    async def save(self, tenant: str, previous: Recorded[Ticket], changed: Changed, cause: Cause) -> Recorded[Ticket]:
        body = ticket_body(changed.ticket)
        stored = await self._aggregates.replace(_mark(tenant, previous.mark), body, drafts(tenant, changed, cause))
        self._count(changed)
        return _ticket(stored)

    async def page(self, tenant: str, query: TicketQuery) -> Listed:
        wanted = {path: getattr(query, name) for path, name in _FILTERS.items() if getattr(query, name) is not None}
        direction = -1 if query.sort.startswith("-") else 1
        sort = [(f"body.{query.sort.removeprefix('-')}", direction)]
        found = await self._aggregates.page(tenant, wanted, sort=sort, limit=query.limit + 1, cursor=query.after)
        shown = found[: query.limit]
        position = cursor_of(shown[-1], sort) if len(found) > query.limit else None
        return Listed(tickets=[_ticket(stored) for stored in shown], position=position)

    def _count(self, changed: Changed) -> None:
        for event in changed.events:
            self._metrics.announced.labels(type(event).__name__).inc()


class StoredTicketTypes:
    def __init__(self, aggregates: Aggregates) -> None:
        self._aggregates = aggregates

    async def find(self, tenant: str, id: str) -> Recorded[TicketType] | None:  # noqa: A002
        stored = await self._aggregates.find(tenant, id)
        return None if stored is None else _type(stored)

    async def add(self, tenant: str, type: TicketType) -> Recorded[TicketType]:  # noqa: A002
        return _type(await self._aggregates.insert(tenant, type.id, type_body(type), ()))

    async def save(self, tenant: str, previous: Recorded[TicketType], type: TicketType) -> Recorded[TicketType]:  # noqa: A002
        return _type(await self._aggregates.replace(_mark(tenant, previous.mark), type_body(type), ()))

    async def all(self, tenant: str) -> Sequence[Recorded[TicketType]]:
        return [_type(stored) for stored in await self._aggregates.page(tenant, {}, limit=_MOST_TYPES)]


def _ticket(stored: StoredAggregate) -> Recorded[Ticket]:
    return Recorded(value=ticket_from(stored.body), version=stored.version, mark=stored)


def _type(stored: StoredAggregate) -> Recorded[TicketType]:
    return Recorded(value=type_from(stored.body), version=stored.version, mark=stored)


def _mark(tenant: str, mark: object) -> StoredAggregate:
    """A mark that is not this tenant's own is treated as one that somebody else changed."""
    if not isinstance(mark, StoredAggregate) or mark.tenant != tenant:
        raise AggregateConflict
    return mark
