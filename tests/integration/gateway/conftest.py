"""One gateway process for the tests of a module, and a tenant of its own for each test."""

import json
from collections.abc import AsyncIterator, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import ClassVar

import pytest
import pytest_asyncio

from switchyard.testing.processes import Broker, RunningDatabase
from tests.integration.gateway.gateway_process import GatewayProcess, running_gateway
from tests.integration.gateway.world import World


class _Inside(BaseHTTPRequestHandler):
    """Stands for notify and routing: words for every delivery, and whoever waits as the test says."""

    waiting: ClassVar[dict[str, list[dict[str, object]]]] = {}

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path.startswith("/words/"):
            self._answer({"text": f"How was it? {path.removeprefix('/words/')}"})
        elif path.endswith("/waiting"):
            self._answer({"items": self.waiting.get(path.split("/")[3], [])})
        else:
            self.send_error(404)

    def _answer(self, body: object) -> None:
        content = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Tests print nothing."""


@pytest.fixture(scope="module")
def inside() -> Iterator[ThreadingHTTPServer]:
    """The services behind the gateway; `inside.waiting` by queue is what routing says."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Inside)
    server.waiting = _Inside.waiting  # type: ignore[attr-defined]
    Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def gateway(
    broker: Broker,
    database: RunningDatabase,
    inside: ThreadingHTTPServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[GatewayProcess]:
    """A running gateway."""
    with running_gateway(broker, database, inside, tmp_path_factory.mktemp("gateway")) as process:
        yield process
    assert "attempt-failed" not in process.said()


@pytest_asyncio.fixture
async def world(gateway: GatewayProcess, broker: Broker, unique: str) -> AsyncIterator[World]:
    """A tenant with a queue `support`, reached by chat."""
    async with World(gateway=gateway, broker=broker, tenant=f"t{unique}") as world:
        await world.has_queue("support")
        yield world
