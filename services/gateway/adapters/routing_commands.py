"""Commands to routing through its log, answered by what comes back on the topics that every replica reads whole."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import structlog

from services.gateway.adapters.door_telemetry import DoorMetrics
from services.gateway.adapters.routing_wire import COMMANDS_TOPIC, CONTACT_EVENTS, routing_event, to_wire
from services.gateway.application.door.answers import Answer, Answered, Pending, Refused
from services.gateway.application.door.command_ids import Origin, command_id
from services.gateway.application.door.commands import AWAITED, RoutingCommand, subject_of
from services.gateway.application.door.ports import DEADLINE_SECONDS
from switchyard.eventing.clock import Clock
from switchyard.eventing.drafting import command as as_message
from switchyard.eventing.envelope import Message, Received
from switchyard.eventing.outcomes import Done, Outcome
from switchyard.eventing.ports import BrokerUnavailable, Publisher
from switchyard.internal.routing.v1 import outcomes_pb2 as outcomes

log = structlog.get_logger(__name__)

#: Stores what an event means for its contact; the consumer group's own handler, so both do the same once.
ApplyEvent = Callable[[Received, Any], Awaitable[Outcome]]

#: The engine repeats a command's outcome for 10 minutes; at 500 commands a second more than this is not kept.
_MOST_OUTCOMES: Final = 50_000
_APPLIED: Final = frozenset(kind.DESCRIPTOR.full_name for kind in CONTACT_EVENTS)


@dataclass(slots=True)
class _Waiting:
    """One request that waits; what it gets is the message itself, applied by the request and not by the reader.

    What the command caused before comes first: its answer may stand on it.
    """

    command_id: str
    awaited: frozenset[str]
    came: asyncio.Future[tuple[Received, Any]]
    apply: ApplyEvent
    before: list[tuple[Received, Any]] = field(default_factory=list)

    def hear(self, received: Received, message: Any) -> None:
        name = message.DESCRIPTOR.name
        if self.came.done():
            return
        if name in self.awaited or name in _OUTCOMES:
            self.came.set_result((received, message))
        else:
            self.before.append((received, message))

    async def answer(self, *, deadline_seconds: float = DEADLINE_SECONDS) -> Answer:
        try:
            async with asyncio.timeout(deadline_seconds):
                received, message = await asyncio.shield(self.came)
        except TimeoutError:
            return Pending(command_id=self.command_id)
        for each in (*self.before, (received, message)):
            if each[1].DESCRIPTOR.full_name in _APPLIED:
                await self._apply(*each)
        return answer_of(received, message)

    async def _apply(self, received: Received, message: Any) -> None:
        """Make the contact usable at once; where that fails the consumer group will, the decision stands anyway."""
        try:
            await self.apply(received, message)
        except Exception as error:  # noqa: BLE001 -- an accepted offer is accepted, whatever our store says now
            log.warning("event not applied early", event_id=received.message.envelope.id, error=type(error).__name__)


@dataclass(slots=True)
class KafkaRoutingCommands:
    """The RoutingCommands port; `hear` is given every message of routing's three topics."""

    publisher: Publisher
    clock: Clock
    apply: ApplyEvent
    metrics: DoorMetrics
    _waiting: dict[str, list[_Waiting]] = field(default_factory=dict)
    _outcomes: OrderedDict[tuple[str, str], Answer] = field(default_factory=OrderedDict)

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
        """Raises BrokerUnavailable."""
        identifier, began = command_id(tenant=tenant, pool=pool, origin=origin), time.perf_counter()
        message = as_message(
            to_wire(command),
            id=identifier,
            topic=COMMANDS_TOPIC,
            key=f"{tenant}/{pool}",
            source=f"/{tenant}/gateway/door",
            subject=subject_of(command),
            tenant=tenant,
            time=self.clock(),
            correlation_id=correlation_id,
            causation_id=identifier,
        )
        async with self.expect(identifier, awaited=AWAITED[type(command)]) as waiting:
            await self._publish(message, deadline_seconds)
            answer = await waiting.answer(deadline_seconds=deadline_seconds)
        self.metrics.command(answer, time.perf_counter() - began)
        if isinstance(answer, Pending):
            self._remember(tenant, identifier, answer)
        return answer

    async def _publish(self, message: Message, deadline_seconds: float) -> None:
        """Raises BrokerUnavailable."""
        try:
            async with asyncio.timeout(deadline_seconds):
                await self.publisher.publish([message])
        except (TimeoutError, BrokerUnavailable) as error:
            self.metrics.command(None, deadline_seconds)
            raise BrokerUnavailable("the broker did not take the command in time") from error

    @asynccontextmanager
    async def expect(self, command_id: str, *, awaited: frozenset[str]) -> AsyncIterator[_Waiting]:
        future: asyncio.Future[tuple[Received, Any]] = asyncio.get_running_loop().create_future()
        waiting = _Waiting(command_id, awaited, future, self.apply)
        self._waiting.setdefault(command_id, []).append(waiting)
        try:
            yield waiting
        finally:
            future.cancel()
            left = self._waiting[command_id]
            left.remove(waiting)
            if not left:
                del self._waiting[command_id]

    async def hear(self, received: Received, message: Any) -> Outcome:
        """Give a message to those who wait for it."""
        envelope = received.message.envelope
        cause = envelope.causation_id
        name = message.DESCRIPTOR.name
        for waiting in self._waiting.get(cause, ()):
            waiting.hear(received, message)
        if (envelope.tenant, cause) in self._outcomes or name in _OUTCOMES:
            self._settle(received, message)
        return Done()

    def outcome(self, tenant: str, command_id: str) -> Answer | None:
        """Tell what became of a command that was pending or refused; None where this replica never heard of it."""
        return self._outcomes.get((tenant, command_id))

    def _settle(self, received: Received, message: Any) -> None:
        envelope = received.message.envelope
        if not isinstance(self._outcomes.get((envelope.tenant, envelope.causation_id)), Answered):
            self._remember(envelope.tenant, envelope.causation_id, answer_of(received, message))

    def _remember(self, tenant: str, command_id: str, answer: Answer) -> None:
        self._outcomes[tenant, command_id] = answer
        self._outcomes.move_to_end((tenant, command_id))
        if len(self._outcomes) > _MOST_OUTCOMES:
            self._outcomes.popitem(last=False)


_OUTCOMES: Final = frozenset({"CommandRefused", "CommandSucceeded"})


def answer_of(received: Received, message: Any) -> Answer:
    """Read what a message says of the command that caused it."""
    cause = received.message.envelope.causation_id
    match message:
        case outcomes.CommandRefused():
            return Refused(command_id=cause, code=message.code, detail=message.detail)
        case outcomes.CommandSucceeded():
            return Answered(command_id=cause)
        case _:
            return Answered(command_id=cause, events=(routing_event(received, message),))
