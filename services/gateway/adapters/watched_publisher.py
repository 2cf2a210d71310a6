"""Every command to routing passes here on its way to the broker, whichever part of the gateway sends it."""

from collections.abc import Sequence

from services.gateway.adapters.routing_wire import COMMANDS_TOPIC
from services.gateway.application.pool_paces import PoolPaces
from switchyard.eventing.envelope import Message
from switchyard.eventing.ports import Publisher


class WatchedPublisher:
    """Notes commands before they are published: their answers may be here before the broker's."""

    def __init__(self, publisher: Publisher, paces: PoolPaces) -> None:
        self._publisher = publisher
        self._paces = paces

    async def publish(self, messages: Sequence[Message]) -> None:
        for message in messages:
            if message.topic == COMMANDS_TOPIC:
                self._paces.sent(message.key, message.envelope.id)
        await self._publisher.publish(messages)
