"""Asking routing for a callback, or for another time of one, with what must not travel on the broker kept beside it."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from services.gateway.application.changing import change
from services.gateway.application.door.answers import Answer, Refused
from services.gateway.application.door.command_ids import Origin, command_id
from services.gateway.application.door.commands import RequestCallback, RescheduleCallback
from services.gateway.application.door.ports import RoutingCommands
from services.gateway.application.ports import Cause, Contacts
from services.gateway.domain import calling_back
from services.gateway.domain.callback import CallbackWish
from services.gateway.domain.contact import Change, Contact
from switchyard.eventing.aggregates import StoreUnavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class WishCallback:
    """A wish is stored under its command's id, so that routing's event tells whose wish came true."""

    contacts: Contacts
    commands: RoutingCommands
    clock: Callable[[], datetime]
    new_id: Callable[[], str]

    async def __call__(
        self, command: RequestCallback | RescheduleCallback, *, contact: Contact, origin: Origin, address: str = ""
    ) -> Answer:
        """Ask; a refused wish leaves nothing behind. Raises StoreUnavailable, BrokerUnavailable."""
        named = replace(origin, idempotency_key=origin.idempotency_key or self.new_id())
        pool = contact.entry.pool_id
        identifier = command_id(tenant=contact.tenant, pool=pool, origin=named)
        wish = CallbackWish(command_id=identifier, asked_at=self.clock(), address=address, plan=command.plan)
        await self._change(contact, partial(calling_back.wish, wish=wish), identifier)
        answer = await self.commands.send(
            command, tenant=contact.tenant, pool=pool, origin=named, correlation_id=contact.id
        )
        if isinstance(answer, Refused):
            with suppress(StoreUnavailable):  # no event will ever name it: it only takes room
                await self._change(contact, partial(calling_back.forget_wish, command_id=identifier), identifier)
        return answer

    async def _change(self, contact: Contact, decide: Callable[[Contact], Change], cause: str) -> None:
        why = Cause(id=cause, at=self.clock())
        await change(self.contacts, contact.tenant, contact.id, decide, why, missing="contact-unknown")
