"""The port through which services keep aggregates: one document, its change and its messages in one write."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from switchyard.eventing.envelope import EventDraft, Message, numbered

#: What an aggregate sends: events it numbers, and commands that have their ids already, in this order.
Outgoing = Sequence[EventDraft | Message]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAggregate:
    """An aggregate as stored: `version` counts its writes, `sequence` the events it has announced.

    `body` holds what BSON holds: times are UTC with milliseconds. `outbox` belongs to the store: the messages that,
    as far as the reader knows, still have to be published.
    """

    tenant: str
    id: str
    version: int
    sequence: int
    body: Mapping[str, Any]
    outbox: tuple[Message, ...] = field(default=(), repr=False, compare=False)


class AggregateConflict(Exception):
    """Somebody else changed the aggregate since it was read: read it again and decide again."""

    code = "aggregate-changed"


class AggregateExists(Exception):
    """There is an aggregate of this id already."""

    code = "aggregate-exists"


class StoreUnavailable(Exception):
    """The database did not answer in time; whether a write was taken is unknown, so answer 503 and let ids decide."""

    code = "store-unavailable"


class Aggregates(Protocol):
    """One collection of aggregates.

    A write is durable when it returns. It stores the outgoing messages with the change, then publishes the whole
    unsent prefix of this aggregate, in order. Where the broker is away the write stands, and a sweeper publishes later.
    """

    async def find(self, tenant: str, id: str) -> StoredAggregate | None:  # noqa: A002
        """Read the aggregate with what every acknowledged write left. Raises StoreUnavailable."""

    async def insert(
        self,
        tenant: str,
        id: str,  # noqa: A002
        body: Mapping[str, Any],
        outgoing: Outgoing,
    ) -> StoredAggregate:
        """Store a new aggregate; its first event is number 1. Raises AggregateExists, StoreUnavailable."""

    async def replace(self, previous: StoredAggregate, body: Mapping[str, Any], outgoing: Outgoing) -> StoredAggregate:
        """Store a change of `previous`. Raises AggregateConflict, StoreUnavailable."""

    async def page(
        self,
        tenant: str,
        filter: Mapping[str, Any],  # noqa: A002
        *,
        sort: Sequence[tuple[str, int]] = (),
        limit: int = 50,
        cursor: Sequence[Any] | None = None,
    ) -> list[StoredAggregate]:
        """List aggregates of one tenant.

        `filter` is a query on `id` and `body.<field>`: equality, $in, $ne, $gt, $gte, $lt, $lte, $exists. `sort` names
        fields that every aggregate has, 1 upwards and -1 downwards; the id breaks ties. `cursor` is `cursor_of` the
        last aggregate of the page before.
        """


def source_of(source_prefix: str, tenant: str, id: str) -> str:  # noqa: A002
    """Name the source that an aggregate is: `ticketing/tickets` gives `/<tenant>/ticketing/tickets/<id>`."""
    return f"/{tenant}/{source_prefix}/{id}"


def number_outgoing(outgoing: Outgoing, *, tenant: str, source: str, after: int) -> tuple[list[Message], int]:
    """Number the drafts from `after` + 1 on; returns the messages, and the last number given."""
    messages: list[Message] = []
    sequence = after
    for item in outgoing:
        if isinstance(item, EventDraft):
            sequence += 1
            messages.append(numbered(item, tenant=tenant, source=source, sequence=sequence))
        else:
            messages.append(item)
    return messages, sequence


def cursor_of(stored: StoredAggregate, sort: Sequence[tuple[str, int]]) -> list[Any]:
    """Say where a page ended: the values of the sort's fields, then the id."""
    return [*(value_at(stored, name) for name, _ in sort), stored.id]


def value_at(stored: StoredAggregate, path: str) -> Any:
    """Read `body.<field>[.<field>...]`, or an attribute of the stored aggregate itself; None where it is missing."""
    head, _, rest = path.partition(".")
    value: Any = getattr(stored, head)
    for name in rest.split(".") if rest else ():
        value = value.get(name) if isinstance(value, Mapping) else None
    return value
