"""Ticketing's collections in MongoDB."""

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from services.ticketing.adapters.stores import Stores
from services.ticketing.adapters.tickets import TICKETS_SOURCE, TYPES_SOURCE
from switchyard.eventing.aggregates import StoreUnavailable
from switchyard.eventing.clock import Clock
from switchyard.eventing.ports import Publisher
from switchyard.mongo.aggregates import MongoAggregates
from switchyard.mongo.client import Collection, Database
from switchyard.mongo.failures import translated

#: Two first tickets of a day may race to insert the counter; the loser finds it there.
_MOST_ATTEMPTS = 5
#: What lists filter by; `created_at` is what they are sorted by unless asked otherwise.
_LIST_FIELDS = ("state", "owner_id", "type_id", "customer_id", "contact_id")


def mongo_stores(database: Database, publisher: Publisher, clock: Clock) -> Stores:
    """Return the stores over one database."""
    tickets = MongoAggregates(database["tickets"], publisher, source_prefix=TICKETS_SOURCE, clock=clock)
    types = MongoAggregates(database["ticket_types"], publisher, source_prefix=TYPES_SOURCE, clock=clock)

    async def prepare() -> None:
        await tickets.prepare()
        await types.prepare()
        await _create_indexes(database)

    numbers = MongoTicketNumbers(database["ticket_numbers"])
    return Stores(tickets=tickets, types=types, numbers=numbers, prepare=prepare, sweeps=(tickets.outbox.run,))


async def _create_indexes(database: Database) -> None:
    """Safe to repeat. Raises StoreUnavailable."""
    with translated():
        for field in _LIST_FIELDS:
            await database["tickets"].create_index(
                [("tenant", 1), (f"body.{field}", 1), ("body.created_at", -1), ("id", -1)]
            )
        for field in ("created_at", "updated_at"):
            await database["tickets"].create_index([("tenant", 1), (f"body.{field}", -1), ("id", -1)])
        await database["ticket_types"].create_index([("tenant", 1), ("id", 1)])


class MongoTicketNumbers:
    """One counter a series and tenant: raising it is atomic, so no two tickets read the same count."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection

    async def next(self, tenant: str, series: str) -> int:
        chosen = {"_id": f"{tenant}/{series}"}
        for _ in range(_MOST_ATTEMPTS):
            with translated():
                counter = await self._collection.find_one_and_update(
                    chosen, {"$inc": {"last": 1}}, return_document=ReturnDocument.AFTER
                )
                if counter is not None:
                    return int(counter["last"])
                # Not by upsert: two at once, and the embedded database raises the counter without saying to what.
                try:
                    await self._collection.insert_one({**chosen, "last": 1})
                except DuplicateKeyError:
                    continue
                return 1
        raise StoreUnavailable("the counter of ticket numbers is too busy")
