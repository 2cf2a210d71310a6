"""Domain objects kept as aggregates, with what this replica read or wrote last at hand.

A cached version may be stale: a write on it then conflicts, and the reader comes again with `fresh`.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from services.gateway.adapters.documents import Codec
from services.gateway.application.ports import Cause, Conflict, Exists, Stored
from switchyard.eventing.aggregates import (
    AggregateConflict,
    AggregateExists,
    Aggregates,
    Outgoing,
    StoredAggregate,
)

ThingT = TypeVar("ThingT")
FactT_contra = TypeVar("FactT_contra", contravariant=True)

#: A contact with its body takes some 4 KiB: this many stay below 20 MiB.
MOST_CACHED = 5_000

#: Turns the facts of a change into messages: (thing as changed, facts, cause).
Announce = Callable[[ThingT, Sequence[Any], Cause], Outgoing]


class AggregateThings(Generic[ThingT, FactT_contra]):
    """Things over Aggregates; `lasting` says whether a thing is worth keeping at hand."""

    def __init__(
        self,
        aggregates: Aggregates,
        kind: type[ThingT],
        announce: Announce[ThingT],
        *,
        lasting: Callable[[ThingT], bool] = lambda _: True,
        most_cached: int = MOST_CACHED,
    ) -> None:
        self._aggregates = aggregates
        self._codec = Codec(kind)
        self._announce = announce
        self._lasting = lasting
        self._most_cached = most_cached
        self._cache: OrderedDict[tuple[str, str], Stored[ThingT]] = OrderedDict()

    async def find(self, tenant: str, id: str, *, fresh: bool = False) -> Stored[ThingT] | None:  # noqa: A002
        cached = None if fresh else self._cache.get((tenant, id))
        if cached is not None:
            return cached
        found = await self._aggregates.find(tenant, id)
        return None if found is None else self._keep(found)

    async def add(self, thing: ThingT, facts: Sequence[FactT_contra], cause: Cause) -> Stored[ThingT]:
        tenant, identifier = _identity(thing)
        outgoing = self._announce(thing, facts, cause)
        try:
            stored = await self._aggregates.insert(tenant, identifier, self._codec.to_body(thing), outgoing)
        except AggregateExists as error:
            raise Exists(identifier) from error
        return self._keep(stored, thing)

    async def change(
        self, previous: Stored[ThingT], thing: ThingT, facts: Sequence[FactT_contra], cause: Cause
    ) -> Stored[ThingT]:
        mark = previous.mark
        if not isinstance(mark, StoredAggregate):
            raise TypeError("a thing is changed as it was read")
        outgoing = self._announce(thing, facts, cause)
        try:
            stored = await self._aggregates.replace(mark, self._codec.to_body(thing), outgoing)
        except AggregateConflict as error:
            self._cache.pop((mark.tenant, mark.id), None)
            raise Conflict(mark.id) from error
        return self._keep(stored, thing)

    async def page(
        self,
        tenant: str,
        filters: Mapping[str, object],
        *,
        sort: Sequence[tuple[str, int]],
        limit: int,
        after: Sequence[object] | None = None,
    ) -> list[Stored[ThingT]]:
        found = await self._aggregates.page(
            tenant,
            {f"body.{name}": wanted for name, wanted in filters.items()},
            sort=[(f"body.{name}", direction) for name, direction in sort],
            limit=limit,
            cursor=after,
        )
        return [self._as_thing(stored) for stored in found]

    async def _first(self, tenant: str, filters: Mapping[str, object], *sort: tuple[str, int]) -> Stored[ThingT] | None:
        found = await self.page(tenant, filters, sort=sort, limit=1)
        return found[0] if found else None

    def _as_thing(self, stored: StoredAggregate, thing: ThingT | None = None) -> Stored[ThingT]:
        known = thing if thing is not None else self._codec.from_body(stored.body)
        return Stored(thing=known, version=stored.version, mark=stored)

    def _keep(self, stored: StoredAggregate, thing: ThingT | None = None) -> Stored[ThingT]:
        kept = self._as_thing(stored, thing)
        key = (stored.tenant, stored.id)
        self._cache.pop(key, None)
        if self._lasting(kept.thing):
            self._cache[key] = kept
            if len(self._cache) > self._most_cached:
                self._cache.popitem(last=False)
        return kept


def _identity(thing: Any) -> tuple[str, str]:
    return thing.tenant, thing.id
