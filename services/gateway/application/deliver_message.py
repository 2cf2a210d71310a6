"""Delivering what another service wrote: on the contact's own channel, once, with an answer expected or not."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from services.gateway.application.changing import change
from services.gateway.application.messages import ExpectedAnswer, OutgoingMessage, SendRefused, SendUnavailable, Sent
from services.gateway.application.ports import (
    Cause,
    ChannelSender,
    Contacts,
    Content,
    ContentGone,
    Contents,
    ContentUnavailable,
    Customers,
    Deliveries,
    Exists,
)
from services.gateway.application.retrying import Attempt, Retrying, TryAgain
from services.gateway.domain import delivery as deliveries
from services.gateway.domain.contact import Contact
from services.gateway.domain.delivery import PENDING, Delivery, Expected
from services.gateway.domain.entry_point import place_of
from services.gateway.domain.errors import NotThere

#: Found in one scan; the next takes the rest.
SCAN_LIMIT = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverMessage:
    """The command: bring the words at `content_path` to the customer of the contact."""

    tenant: str
    delivery_id: str
    contact_id: str
    content_path: str
    at: datetime
    expects: Expected | None = None


class Sockets(Protocol):
    """The chats whose customers are connected to this replica."""

    def holds(self, tenant: str, contact_id: str) -> bool:
        """Whether the contact's customer is connected here."""

    async def deliver(self, delivery: Delivery, content: Content) -> bool:
        """Show the message to the customer; False where they are not connected here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRules:
    """`chat_patience` is how long a customer who lost the connection may take to come back for the message."""

    chat_patience: timedelta = timedelta(seconds=30)


class DeliverMessages:
    def __init__(
        self,
        *,
        contacts: Contacts,
        customers: Customers,
        deliveries: Deliveries,
        contents: Contents,
        senders: Mapping[str, ChannelSender],
        sockets: Sockets,
        retrying: Retrying,
        clock: Callable[[], datetime],
        rules: DeliveryRules,
    ) -> None:
        self._contacts = contacts
        self._customers = customers
        self._deliveries = deliveries
        self._contents = contents
        self._senders = senders
        self._sockets = sockets
        self._retrying = retrying
        self._clock = clock
        self._rules = rules

    async def __call__(self, command: DeliverMessage) -> bool:
        """Store the intent, then deliver in the background; False where it was known.

        Raises NotThere (contact-unknown), StoreUnavailable.
        """
        stored = await self._contacts.find(command.tenant, command.contact_id)
        if stored is None:
            raise NotThere("contact-unknown", f"There is no {command.contact_id}.")
        delivery = _delivery(command, stored.thing)
        try:
            await self._deliveries.add(delivery, (), Cause(id=command.delivery_id, at=command.at))
        except Exists:
            self.submit(delivery, unsure=True)
            return False
        self.submit(delivery, unsure=False)
        return True

    def submit(self, delivery: Delivery, *, unsure: bool) -> None:
        """Deliver soon; `unsure` whether it was sent before."""

        async def job(attempt: Attempt) -> None:
            await self.attempt(delivery.tenant, delivery.id, attempt, unsure=unsure or attempt.number > 1)

        name = f"{delivery.tenant}/{delivery.id}"
        self._retrying.submit(name, name, job)

    async def recover(self) -> int:
        """Submit what the store says has not left; returns how many. Raises StoreUnavailable."""
        found = await self._deliveries.pending(limit=SCAN_LIMIT)
        for delivery in found:
            self.submit(delivery, unsure=True)
        return len(found)

    async def attempt(self, tenant: str, id: str, attempt: Attempt, *, unsure: bool) -> None:  # noqa: A002
        """Try to deliver what is still pending. Raises TryAgain."""
        stored = await self._deliveries.find(tenant, id, fresh=unsure)
        if stored is None or stored.thing.state != PENDING:
            return
        delivery = stored.thing
        try:
            sent = await self._sent(delivery, unsure=unsure)
        except SendRefused as refused:
            await self._fail(delivery, refused.code)
        except (SendUnavailable, ContentUnavailable) as error:
            if not attempt.last:
                raise TryAgain(str(error)) from error
            await self._fail(delivery, "attempts-exhausted")
        except ContentGone:
            await self._fail(delivery, "content-gone")
        else:
            await self.mark_sent(delivery, sent)

    async def show_again(self, delivery: Delivery) -> None:
        """Show a sent message once more to a chat's customer who came back. Raises TryAgain."""
        try:
            content = await self._contents.fetch(delivery.tenant, delivery.content_path)
        except (ContentUnavailable, ContentGone) as error:
            raise TryAgain(str(error)) from error
        await self._sockets.deliver(delivery, content)

    async def _sent(self, delivery: Delivery, *, unsure: bool) -> Sent:
        contact = await self._allowed(delivery)
        if delivery.channel == "chat":
            return await self._to_socket(delivery)
        sender = self._senders.get(delivery.channel)
        if sender is None:
            raise SendRefused("channel-unknown")
        content = await self._contents.fetch(delivery.tenant, delivery.content_path)
        message = _message(delivery, contact, content)
        found = await sender.find_sent(message) if unsure else None
        return found or await sender.send(message)

    async def _allowed(self, delivery: Delivery) -> Contact:
        stored = await self._contacts.find(delivery.tenant, delivery.contact_id)
        if stored is None:
            raise SendRefused("customer-gone")
        if stored.thing.never_auto_answer:
            raise SendRefused("automatic-mail")
        customer = await self._customers.find(delivery.tenant, delivery.customer_id, fresh=True)
        if customer is not None and delivery.channel in customer.thing.opted_out:
            raise SendRefused("opted-out")
        return stored.thing

    async def _to_socket(self, delivery: Delivery) -> Sent:
        # Asked first: most who cannot be shown it have closed the page, and each try would fetch the words again.
        if self._sockets.holds(delivery.tenant, delivery.contact_id):
            content = await self._contents.fetch(delivery.tenant, delivery.content_path)
            if await self._sockets.deliver(delivery, content):
                return Sent(provider_message_id="")
        if self._clock() - delivery.created_at > self._rules.chat_patience:
            raise SendRefused("customer-gone")
        raise SendUnavailable("the customer is not connected here")

    async def mark_sent(self, delivery: Delivery, sent: Sent) -> None:
        """Record that the message has left. Raises StoreUnavailable."""
        now = self._clock()
        place = place_of(sent.channel or delivery.channel, sent.customer_address or delivery.customer_address)

        def changed(current: Delivery) -> deliveries.Change:
            return deliveries.sent(current, provider_message_id=sent.provider_message_id, answer_place=place, at=now)

        await self._change(delivery, changed, now)

    async def _fail(self, delivery: Delivery, code: str) -> None:
        now = self._clock()
        await self._change(delivery, lambda current: deliveries.failed(current, code=code), now)

    async def _change(self, delivery: Delivery, decide: Callable[[Delivery], deliveries.Change], at: datetime) -> None:
        cause = Cause(id=delivery.id, at=at)
        await change(self._deliveries, delivery.tenant, delivery.id, decide, cause, missing="delivery-unknown")


def _delivery(command: DeliverMessage, contact: Contact) -> Delivery:
    return Delivery(
        tenant=command.tenant,
        id=command.delivery_id,
        contact_id=contact.id,
        channel=contact.channel,
        customer_id=contact.customer_id,
        customer_address=contact.customer_address or contact.id,
        entry_address=contact.entry_address,
        content_path=command.content_path,
        expects=command.expects,
        answer_place=place_of(contact.channel, contact.customer_address or contact.id) if command.expects else None,
        created_at=command.at,
    )


def _message(delivery: Delivery, contact: Contact, content: Content) -> OutgoingMessage:
    expects = delivery.expects
    return OutgoingMessage(
        tenant=delivery.tenant,
        contact_id=delivery.contact_id,
        channel=delivery.channel,
        from_address=delivery.entry_address,
        to_address=delivery.customer_address,
        text=content.text,
        html=content.html,
        subject=content.subject or contact.subject,
        delivery_id=delivery.id,
        automatic=True,
        expects=ExpectedAnswer(survey_id=expects.survey_id, scale_max=expects.scale_max, until=expects.until)
        if expects
        else None,
    )
