"""After a memory-only broker forgot what it held: what was asked of routing and not answered is asked again.

The requests carry their first ids, so that an engine which knows them changes nothing, and the present time, so that
it does not take them for too old.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from services.gateway.application.ports import Cause, Contacts
from services.gateway.domain import calling_back
from services.gateway.domain import contact as contacts
from services.gateway.domain.contact import Contact
from services.gateway.domain.contact_facts import ContactFact

#: More contacts than the embedded broker is for.
MOST_CONTACTS = 10_000


class Requests(Protocol):
    async def send(self, contact: Contact, facts: Sequence[ContactFact], cause: Cause) -> None:
        """Publish requests to routing that no change of the contact carries. Raises BrokerUnavailable."""


class AskAgain:
    def __init__(self, contacts: Contacts, requests: Requests, clock: Callable[[], datetime]) -> None:
        self._contacts = contacts
        self._requests = requests
        self._clock = clock

    async def __call__(self) -> int:
        """Return how many contacts were asked about. Raises StoreUnavailable, BrokerUnavailable."""
        cause = Cause(id="broker-restarted", at=self._clock())
        asked = 0
        for contact in await self._contacts.waiting(limit=MOST_CONTACTS):
            facts = [*contacts.open_requests(contact), *calling_back.open_requests(contact)]
            if facts:
                await self._requests.send(contact, facts, cause)
                asked += 1
        return asked
