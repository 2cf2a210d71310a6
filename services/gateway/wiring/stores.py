"""The gateway's collections of contacts, customers, deliveries, entry points and lines."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.gateway.adapters.mongo_leases import MongoLeases
from services.gateway.adapters.mongo_lines import MongoLines
from services.gateway.adapters.mongo_scan import MongoScan
from services.gateway.adapters.stores import ContactStore, CustomerStore, DeliveryStore, EntryPoints
from switchyard.eventing.clock import Clock
from switchyard.eventing.ports import Publisher
from switchyard.mongo.aggregates import MongoAggregates
from switchyard.mongo.client import Collection, Database
from switchyard.mongo.failures import translated
from switchyard.service.running import Background

#: Indexes by collection: fields, and whether what they hold may exist only once.
_UNIQUE = {
    "contacts": [("tenant", 1), ("body.thread_place", 1)],
    "entry_points": [("tenant", 1), ("body.place", 1)],
}
_OTHERS = {
    "contacts": (
        [("tenant", 1), ("body.thread", 1), ("body.opened_at", -1)],
        [("tenant", 1), ("body.opened_at", -1)],
        [("tenant", 1), ("body.customer_id", 1), ("body.opened_at", -1)],
        [("tenant", 1), ("body.service_request_id", 1), ("body.opened_at", -1)],
        [("body.state", 1), ("body.replica", 1)],
    ),
    "customers": ([("tenant", 1), ("body.addresses", 1)],),
    "deliveries": (
        [("tenant", 1), ("body.contact_id", 1)],
        [("tenant", 1), ("body.answer_place", 1)],
        [("tenant", 1), ("body.answer_message_id", 1)],
        [("body.state", 1), ("body.created_at", 1)],
    ),
    "entry_points": ([("body.place", 1)],),
}
#: Callbacks are few among the contacts: their list reads no others.
_CALLBACKS = [("tenant", 1), ("body.opened_at", -1), ("body.callback.scheduled", 1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    contacts: ContactStore
    customers: CustomerStore
    deliveries: DeliveryStore
    entry_points: EntryPoints
    lines: MongoLines
    leases: MongoLeases
    aggregates: Sequence[MongoAggregates]
    database: Database

    async def prepare(self) -> None:
        """Create the indexes; safe to repeat. Raises StoreUnavailable."""
        for aggregates in self.aggregates:
            await aggregates.prepare()
        await self.lines.prepare()
        with translated():
            for name, fields in _UNIQUE.items():
                last = fields[-1][0]
                await self.database[name].create_index(
                    fields, unique=True, partialFilterExpression={last: {"$exists": True}}
                )
            for name, indexes in _OTHERS.items():
                for fields in indexes:
                    await self.database[name].create_index(fields)
            await self.database["contacts"].create_index(
                _CALLBACKS, partialFilterExpression={"body.callback": {"$exists": True}}
            )

    @property
    def sweepers(self) -> list[Background]:
        return [*(each.outbox.run for each in self.aggregates), self.lines.outbox.run]

    def congested(self) -> bool:
        """Whether events have waited too long, so that new work should be turned away."""
        return self.lines.outbox.too_old or any(each.outbox.too_old for each in self.aggregates)

    def oldest_unsent_seconds(self) -> float:
        return max(
            self.lines.outbox.oldest_unsent_seconds,
            *(each.outbox.oldest_unsent_seconds for each in self.aggregates),
        )


def open_stores(database: Database, publisher: Publisher, clock: Clock) -> Stores:
    """Join the collections of one database."""

    def aggregates(name: str) -> MongoAggregates:
        prefix = f"gateway/{name.replace('_', '-')}"
        return MongoAggregates(database[name], publisher, source_prefix=prefix, clock=clock)

    def scan(name: str) -> MongoScan:
        collection: Collection = database[name]
        return MongoScan(collection)

    contacts, customers = aggregates("contacts"), aggregates("customers")
    deliveries, entry_points = aggregates("deliveries"), aggregates("entry_points")
    return Stores(
        contacts=ContactStore(contacts, scan("contacts")),
        customers=CustomerStore(customers),
        deliveries=DeliveryStore(deliveries, scan("deliveries")),
        entry_points=EntryPoints(entry_points, scan("entry_points")),
        lines=MongoLines(database["lines"], publisher, clock=clock),
        leases=MongoLeases(database["replicas"]),
        aggregates=(contacts, customers, deliveries, entry_points),
        database=database,
    )
