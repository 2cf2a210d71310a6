"""Which customers are connected to this replica, and what happens when one is lost.

A customer who comes back within the grace goes on as if nothing had been. One who does not has left: routing is asked
to end the contact. The grace of a contact runs on the replica that the contact names; one that dies is inherited.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

import structlog

from services.gateway.application.changing import change
from services.gateway.application.chat.rules import ChatRules
from services.gateway.application.end_contact import EndContact
from services.gateway.application.ports import Cause, Contacts, Content
from services.gateway.domain.contact import Change, Contact, moved_to
from services.gateway.domain.delivery import Delivery
from services.gateway.domain.errors import GatewayError
from services.gateway.domain.line import CUSTOMER
from switchyard.eventing.aggregates import StoreUnavailable

log = structlog.get_logger(__name__)

#: Between attempts to end a contact while the store is away.
_PAUSE_SECONDS = 2.0


class Customer(Protocol):
    """A connected customer."""

    async def survey(self, delivery: Delivery, content: Content) -> bool:
        """Show a message that another service wrote; False where the connection is gone."""

    async def go_away(self) -> None:
        """Tell the customer to come back elsewhere, and close."""


class ChatPresence:
    """One per replica."""

    def __init__(
        self,
        *,
        replica: str,
        contacts: Contacts,
        end_contact: EndContact,
        clock: Callable[[], datetime],
        rules: ChatRules,
    ) -> None:
        self._replica = replica
        self._contacts = contacts
        self._end = end_contact
        self._clock = clock
        self._rules = rules
        self._connected: dict[tuple[str, str], Customer] = {}
        self._graces: dict[tuple[str, str], asyncio.Task[None]] = {}
        self._leaving = False

    @property
    def replica(self) -> str:
        return self._replica

    @property
    def connected(self) -> int:
        """How many customers are connected."""
        return len(self._connected)

    def holds(self, tenant: str, contact_id: str) -> bool:
        """Whether the contact's customer is connected here."""
        return (tenant, contact_id) in self._connected

    def arrived(self, tenant: str, contact_id: str, customer: Customer) -> None:
        """A socket of this contact is open; one before it is replaced."""
        self._connected[tenant, contact_id] = customer
        grace = self._graces.pop((tenant, contact_id), None)
        if grace is not None:
            grace.cancel()

    def left(self, tenant: str, contact_id: str, customer: Customer) -> None:
        """A socket closed. Where it was the contact's present one, the grace begins."""
        if self._connected.get((tenant, contact_id)) is not customer:
            return
        del self._connected[tenant, contact_id]
        if not self._leaving:
            self.miss(tenant, contact_id)

    def gone(self, tenant: str, contact_id: str, customer: Customer) -> None:
        """A socket of an ended contact closed: nobody is missed."""
        if self._connected.get((tenant, contact_id)) is customer:
            del self._connected[tenant, contact_id]

    def miss(self, tenant: str, contact_id: str) -> None:
        """Begin the grace of a contact that has no socket here, once."""
        key = (tenant, contact_id)
        if key not in self._graces and key not in self._connected:
            self._graces[key] = asyncio.create_task(self._grace(tenant, contact_id))

    async def take_over(self, contact: Contact) -> bool:
        """Make this replica the one that the contact's customer is connected to. Raises StoreUnavailable."""
        if contact.replica == self._replica:
            return False

        def moved(current: Contact) -> Change:
            return moved_to(current, self._replica)

        cause = Cause(id=f"{contact.id}/replica", at=self._clock())
        await change(self._contacts, contact.tenant, contact.id, moved, cause, missing="contact-unknown")
        return True

    async def deliver(self, delivery: Delivery, content: Content) -> bool:
        """Show another service's message to a customer connected here."""
        customer = self._connected.get((delivery.tenant, delivery.contact_id))
        return customer is not None and await customer.survey(delivery, content)

    async def close(self) -> None:
        """Send everybody away, for the process ends; their contacts keep naming this replica until inherited."""
        self._leaving = True
        for grace in self._graces.values():
            grace.cancel()
        await asyncio.gather(*(customer.go_away() for customer in list(self._connected.values())))

    async def _grace(self, tenant: str, contact_id: str) -> None:
        pause = self._rules.grace
        try:
            while True:
                await asyncio.sleep(pause)
                if await self._ended(tenant, contact_id):
                    return
                pause = _PAUSE_SECONDS
        finally:
            self._graces.pop((tenant, contact_id), None)

    async def _ended(self, tenant: str, contact_id: str) -> bool:
        try:
            stored = await self._contacts.find(tenant, contact_id, fresh=True)
            if stored is None or not stored.thing.is_talkable or stored.thing.replica != self._replica:
                return True
            await self._end(tenant=tenant, contact_id=contact_id, ended_by=CUSTOMER, at=self._clock())
        except StoreUnavailable:
            return False
        except GatewayError as error:
            log.warning("lost-customer-not-ended", contact=contact_id, code=error.code)
        return True
