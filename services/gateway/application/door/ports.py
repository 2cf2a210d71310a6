"""What the door needs of others."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from services.gateway.application.door.answers import Answer
from services.gateway.application.door.command_ids import Origin
from services.gateway.application.door.commands import RoutingCommand
from services.gateway.application.door.pool_view import PoolSnapshot
from services.gateway.domain.line import Line

#: A value as it goes into JSON.
Json = str | int | float | bool | None | Sequence["Json"] | Mapping[str, "Json"]
JsonObject = Mapping[str, Json]

#: How long a REST command waits for its event before it answers 202 (api.md).
DEADLINE_SECONDS = 5.0


class Expectation(Protocol):
    async def answer(self, *, deadline_seconds: float = DEADLINE_SECONDS) -> Answer:
        """Wait for the outcome; Pending when the deadline passes first."""


class RoutingCommands(Protocol):
    async def send(
        self,
        command: RoutingCommand,
        *,
        tenant: str,
        pool: str,
        origin: Origin,
        correlation_id: str,
        deadline_seconds: float = DEADLINE_SECONDS,
    ) -> Answer:
        """Put the command into the pool's log and wait for what becomes of it.

        An event that answers it is applied to its contact first, so that what was accepted is usable at once.
        Raises BrokerUnavailable where the broker did not take the command.
        """

    def expect(self, command_id: str, *, awaited: frozenset[str]) -> AbstractAsyncContextManager[Expectation]:
        """Listen for the outcome of a command that the caller publishes itself, inside the block."""


class ContactViews(Protocol):
    """Contacts as an agent's desktop shows them, ready for JSON."""

    async def held_by(self, tenant: str, agent_id: str) -> Sequence[JsonObject]:
        """Return the contacts that the agent talks in or wraps up, each with its `id`."""


class Transcripts(Protocol):
    async def read(self, tenant: str, contact_id: str, *, after: int = 0, limit: int = 200) -> Sequence[Line]:
        """Return lines numbered above `after`, in order. Raises StoreUnavailable."""


class PoolUnavailable(Exception):
    """Routing could not be asked for the pool's state."""


class PoolUnknown(Exception):
    """Routing knows no such pool: nothing has happened in it yet."""


class Snapshots(Protocol):
    async def of_pool(self, tenant: str, pool: str) -> PoolSnapshot:
        """Ask routing for a pool as it is now. Raises PoolUnavailable, PoolUnknown."""


#: Tells the customer's side that an agent types: (tenant, contact_id, author, typing).
SendTyping = Callable[[str, str, str, bool], Awaitable[None]]
