"""A routing process and everything around it: commands in by Kafka, events out, the database looked at."""

import asyncio
import itertools
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from aiokafka import AIOKafkaConsumer
from google.protobuf.message import Message as ProtobufMessage

from services.routing.adapters.command_log import TOPIC
from services.routing.adapters.wire_events import AGENT_TOPIC, CONTACT_TOPIC, OUTCOME_TOPIC
from switchyard.eventing.cloudevents import from_headers
from switchyard.eventing.drafting import command
from switchyard.events.routing.v1 import agent_events_pb2, contact_routing_events_pb2
from switchyard.internal.routing.v1 import commands_pb2 as c
from switchyard.internal.routing.v1 import outcomes_pb2
from switchyard.kafka.metadata import layout_of
from switchyard.kafka.publisher import KafkaPublisher
from switchyard.kafka.settings import KafkaSettings
from switchyard.service.identity import HEADER, Principal, sign_internal
from switchyard.testing.polling import until
from tests.integration.routing.heard import Heard, Seen

ROOT = Path(__file__).resolve().parents[3]
SECRET = "for-tests-only-for-tests-only-for-tests"
_TYPES: dict[str, type[ProtobufMessage]] = {
    message.DESCRIPTOR.full_name: message
    for module in (contact_routing_events_pb2, agent_events_pb2, outcomes_pb2)
    for message in vars(module).values()
    if isinstance(message, type) and issubclass(message, ProtobufMessage)
}


class RoutingProcess:
    """`python -m services.routing`, which a test may kill."""

    def __init__(
        self,
        settings: KafkaSettings,
        mongodb_uri: str,
        database: str,
        port: int,
        log: Path,
        *,
        instance: str = "",
        module: str = "services.routing",
    ) -> None:
        self._module = module
        self.url = f"http://127.0.0.1:{port}"
        self._log = log
        self._environment = {
            **os.environ,
            "SWITCHYARD_KAFKA_BOOTSTRAP": settings.bootstrap,
            "SWITCHYARD_KAFKA_EMBEDDED": str(settings.embedded).lower(),
            "SWITCHYARD_MONGODB_URI": mongodb_uri,
            "SWITCHYARD_MONGODB_DATABASE": database,
            "SWITCHYARD_HTTP_PORT": str(port),
            "SWITCHYARD_INTERNAL_SECRET": SECRET,
            "SWITCHYARD_INSTANCE": instance or database,
            "SWITCHYARD_PARENT_PID": str(os.getpid()),
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, **environment: str) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", self._module],
                cwd=ROOT,
                env={**self._environment, **environment},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def code(self) -> int | None:
        return None if self._process is None else self._process.poll()

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Signal the process and wait for its end; gives its code."""
        assert self._process is not None
        if self.alive:
            self._process.send_signal(how)
        return self._process.wait(20)

    def hold(self) -> None:
        """Stop the process where it stands, as a machine that hangs does."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let a held process go on; harmless to one that is not held."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def log(self) -> str:
        return self._log.read_text(errors="replace")

    async def ready(self) -> None:
        async with httpx.AsyncClient() as client:

            async def answers() -> bool:
                assert self.alive, self.log()[-4000:]
                try:
                    return (await client.get(f"{self.url}/readyz")).status_code == httpx.codes.OK
                except httpx.HTTPError:
                    return False

            await until(answers, what="routing is ready", seconds=40)


