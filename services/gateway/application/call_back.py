"""Calling the customer of a callback, once an agent has accepted it."""

from collections.abc import Callable
from datetime import datetime

import structlog

from services.gateway.application.door.routing_events import RoutingEvent
from services.gateway.application.messages import SendRefused
from services.gateway.application.ports import CallCustomers, Contacts, EntryPointStore, OutgoingCall
from services.gateway.application.report_reaching import ReportReaching
from services.gateway.domain.callback import FAILED
from services.gateway.domain.contact import TALKING, Contact
from services.gateway.domain.entry_point import EntryPoint

log = structlog.get_logger(__name__)

#: Entry points looked at for a number of ours.
_MOST_NUMBERS = 200
#: The agent calls by a telephone of their own, and says if nobody answers.
_NO_TELEPHONE = "provider-account-missing"


class CallBack:
    def __init__(
        self,
        *,
        contacts: Contacts,
        entry_points: EntryPointStore,
        ring: CallCustomers,
        report: ReportReaching,
        clock: Callable[[], datetime],
    ) -> None:
        self._contacts = contacts
        self._entry_points = entry_points
        self._ring = ring
        self._report = report
        self._clock = clock

    async def __call__(self, event: RoutingEvent) -> bool:
        """Ring the customer for the agent who accepted; False where one who is on the line is to be joined with them.

        Raises SendUnavailable, StoreUnavailable.
        """
        stored = await self._contacts.find(event.tenant, event.contact_id)
        if stored is None or stored.thing.callback is None:
            return False
        stored = await self._contacts.find(event.tenant, event.contact_id, fresh=True)
        contact = stored.thing if stored else None
        if contact is None or not _is_held_under(contact, event.offer_id):
            return True  # an old event once more: that call is over
        return await self._called(contact, event)

    async def _called(self, contact: Contact, event: RoutingEvent) -> bool:
        if not contact.callback_address:
            return await self._failed(contact, "address-missing")
        try:
            return await self._ring(await self._outgoing(contact, event))
        except SendRefused as refused:
            if refused.code == _NO_TELEPHONE:
                log.info("callback-left-to-agent", contact=contact.id, code=refused.code)
                return True
            return await self._failed(contact, refused.code)

    async def _failed(self, contact: Contact, code: str) -> bool:
        log.warning("callback-not-placed", contact=contact.id, code=code)
        await self._report.not_reached(tenant=contact.tenant, contact_id=contact.id, reason=FAILED, at=self._clock())
        return True

    async def _outgoing(self, contact: Contact, event: RoutingEvent) -> OutgoingCall:
        ours = await self._number_of(contact)
        return OutgoingCall(
            tenant=contact.tenant,
            contact_id=contact.id,
            offer_id=event.offer_id,
            agent_id=event.agent_id,
            customer=contact.callback_address,
            called_from=contact.entry_address or (ours.address if ours else ""),
            greeting=ours.greeting if ours else "",
        )

    async def _number_of(self, contact: Contact) -> EntryPoint | None:
        """Find the number that the customer had called, or one that leads to the queue, or any of the tenant's."""
        filters = {"channel": "voice", "place": {"$exists": True}}
        found = await self._entry_points.page(contact.tenant, filters, sort=[("name", 1)], limit=_MOST_NUMBERS)
        numbers = [stored.thing for stored in found]
        by_rank = sorted(
            numbers,
            key=lambda each: (each.address != contact.entry_address, each.queue_id != contact.entry.queue_id),
        )
        return by_rank[0] if by_rank else None


def _is_held_under(contact: Contact, offer_id: str) -> bool:
    return contact.state == TALKING and contact.holder is not None and contact.holder.offer_id == offer_id
