"""What became of the call to a callback's customer: they answered, or routing is told that they did not."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from services.gateway.application.changing import change
from services.gateway.application.ports import Cause, Contacts
from services.gateway.domain import calling_back
from services.gateway.domain.contact import Change, Contact
from services.gateway.domain.errors import NotThere


class ReportReaching:
    """The report leaves with the contact's own change, so that it cannot be forgotten; saying it again does nothing."""

    def __init__(self, contacts: Contacts) -> None:
        self._contacts = contacts

    async def reached(self, *, tenant: str, contact_id: str, at: datetime) -> None:
        """Raises StoreUnavailable."""
        await self._change(tenant, contact_id, calling_back.reach, at)

    async def not_reached(self, *, tenant: str, contact_id: str, reason: str, at: datetime) -> None:
        """Raises StoreUnavailable."""
        await self._change(tenant, contact_id, partial(calling_back.report_not_reached, reason=reason), at)

    async def _change(self, tenant: str, contact_id: str, decide: Callable[[Contact], Change], at: datetime) -> None:
        cause = Cause(id=f"{contact_id}/called", at=at)
        try:
            await change(self._contacts, tenant, contact_id, decide, cause, missing="contact-unknown")
        except NotThere:
            return
