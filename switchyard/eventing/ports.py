"""What the eventing rules need of a broker, and what a service gives to be run on one."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from google.protobuf.message import Message as ProtobufMessage

from switchyard.eventing.envelope import Message, Received
from switchyard.eventing.outcomes import Outcome

#: Maps a received message and its decoded protobuf to an outcome. `Any`: each handler names its own message.
Handler = Callable[[Received, Any], Awaitable[Outcome]]


class BrokerUnavailable(Exception):
    """The broker did not take the message in time; nothing is known of its fate, sending again is harmless."""


class Publisher(Protocol):
    async def publish(self, messages: Sequence[Message]) -> None:
        """Return once the broker holds every message durably, in the given order per key.

        Raises BrokerUnavailable.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """What one consumer group of a service reads, and the handler of each message type.

    A type without a handler is skipped and counted.
    """

    group: str
    topics: tuple[str, ...]
    handlers: Mapping[type[ProtobufMessage], Handler]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tail:
    """What every replica reads whole, without a group: from the beginning (settings) or from now on (live)."""

    topics: tuple[str, ...]
    handlers: Mapping[type[ProtobufMessage], Handler]
    from_beginning: bool = False
