"""Inheriting from a replica that died: its lease lapses, and another begins the graces of its customers and agents."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from services.gateway.application.chat.presence import ChatPresence
from services.gateway.application.ports import Contacts
from switchyard.eventing.aggregates import StoreUnavailable

#: A replica is taken for dead when it has not renewed for this long: three renewals, so that one slow write is not it.
LEASE = timedelta(seconds=15)
RENEW_SECONDS = 5.0
#: Contacts taken over in one round.
_BATCH = 500
#: As many customers as one replica holds.
_MOST_HELD = 10_000

log = structlog.get_logger(__name__)


class Leases(Protocol):
    """Every method raises StoreUnavailable."""

    async def renew(self, replica: str, until: datetime) -> None: ...

    async def lapsed(self, now: datetime) -> list[str]:
        """Return the replicas whose lease ran out and whose chats nobody has inherited."""

    async def drop(self, replica: str, now: datetime) -> None:
        """Forget a lapsed lease; one that was renewed meanwhile stays."""


class Agents(Protocol):
    """The agents connected to the replicas. Every method raises StoreUnavailable."""

    async def take_up(self) -> None: ...

    async def inherit(self, replica: str) -> None: ...


class WatchReplicas:
    def __init__(
        self,
        *,
        leases: Leases,
        contacts: Contacts,
        presence: ChatPresence,
        agents: Agents,
        clock: Callable[[], datetime],
    ) -> None:
        self._leases = leases
        self._contacts = contacts
        self._presence = presence
        self._agents = agents
        self._clock = clock

    async def take_up(self) -> None:
        """Take up what this replica held when it last ran: its customers have the grace from now on to come back.

        Raises StoreUnavailable.
        """
        for contact in await self._contacts.on_replica(self._presence.replica, limit=_MOST_HELD):
            self._presence.miss(contact.tenant, contact.id)
        await self._agents.take_up()

    async def run(self, stop: asyncio.Event) -> None:
        """Keep this replica's lease and watch the others' until told to stop."""
        await self.take_up()
        while not stop.is_set():
            try:
                await self.turn()
            except StoreUnavailable as error:
                log.warning("lease-not-renewed", error=str(error))
            try:
                await asyncio.wait_for(stop.wait(), RENEW_SECONDS)
            except TimeoutError:
                continue

    async def turn(self) -> None:
        """Renew, and inherit from whoever has lapsed. Raises StoreUnavailable."""
        now = self._clock()
        await self._leases.renew(self._presence.replica, now + LEASE)
        for replica in await self._leases.lapsed(now):
            await self._inherit(replica)
            await self._agents.inherit(replica)
            await self._leases.drop(replica, now)

    async def _inherit(self, replica: str) -> None:
        while contacts := await self._contacts.on_replica(replica, limit=_BATCH):
            for contact in contacts:
                await self._presence.take_over(contact)
                self._presence.miss(contact.tenant, contact.id)
            log.warning("chats-inherited", replica=replica, contacts=len(contacts))
