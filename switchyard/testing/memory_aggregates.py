"""Aggregates in memory, under the same contract suite as MongoDB's; bodies pass through BSON, as they would there."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import bson
from bson.codec_options import CodecOptions

from switchyard.eventing.aggregates import (
    AggregateConflict,
    AggregateExists,
    Outgoing,
    StoredAggregate,
    StoreUnavailable,
    number_outgoing,
    source_of,
)
from switchyard.eventing.clock import Clock, utc_now
from switchyard.eventing.outbox import OutboxLimits, OutboxPublisher, UnsentDocument
from switchyard.eventing.ports import Publisher
from switchyard.testing.memory_query import matches, page_of

_OPTIONS: CodecOptions[dict[str, Any]] = CodecOptions(tz_aware=True, tzinfo=UTC)


class InMemoryAggregates:
    """Set `available` to False to have every method raise StoreUnavailable."""

    def __init__(
        self, publisher: Publisher, *, source_prefix: str, clock: Clock = utc_now, limits: OutboxLimits | None = None
    ) -> None:
        self._source_prefix = source_prefix
        self._clock = clock
        self._stored: dict[tuple[str, str], StoredAggregate] = {}
        self._unsent_since: dict[tuple[str, str], datetime] = {}
        self.available = True
        self.outbox = OutboxPublisher(self, publisher, clock=clock, limits=limits)

    async def prepare(self) -> None:
        self._check()

    async def find(self, tenant: str, id: str) -> StoredAggregate | None:  # noqa: A002
        self._check()
        stored = self._stored.get((tenant, id))
        return None if stored is None else _copied(stored)

    async def insert(
        self,
        tenant: str,
        id: str,  # noqa: A002
        body: Mapping[str, Any],
        outgoing: Outgoing,
    ) -> StoredAggregate:
        self._check()
        if (tenant, id) in self._stored:
            raise AggregateExists(f"{self._source_prefix}/{id}")
        blank = StoredAggregate(tenant=tenant, id=id, version=0, sequence=0, body={})
        return await self._store(blank, body, outgoing)

    async def replace(self, previous: StoredAggregate, body: Mapping[str, Any], outgoing: Outgoing) -> StoredAggregate:
        self._check()
        current = self._stored.get((previous.tenant, previous.id))
        if current is None or current.version != previous.version:
            raise AggregateConflict(f"{self._source_prefix}/{previous.id}")
        return await self._store(current, body, outgoing)

    async def page(
        self,
        tenant: str,
        filter: Mapping[str, Any],  # noqa: A002
        *,
        sort: Sequence[tuple[str, int]] = (),
        limit: int = 50,
        cursor: Sequence[Any] | None = None,
    ) -> list[StoredAggregate]:
        self._check()
        found = [item for item in self._stored.values() if item.tenant == tenant and matches(item, filter)]
        return [_copied(item) for item in page_of(found, sort=sort, limit=limit, cursor=cursor)]

    async def unsent(self, *, before: datetime, limit: int) -> list[UnsentDocument]:
        self._check()
        waiting = sorted((since, key) for key, since in self._unsent_since.items() if since <= before)
        found = [self._stored[key] for _, key in waiting[:limit]]
        return [UnsentDocument(id=(i.tenant, i.id), version=i.version, messages=i.outbox) for i in found]

    async def mark_sent(self, sent: Sequence[tuple[Any, int]]) -> None:
        self._check()
        for key, version in sent:
            if self._stored[key].version == version:
                self._stored[key] = replace(self._stored[key], outbox=())
                self._unsent_since.pop(key, None)

    async def oldest_unsent(self) -> datetime | None:
        self._check()
        return min(self._unsent_since.values(), default=None)

    def _check(self) -> None:
        if not self.available:
            raise StoreUnavailable("the store in memory was told to be away")

    async def _store(self, current: StoredAggregate, body: Mapping[str, Any], outgoing: Outgoing) -> StoredAggregate:
        key = (current.tenant, current.id)
        source = source_of(self._source_prefix, *key)
        messages, sequence = number_outgoing(outgoing, tenant=current.tenant, source=source, after=current.sequence)
        left = () if self.outbox.is_published(key, current.version) else current.outbox
        stored = replace(
            current, version=current.version + 1, sequence=sequence, body=_as_stored(body), outbox=(*left, *messages)
        )
        self._stored[key] = stored
        if not left:
            self._unsent_since.pop(key, None)
        if stored.outbox:
            self._unsent_since.setdefault(key, self._clock())
        sent = await self.outbox.publish(key, stored.version, stored.outbox)
        return _copied(replace(stored, outbox=() if sent else stored.outbox))


def _as_stored(body: Mapping[str, Any]) -> dict[str, Any]:
    return bson.decode(bson.encode(dict(body)), codec_options=_OPTIONS)


def _copied(stored: StoredAggregate) -> StoredAggregate:
    """A caller that changes the body it was given must not change what is stored."""
    return replace(stored, body=_as_stored(stored.body))
