"""Asking routing to end a contact, because the customer left, an agent ended it, or the customer was lost."""

from datetime import datetime

from services.gateway.application.changing import change
from services.gateway.application.ports import Cause, Contacts
from services.gateway.domain import contact as contacts
from services.gateway.domain.contact import Contact


class EndContact:
    """The request leaves with the contact's own change, so that it cannot be forgotten; asking again does nothing."""

    def __init__(self, contacts: Contacts) -> None:
        self._contacts = contacts

    async def __call__(
        self, *, tenant: str, contact_id: str, ended_by: str, at: datetime, agent_id: str = ""
    ) -> Contact:
        """Return the contact as it is; its end comes as routing's event. Raises NotThere, StoreUnavailable."""

        def asked(contact: Contact) -> contacts.Change:
            return contacts.request_end(contact, ended_by=ended_by, agent_id=agent_id)

        cause = Cause(id=f"{contact_id}/end", at=at)
        contact, _ = await change(self._contacts, tenant, contact_id, asked, cause, missing="contact-unknown")
        return contact
