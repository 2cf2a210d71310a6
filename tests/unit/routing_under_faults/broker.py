"""The topics that routing writes, behind a wire: a batch may arrive late, twice, in part, or with its receipt lost."""

from collections.abc import Callable, Sequence

from switchyard.eventing.dead_letters import DeadLetter
from switchyard.eventing.envelope import Message
from switchyard.eventing.ports import BrokerUnavailable
from switchyard.testing.memory_bus import InMemoryBus
from tests.unit.routing_under_faults.command_log import BROKER
from tests.unit.routing_under_faults.processes import Process
from tests.unit.routing_under_faults.virtual_time import immediately


class Topics:
    """What outlives the replicas; `told` sees each message as it becomes known."""

    def __init__(self, told: Callable[[Message], None]) -> None:
        self.bus = InMemoryBus()
        self._told = told

    def publish(self, messages: Sequence[Message]) -> None:
        immediately(self.bus.publish(messages))
        for message in messages:
            self._told(message)

    def bury(self, letter: DeadLetter) -> None:
        immediately(self.bus.send(letter))


class SimulatedPublisher:
    """A replica's producer and its dead letters."""

    def __init__(self, topics: Topics, process: Process) -> None:
        self._topics = topics
        self._process = process

    async def publish(self, messages: Sequence[Message]) -> None:
        first = messages[: (len(messages) + 1) // 2]
        await self._process.call(
            "publish",
            BROKER,
            lambda: self._topics.publish(messages),
            part=lambda: self._topics.publish(first),
            error=BrokerUnavailable,
        )

    async def send(self, letter: DeadLetter) -> None:
        await self._process.call("bury", BROKER, lambda: self._topics.bury(letter), error=BrokerUnavailable)
