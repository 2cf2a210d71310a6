"""The gateway's stores in memory, under the same contract suite as those in MongoDB."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from services.gateway.adapters.stores import ContactStore, CustomerStore, DeliveryStore, EntryPoints
from services.gateway.adapters.wire import line_draft
from services.gateway.application.ports import AppendedLine
from services.gateway.domain.errors import TranscriptClosed
from services.gateway.domain.line import CLOSING, Line, NewLine
from switchyard.eventing.envelope import numbered
from switchyard.testing.memory_aggregates import InMemoryAggregates
from switchyard.testing.memory_bus import InMemoryBus

_EARLIER = {"sent": {"pending"}, "delivered": {"pending", "sent"}, "failed": {"pending", "sent"}}


class InMemoryLines:
    """The port Lines."""

    def __init__(self, bus: InMemoryBus) -> None:
        self._bus = bus
        self._lines: dict[tuple[str, str], list[Line]] = {}

    def begin(self, tenant: str, contact_id: str) -> None:
        self._lines.setdefault((tenant, contact_id), [])

    async def append(self, line: NewLine) -> AppendedLine:
        said = self._lines.setdefault((line.tenant, line.contact_id), [])
        for each in said:
            if (each.author, each.client_id) == (line.author, line.client_id):
                return AppendedLine(line=each, duplicate=True)
        if said and said[-1].kind == CLOSING:
            raise TranscriptClosed(line.contact_id)
        stored = _numbered(line, len(said) + 1)
        said.append(stored)
        source = f"/{line.tenant}/gateway/contacts/{line.contact_id}/lines"
        event = numbered(line_draft(stored), tenant=line.tenant, source=source, sequence=stored.number)
        await self._bus.publish([event])
        return AppendedLine(line=stored, duplicate=False)

    async def read(self, tenant: str, contact_id: str, *, after: int = 0, limit: int = 200) -> list[Line]:
        return self._lines.get((tenant, contact_id), [])[after : after + limit]

    async def of_provider_message(self, tenant: str, channel: str, ids: Sequence[str]) -> Line | None:
        found = [each for each in self._all() if each.provider_message_id and each.provider_message_id in ids]
        mine = [each for each in found if (each.tenant, each.channel) == (tenant, channel)]
        return max(mine, key=lambda each: each.at, default=None)

    async def undelivered(self, *, limit: int) -> list[Line]:
        waiting = [each for each in self._all() if each.delivery == "pending"]
        return sorted(waiting, key=lambda each: each.at)[:limit]

    async def delivered(self, line: Line, *, state: str, code: str = "", provider_message_id: str = "") -> bool:
        said = self._lines[line.tenant, line.contact_id]
        current = said[line.number - 1]
        if current.delivery not in _EARLIER[state]:
            return False
        identity = provider_message_id or current.provider_message_id
        said[line.number - 1] = replace(current, delivery=state, delivery_code=code, provider_message_id=identity)
        return True

    def _all(self) -> list[Line]:
        return [each for said in self._lines.values() for each in said]


class InMemoryScan:
    """The port Scan over aggregates in memory; of one tenant, which is all that a unit test has."""

    def __init__(self, aggregates: InMemoryAggregates, tenant: str) -> None:
        self._aggregates = aggregates
        self._tenant = tenant

    async def bodies(
        self, filters: Mapping[str, Any], *, sort: Sequence[tuple[str, int]], limit: int
    ) -> list[Mapping[str, Any]]:
        query = {f"body.{name}": wanted for name, wanted in filters.items()}
        order = [(f"body.{name}", direction) for name, direction in sort]
        found = await self._aggregates.page(self._tenant, query, sort=order, limit=limit)
        return [each.body for each in found]


class InMemoryStores:
    """Contacts, customers, deliveries, entry points and lines of one tenant, over one bus."""

    def __init__(self, tenant: str) -> None:
        self.bus = InMemoryBus()

        def aggregates(name: str) -> InMemoryAggregates:
            return InMemoryAggregates(self.bus, source_prefix=f"gateway/{name}")

        contacts, deliveries, entry_points = map(aggregates, ("contacts", "deliveries", "entry-points"))
        self.contacts = ContactStore(contacts, InMemoryScan(contacts, tenant))
        self.customers = CustomerStore(aggregates("customers"))
        self.deliveries = DeliveryStore(deliveries, InMemoryScan(deliveries, tenant))
        self.entry_points = EntryPoints(entry_points, InMemoryScan(entry_points, tenant))
        self.lines = InMemoryLines(self.bus)


def _numbered(new: NewLine, number: int) -> Line:
    same = {each.name: getattr(new, each.name) for each in fields(NewLine) if each.name != "deliver"}
    return Line(number=number, delivery="pending" if new.deliver else "", **same)


def at(second: int = 0) -> datetime:
    return datetime.fromisoformat("2026-01-05T09:00:00+00:00").replace(second=second)
