"""A service as a process of its own on a real broker and database, as `make run` starts it."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from google.protobuf.message import Message as ProtobufMessage

from switchyard.eventing.cloudevents import from_headers
from switchyard.eventing.drafting import draft
from switchyard.eventing.envelope import Envelope, Message, numbered
from switchyard.kafka.publisher import KafkaPublisher
from switchyard.kafka.topics import create_topics, load_topics
from switchyard.service.identity import HEADER, Principal, sign_internal
from switchyard.stack.ports import free_port
from switchyard.testing.processes import Broker, RunningDatabase, kafka_settings
from switchyard.testing.reading import read_topic

SECRET = "a secret for integration tests only"
_START_SECONDS = 60.0
_STOP_SECONDS = 15.0


def token(tenant: str, *roles: str) -> dict[str, str]:
    principal = Principal(tenant=tenant, subject="ann", roles=frozenset(roles or {"admin"}), credential_id="crd_test")
    return {HEADER: sign_internal(principal, SECRET, datetime.now(UTC))}


@dataclass(frozen=True, slots=True)
class ServiceProcess:
    """`base_url` is where it serves."""

    broker: Broker
    base_url: str
    log: Path

    async def publish(self, message: ProtobufMessage, *, tenant: str, contact_id: str, sequence: int = 1) -> None:
        """Publish an event of the gateway about a contact, as its outbox would; twice if called twice."""
        event = numbered(
            draft(
                message,
                topic="contact-events-v1",
                key=f"{tenant}/{contact_id}",
                subject=f"{tenant}/{contact_id}",
                time=datetime.now(UTC),
                correlation_id=contact_id,
                causation_id="",
            ),
            tenant=tenant,
            source=f"/{tenant}/gateway/contacts/{contact_id}",
            sequence=sequence,
        )
        await self._send([event])

    async def get(self, path: str, tenant: str, **query: str) -> httpx.Response:
        async with httpx.AsyncClient(base_url=self.base_url, trust_env=False) as client:
            return await client.get(path, params=query, headers=token(tenant))

    async def items(self, path: str, tenant: str, **query: str) -> list[dict[str, Any]]:
        answer = await self.get(path, tenant, **query)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["items"]
        return found

    async def announced(self, topic: str, tenant: str) -> list[tuple[Envelope, bytes]]:
        """Return what a topic holds of a tenant by now; the topic must hold something."""
        records = await read_topic(kafka_settings(self.broker), topic, 1)
        found = [(from_headers(record.headers), record.value or b"") for record in records]
        return [(envelope, data) for envelope, data in found if envelope.tenant == tenant]

    async def _send(self, messages: Sequence[Message]) -> None:
        publisher = KafkaPublisher(kafka_settings(self.broker))
        await publisher.start()
        try:
            await publisher.publish(messages)
        finally:
            await publisher.stop()


@contextmanager
def running_service(
    name: str, broker: Broker, database: RunningDatabase, folder: Path, **settings: str
) -> Iterator[ServiceProcess]:
    """Start a service with a database of its own, and end it as a supervisor would."""
    asyncio.run(create_topics(broker.bootstrap, load_topics()))
    port, log = free_port(), folder / f"{name}.log"
    environment = {
        "KAFKA_BOOTSTRAP": broker.bootstrap,
        "KAFKA_EMBEDDED": str(broker.embedded).lower(),
        "MONGODB_URI": database.uri,
        "MONGODB_DATABASE": f"it_{name}_{port}",
        "HTTP_PORT": str(port),
        "INTERNAL_SECRET": SECRET,
        "PARENT_PID": str(os.getpid()),
        **settings,
    }
    prefixed = {f"SWITCHYARD_{key}": value for key, value in environment.items()}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", f"services.{name}"], env=os.environ | prefixed, stdout=output, stderr=output
        )
    try:
        _wait_until_ready(process, f"http://127.0.0.1:{port}", log)
        yield ServiceProcess(broker, f"http://127.0.0.1:{port}", log)
        process.terminate()
        assert process.wait(_STOP_SECONDS) == 0, log.read_text()[-4000:]
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def _wait_until_ready(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    end = time.monotonic() + _START_SECONDS
    while True:
        assert process.poll() is None, log.read_text()[-4000:]
        try:
            if httpx.get(f"{url}/readyz", trust_env=False).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        assert time.monotonic() < end, log.read_text()[-4000:]
        time.sleep(0.05)
