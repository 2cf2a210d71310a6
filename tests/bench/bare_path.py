"""The floor under G1: the same hops without our code, in three processes of a few lines each.

FastAPI takes a request and sends it to Kafka; an engine reads it, inserts one journal document (majority, journalled)
and sends the event; a third process reads that and writes it to a WebSocket.
"""

import asyncio
import json
import multiprocessing
import time
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, Self

import uvicorn
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from fastapi import FastAPI, WebSocket
from motor.motor_asyncio import AsyncIOMotorClient
from pydantic import BaseModel
from websockets.asyncio.client import connect

from switchyard.kafka.settings import KafkaSettings
from switchyard.stack.ports import free_port
from switchyard.testing.kafka_fixtures import make_topic
from tests.bench.door import Door

_START_SECONDS = 30.0


class Freed(BaseModel):
    number: int


def run_door(port: int, kafka: str, commands: str) -> None:
    producer: AIOKafkaProducer

    @asynccontextmanager
    async def life(_app: FastAPI) -> AsyncIterator[None]:
        nonlocal producer
        producer = AIOKafkaProducer(bootstrap_servers=kafka, acks="all")
        await producer.start()
        yield
        await producer.stop()

    app = FastAPI(lifespan=life)

    @app.post("/freed")
    async def freed(body: Freed) -> Freed:
        await producer.send_and_wait(commands, body.model_dump_json().encode())
        return body

    uvicorn.run(app, port=port, log_level="warning", timeout_keep_alive=600)


def run_engine(kafka: str, mongodb: str, commands: str, events: str) -> None:
    asyncio.run(_decide(kafka, mongodb, commands, events))


async def _decide(kafka: str, mongodb: str, commands: str, events: str) -> None:
    consumer = AIOKafkaConsumer(commands, bootstrap_servers=kafka, auto_offset_reset="earliest")
    producer = AIOKafkaProducer(bootstrap_servers=kafka, acks="all")
    await asyncio.gather(consumer.start(), producer.start())
    client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(mongodb, w="majority", journal=True)
    journal = client[f"bare_{uuid.uuid4().hex[:8]}"]["journal"]
    async for record in consumer:
        await journal.insert_one({"_id": record.offset, "events": record.value})
        await producer.send_and_wait(events, record.value)


def run_sockets(port: int, kafka: str, events: str) -> None:
    app = FastAPI()

    @app.websocket("/stream")
    async def stream(socket: WebSocket) -> None:
        consumer = AIOKafkaConsumer(events, bootstrap_servers=kafka)
        await consumer.start()
        await socket.accept()
        async for record in consumer:
            await socket.send_text(record.value.decode())

    uvicorn.run(app, port=port, log_level="warning", timeout_keep_alive=600)


class BarePath:
    """The three processes; use it as an async context manager."""

    def __init__(self, kafka: str, mongodb: str) -> None:
        self._kafka, self._mongodb = kafka, mongodb
        self._door_port, self._socket_port = free_port(), free_port()
        self._children: list[Any] = []
        self._sent = 0

    async def __aenter__(self) -> Self:
        settings = KafkaSettings(bootstrap=self._kafka)
        commands, events = [await make_topic(settings, f"bare-{uuid.uuid4().hex}", partitions=1) for _ in range(2)]
        self._start(run_door, self._door_port, self._kafka, commands)
        self._start(run_engine, self._kafka, self._mongodb, commands, events)
        self._start(run_sockets, self._socket_port, self._kafka, events)
        await asyncio.gather(listening(self._door_port), listening(self._socket_port))
        self._door = Door(f"http://127.0.0.1:{self._door_port}")
        self._stream = await connect(f"ws://127.0.0.1:{self._socket_port}/stream", proxy=None, compression=None)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for child in self._children:
            child.kill()
            child.join()

    async def passages(self, count: int) -> list[float]:
        """Milliseconds from each request to its frame, one after the other."""
        return [await self._passage() for _ in range(count)]

    async def _passage(self) -> float:
        self._sent += 1
        began = time.perf_counter()
        await self._door.post("/freed", {"number": self._sent}, token="none")
        while json.loads(await asyncio.wait_for(self._stream.recv(), _START_SECONDS))["number"] != self._sent:
            pass
        return (time.perf_counter() - began) * 1000

    def _start(self, target: Callable[..., None], *arguments: Any) -> None:
        child = multiprocessing.get_context("spawn").Process(target=target, args=arguments, daemon=True)
        child.start()
        self._children.append(child)


async def listening(port: int) -> None:
    """Wait until somebody listens there. Raises OSError after half a minute."""
    until = time.monotonic() + _START_SECONDS
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            if time.monotonic() > until:
                raise
            await asyncio.sleep(0.05)
        else:
            writer.close()
            return
