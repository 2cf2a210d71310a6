"""The gateway's collections over the port of aggregates: contacts, customers, deliveries and entry points."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from services.gateway.adapters import wire
from services.gateway.adapters.documents import Codec
from services.gateway.adapters.things import AggregateThings
from services.gateway.application.ports import Nothing, Stored
from services.gateway.domain.contact import TALKING, WAITING, Contact
from services.gateway.domain.contact_facts import ContactFact
from services.gateway.domain.customer import Customer, CustomerFact
from services.gateway.domain.delivery import PENDING, Delivery, DeliveryFact
from services.gateway.domain.entry_point import EntryPoint
from switchyard.eventing.aggregates import Aggregates

NEWEST = ("opened_at", -1)


class Scan(Protocol):
    """Looks through one collection over all tenants; the only reads that are not of one tenant, for background work."""

    async def bodies(
        self, filters: Mapping[str, Any], *, sort: Sequence[tuple[str, int]], limit: int
    ) -> list[Mapping[str, Any]]: ...


class ContactStore(AggregateThings[Contact, ContactFact]):
    def __init__(self, aggregates: Aggregates, scan: Scan) -> None:
        super().__init__(aggregates, Contact, wire.contact_messages)
        self._scan = scan
        self._contact = Codec(Contact)

    async def latest_on(self, tenant: str, thread: str) -> Stored[Contact] | None:
        return await self._first(tenant, {"thread": thread}, NEWEST)

    async def on_replica(self, replica: str, *, limit: int) -> list[Contact]:
        return await self._scanned({"replica": replica, "state": {"$in": [WAITING, TALKING]}}, limit)

    async def waiting(self, *, limit: int) -> list[Contact]:
        return await self._scanned({"state": {"$in": [WAITING, TALKING]}}, limit)

    async def _scanned(self, filters: Mapping[str, Any], limit: int) -> list[Contact]:
        found = await self._scan.bodies(filters, sort=[("opened_at", 1)], limit=limit)
        return [self._contact.from_body(body) for body in found]


class CustomerStore(AggregateThings[Customer, CustomerFact]):
    def __init__(self, aggregates: Aggregates) -> None:
        super().__init__(aggregates, Customer, wire.customer_messages)

    async def of_address(self, tenant: str, key: str) -> Stored[Customer] | None:
        return await self._first(tenant, {"addresses": key}, ("created_at", 1))


class DeliveryStore(AggregateThings[Delivery, DeliveryFact]):
    def __init__(self, aggregates: Aggregates, scan: Scan) -> None:
        super().__init__(
            aggregates, Delivery, wire.delivery_messages, lasting=lambda delivery: delivery.state == PENDING
        )
        self._scan = scan
        self._delivery = Codec(Delivery)

    async def awaiting_answer(self, tenant: str, place: str) -> Stored[Delivery] | None:
        return await self._first(tenant, {"answer_place": place}, ("created_at", -1))

    async def answered_by(self, tenant: str, message_id: str) -> Stored[Delivery] | None:
        return await self._first(tenant, {"answer_message_id": message_id}, ("created_at", -1))

    async def of_contact(self, tenant: str, contact_id: str) -> list[Stored[Delivery]]:
        return await self.page(tenant, {"contact_id": contact_id}, sort=[("created_at", 1)], limit=20)

    async def pending(self, *, limit: int) -> list[Delivery]:
        found = await self._scan.bodies({"state": PENDING}, sort=[("created_at", 1)], limit=limit)
        return [self._delivery.from_body(body) for body in found]


class EntryPoints(AggregateThings[EntryPoint, Nothing]):
    def __init__(self, aggregates: Aggregates, scan: Scan) -> None:
        super().__init__(aggregates, EntryPoint, _nothing_to_announce)
        self._scan = scan
        self._entry_point = Codec(EntryPoint)

    async def at(self, tenant: str, place: str) -> Stored[EntryPoint] | None:
        return await self._first(tenant, {"place": place}, ("name", 1))

    async def of_site_key(self, place: str) -> EntryPoint | None:
        found = await self._scan.bodies({"place": place}, sort=[("name", 1)], limit=1)
        return self._entry_point.from_body(found[0]) if found else None


def _nothing_to_announce(*_: object) -> tuple[()]:
    return ()