@dataclass
class Desk:
    """Sends commands to one pool of one tenant, and collects what routing says of it."""

    settings: KafkaSettings
    tenant: str
    pool: str = "front"
    heard: Heard = field(default_factory=Heard)

    def __post_init__(self) -> None:
        self._publisher = KafkaPublisher(self.settings)
        self._numbers = itertools.count(1)

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Desk"]:
        reading = asyncio.create_task(self._read())
        try:
            yield self
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
            await self._publisher.stop()

    async def send(self, *messages: ProtobufMessage, ids: Sequence[str] = ()) -> list[str]:
        """Put commands into the log; gives their ids."""
        ids = ids or [f"cmd_{self.pool}.{self.tenant}{next(self._numbers)}" for _ in messages]
        await self._publisher.publish(
            [
                command(
                    message,
                    id=id_,
                    topic=TOPIC,
                    key=f"{self.tenant}/{self.pool}",
                    source=f"/{self.tenant}/test",
                    subject=getattr(message, "contact_id", "") or "test",
                    tenant=self.tenant,
                    time=datetime.now(UTC),
                    correlation_id=getattr(message, "contact_id", ""),
                    causation_id="",
                )
                for id_, message in zip(ids, messages, strict=True)
            ]
        )
        return list(ids)

    async def send_raw(self, value: bytes, headers: list[tuple[str, bytes]] | None = None) -> None:
        await self._publisher.publish_raw([(TOPIC, f"{self.tenant}/{self.pool}".encode(), value, headers or [])])

    async def open_queue(self, queue_id: str = "billing", *, wrap_up: float = 60, ring: float = 60) -> None:
        version = next(self._numbers)
        rules = c.ConfigureQueue(queue_id=queue_id, ring_seconds=ring, wrap_up_seconds=wrap_up, version=version)
        await self.send(rules)

    async def sign_in(self, *agents: str, queue_id: str = "billing", chats: int = 3) -> None:
        for agent in agents:
            capacity = [c.ChannelCapacity(channel="chat", units=30, most=chats)]
            await self.send(
                c.ConfigureAgent(
                    agent_id=agent, queue_ids=[queue_id], capacity_units=100, channels=capacity, version=1
                ),
                c.SetAgentState(agent_id=agent, state="available"),
            )

    def enqueue(self, contact_id: str, queue_id: str = "billing") -> c.EnqueueContact:
        message = c.EnqueueContact(contact_id=contact_id, entry=1, queue_id=queue_id, channel="chat")
        message.queued_at.GetCurrentTime()
        return message

    def ping(self) -> c.EndContact:
        """Make a command that changes nothing for anybody: the end of a contact that never was."""
        return c.EndContact(contact_id=f"nobody{next(self._numbers)}", ended_by="system")

    def of(self, name: str, **fields: str) -> list[Seen]:
        """Pick messages by their type and by fields of theirs, or of their entry."""
        return self.heard.of(name, **fields)

    async def first(self, name: str, *, seconds: float = 60, **fields: str) -> Any:
        """Wait for a message, and give what it says."""
        await until(lambda: bool(self.of(name, **fields)), what=f"{name} {fields}", seconds=seconds)
        return self.of(name, **fields)[0].message

    async def answer(self, command_id: str) -> Seen:
        """Wait for the first thing that a command caused; what it did to agents comes on another topic."""

        def caused() -> list[Seen]:
            return [each for each in self.heard.caused_by(command_id) if each.name != "AgentStateChanged"]

        await until(lambda: bool(caused()), what=f"an answer to {command_id}", seconds=60)
        return caused()[0]

    def headers(self) -> dict[str, str]:
        principal = Principal(tenant=self.tenant, subject="test", roles=frozenset({"admin"}), credential_id="test")
        return {HEADER: sign_internal(principal, SECRET, datetime.now(UTC))}

    async def _read(self) -> None:
        consumer = AIOKafkaConsumer(**self.settings.consumer())
        await consumer.start()
        try:
            consumer.assign((await layout_of(self.settings, [CONTACT_TOPIC, AGENT_TOPIC, OUTCOME_TOPIC])).partitions)
            await consumer.seek_to_beginning()
            while True:
                for records in (await consumer.getmany(timeout_ms=100)).values():
                    for record in records:
                        envelope = from_headers(record.headers)
                        if envelope.tenant == self.tenant:
                            message = _TYPES[envelope.type].FromString(record.value)
                            self.heard.take(Seen(envelope, message, time.monotonic()))
        finally:
            await consumer.stop()
