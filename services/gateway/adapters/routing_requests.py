"""Requests to routing beside a contact's own outbox."""

from collections.abc import Sequence

from services.gateway.adapters.wire import contact_messages
from services.gateway.application.ports import Cause
from services.gateway.domain.contact import Contact
from services.gateway.domain.contact_facts import ContactFact, Request
from switchyard.eventing.envelope import Message
from switchyard.eventing.ports import Publisher


class PublishedRequests:
    """The port Requests; events are numbered by the contact's document alone, so only commands pass here."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher

    async def send(self, contact: Contact, facts: Sequence[ContactFact], cause: Cause) -> None:
        commands = [fact for fact in facts if isinstance(fact, Request)]
        messages = contact_messages(contact, commands, cause)
        await self._publisher.publish([message for message in messages if isinstance(message, Message)])
