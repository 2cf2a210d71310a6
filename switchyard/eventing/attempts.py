"""One attempt at one message: decode it, call its handler, and turn whatever happens into an outcome."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import structlog
from google.protobuf.message import DecodeError
from google.protobuf.message import Message as ProtobufMessage

from switchyard.eventing.aggregates import StoreUnavailable
from switchyard.eventing.envelope import Received
from switchyard.eventing.outcomes import Outcome, Poison, Retry
from switchyard.eventing.patience import Patience
from switchyard.eventing.ports import BrokerUnavailable, Handler

log = structlog.get_logger(__name__)

#: Entered around every call of a handler: opens the span and binds the context of its log lines.
Around = Callable[[Received], AbstractContextManager[object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """Attempts before a message that fails counts as poisoned, and the seconds between them, doubling.

    A handler that asks for a retry chooses its own pause, and may ask more often: what it waits for may take long.
    """

    most_failures: int = 6
    most_retries: int = 100
    first_pause: float = 0.5
    longest_pause: float = 30.0

    def after_failure(self, attempt: int, reason: str) -> Outcome:
        """Judge the attempt of this number, from 1 on, that raised."""
        if attempt >= self.most_failures:
            return Poison(reason=f"failed {attempt} times: {reason}")
        return Retry(after_seconds=min(self.longest_pause, self.first_pause * 2 ** (attempt - 1)), reason=reason)

    def after_retry(self, attempt: int, asked: Retry) -> Outcome:
        """Judge the attempt of this number whose handler asked for another."""
        if attempt >= self.most_retries:
            return Poison(reason=f"asked for another attempt {attempt} times: {asked.reason}")
        return asked


def no_context(_received: Received) -> AbstractContextManager[object]:
    return nullcontext()


@dataclass(frozen=True, slots=True)
class _Failed:
    """The handler raised."""

    reason: str


class Attempts:
    """Knows every handler of a group."""

    def __init__(
        self,
        handlers: Mapping[type[ProtobufMessage], Handler],
        *,
        policy: RetryPolicy,
        around: Around,
        patience: Patience,
    ) -> None:
        self._handlers = {kind.DESCRIPTOR.full_name: (kind.FromString, handler) for kind, handler in handlers.items()}
        self._policy = policy
        self._around = around
        self._patience = patience

    def knows(self, type_name: str) -> bool:
        return type_name in self._handlers

    async def attempt(self, received: Received, number: int) -> Outcome:
        """Attempt a message of a known type for the `number`th time.

        Waits while the store or the broker is away: that is no fault of the message, and others would fare no better.
        Raises Interrupted.
        """
        decode, handler = self._handlers[received.message.envelope.type]
        try:
            decoded = decode(received.message.data)
        except DecodeError as error:
            return Poison(reason=f"undecodable: {error}")
        try:
            outcome = await self._call(handler, received, decoded)
        except (StoreUnavailable, BrokerUnavailable):
            outcome = await self._patience.insist(lambda: self._call(handler, received, decoded))
        if isinstance(outcome, _Failed):
            return self._policy.after_failure(number, outcome.reason)
        return self._policy.after_retry(number, outcome) if isinstance(outcome, Retry) else outcome

    async def _call(self, handler: Handler, received: Received, decoded: ProtobufMessage) -> "Outcome | _Failed":
        try:
            with self._around(received):
                return await handler(received, decoded)
        except (StoreUnavailable, BrokerUnavailable):
            raise
        except Exception as error:
            log.exception("handler-failed", message=received.message.envelope.id)
            return _Failed(f"{type(error).__name__}: {error}")
