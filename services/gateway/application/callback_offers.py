"""Callers on hold who would rather be called back: whom it is offered, and their wish passed on to routing."""

from datetime import datetime
from typing import Protocol

from services.gateway.application.changing import change
from services.gateway.application.ports import Cause, Contacts
from services.gateway.domain import calling_back
from services.gateway.domain.contact import WAITING
from services.gateway.domain.errors import NotThere


class OfferingQueues(Protocol):
    def offers_callbacks(self, tenant: str, queue_id: str | None = None) -> bool:
        """Whether the queue, or any of the tenant's, offers its callers to be called back."""


class CallbackOffers:
    def __init__(self, contacts: Contacts, queues: OfferingQueues) -> None:
        self._contacts = contacts
        self._queues = queues

    async def is_offered(self, *, tenant: str, contact_id: str) -> bool:
        """Whether the caller can be called back and has not asked for it. Raises StoreUnavailable."""
        if not self._queues.offers_callbacks(tenant):
            return False
        stored = await self._contacts.find(tenant, contact_id, fresh=True)
        contact = stored.thing if stored else None
        if contact is None or contact.state != WAITING or contact.callback_wanted or contact.callback is not None:
            return False
        return bool(contact.callback_address) and self._queues.offers_callbacks(tenant, contact.entry.queue_id)

    async def take(self, *, tenant: str, contact_id: str, at: datetime) -> bool:
        """The caller has pressed the key: the wish leaves with the contact's own change. Raises StoreUnavailable."""
        if not await self.is_offered(tenant=tenant, contact_id=contact_id):
            return False
        cause = Cause(id=f"{contact_id}/callback", at=at)
        try:
            _, asked = await change(
                self._contacts, tenant, contact_id, calling_back.want, cause, missing="contact-unknown"
            )
        except NotThere:
            return False
        return asked
