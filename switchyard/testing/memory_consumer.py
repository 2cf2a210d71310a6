"""A consumer group on a broker in memory, by the same rules as on Kafka."""

import asyncio

from prometheus_client import CollectorRegistry

from switchyard.eventing.attempts import RetryPolicy
from switchyard.eventing.clock import Clock, utc_now
from switchyard.eventing.dispatch import Dispatcher, DispatchLimits
from switchyard.eventing.parking import ParkedSubjects
from switchyard.eventing.ports import Subscription
from switchyard.testing.memory_bus import InMemoryBus
from switchyard.testing.memory_parked import InMemoryParkedSubjects


class InMemoryConsumer:
    """`deliver` what is new, once; or `run` it like the consumer on Kafka. Offsets are kept on the instance."""

    def __init__(
        self,
        bus: InMemoryBus,
        subscription: Subscription,
        *,
        parked: ParkedSubjects | None = None,
        offsets: dict[str, int] | None = None,
        clock: Clock = utc_now,
        policy: RetryPolicy | None = None,
        limits: DispatchLimits | None = None,
    ) -> None:
        self._bus = bus
        self._topics = subscription.topics
        self._offsets = {} if offsets is None else offsets
        self.dispatcher = Dispatcher(
            subscription,
            parked=parked or InMemoryParkedSubjects(),
            dead_letters=bus,
            registry=CollectorRegistry(),
            clock=clock,
            policy=policy,
            limits=limits,
        )

    async def deliver(self) -> None:
        """Handle everything published since the last time, then what is due for a retry.

        Raises PoisonLimitReached.
        """
        for topic in self._topics:
            new = self._bus.records(topic)[self._offsets.get(topic, 0) :]
            await self.dispatcher.dispatch(new)
            self._offsets[topic] = self._offsets.get(topic, 0) + len(new)
        await self.dispatcher.replay_due()

    async def run(self, stop: asyncio.Event) -> None:
        await self.dispatcher.reload({(topic, 0) for topic in self._topics})
        while not stop.is_set():
            await self.deliver()
            await self.dispatcher.free_released()
            await asyncio.sleep(0.005)
