"""How the floor's commands come into the log: sent until the broker says that it has them, so now and then twice."""

import asyncio
import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from google.protobuf.message import Message as ProtobufMessage

from switchyard.eventing.cloudevents import to_headers
from switchyard.eventing.drafting import command
from switchyard.eventing.ports import BrokerUnavailable
from switchyard.internal.routing.v1 import commands_pb2 as c
from tests.unit.routing_under_faults.command_log import BROKER
from tests.unit.routing_under_faults.group import TOPIC, CommandTopic
from tests.unit.routing_under_faults.house import POOLS, TENANT
from tests.unit.routing_under_faults.processes import Process


@dataclass
class Sender:
    """`to_do` counts acts put off and commands not taken yet; `accepts` says when the log had an acceptance first."""

    pick: random.Random
    process: Process
    topic: CommandTopic
    to_do: int = 0
    accepts: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._numbers = itertools.count(1)

    def later(self, seconds: float, act: Callable[..., object], *about: object) -> None:
        """Do something after a while."""
        self.to_do += 1

        def due() -> None:
            self.to_do -= 1
            act(*about)

        asyncio.get_running_loop().call_later(seconds, due)

    def send(self, pool: str, message: ProtobufMessage) -> str:
        """Have a command sent; gives its id."""
        self.to_do += 1
        number = next(self._numbers)
        id_ = f"cmd_{pool}.{number}"
        sent = command(
            message,
            id=id_,
            topic=TOPIC,
            key=f"{TENANT}/{pool}",
            source=f"/{TENANT}/floor",
            subject="floor",
            tenant=TENANT,
            time=datetime.fromtimestamp(self.process.clock() / 1000, UTC),
            correlation_id="",
            causation_id="",
        )
        traced = replace(sent.envelope, traceparent=f"00-{number:032x}-{1:016x}-01")

        def append() -> None:
            if isinstance(message, c.AcceptOffer):
                self.accepts.setdefault(f"{message.offer_id} {message.agent_id}", self.process.clock())
            self.topic.append(POOLS[pool][0], sent.key.encode(), sent.data, to_headers(traced))

        self.process.start(self._until_taken(append))
        return id_

    def garbage(self, pool: str) -> None:
        self.topic.append(POOLS[pool][0], f"{TENANT}/{pool}".encode(), b"\xff\xff", [])

    async def _until_taken(self, append: Callable[[], None]) -> None:
        while True:
            try:
                await self.process.call("command", BROKER, append, error=BrokerUnavailable)
            except BrokerUnavailable:
                await self.process.sleep(self.pick.uniform(0.05, 1))
            else:
                self.to_do -= 1
                return
