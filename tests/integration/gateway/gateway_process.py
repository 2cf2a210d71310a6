"""The gateway as a process of its own, which may be killed and started again."""

import asyncio
import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from pathlib import Path
from types import MappingProxyType

import httpx
from joserfc.jwk import OctKey

from switchyard.kafka.topic_files import TOPICS
from switchyard.kafka.topics import create_topics, load_topics
from switchyard.stack.ports import free_port
from switchyard.testing.processes import Broker, RunningDatabase

ISSUER = "https://issuer.test"
KEY = OctKey.import_key("a-key-for-the-tests-of-the-gateway")


NOTHING_CHANGED: Mapping[str, str] = MappingProxyType({})


class GatewayProcess:
    """`python -m services.gateway` on free ports; may be killed and started again."""

    def __init__(
        self,
        *,
        broker: Broker,
        mongodb_uri: str,
        database: str,
        port: int,
        inside: str,
        log: Path,
        settings: Mapping[str, str] = NOTHING_CHANGED,
    ) -> None:
        jwks = {"keys": [KEY.as_dict() | {"alg": "HS256"}]}
        issuers = {ISSUER: {"jwks": jwks, "audience": "switchyard", "algorithms": ["HS256"]}}
        self.url = f"http://127.0.0.1:{port}"
        self.log = log
        self._process: subprocess.Popen[bytes] | None = None
        self._environment = {
            **os.environ,
            "SWITCHYARD_KAFKA_BOOTSTRAP": broker.bootstrap,
            "SWITCHYARD_KAFKA_EMBEDDED": str(broker.embedded).lower(),
            "SWITCHYARD_MONGODB_URI": mongodb_uri,
            "SWITCHYARD_MONGODB_DATABASE": database,
            "SWITCHYARD_HTTP_PORT": str(port),
            "SWITCHYARD_SMTP_PORT": "0",
            "SWITCHYARD_JWT_ISSUERS": json.dumps(issuers),
            "SWITCHYARD_CHAT_GRACE_SECONDS": "1.5",
            "SWITCHYARD_NOTIFY_URL": inside,
            "SWITCHYARD_ROUTING_URL": inside,
            # The scripted routing answers when the test says so, which may be never.
            "SWITCHYARD_POOL_BEHIND_SECONDS": "3600",
            **settings,
        }

    def said(self) -> str:
        """What the process has logged so far."""
        return self.log.read_text()

    def start(self, until_path: str = "/readyz") -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "services.gateway"], env=self._environment, stdout=log, stderr=log
            )
        until = time.monotonic() + 120
        while time.monotonic() < until:
            if self._process.poll() is not None:
                raise AssertionError(self.log.read_text()[-4000:])
            try:
                if httpx.get(self.url + until_path).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.05)
        raise AssertionError(self.log.read_text()[-4000:])

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self) -> int:
        assert self._process is not None
        self._process.terminate()
        return self._process.wait(timeout=15)


@contextmanager
def running_gateway(
    broker: Broker,
    database: RunningDatabase,
    inside: ThreadingHTTPServer,
    folder: Path,
    settings: Mapping[str, str] = NOTHING_CHANGED,
) -> Iterator[GatewayProcess]:
    """A gateway with a database of its own and every topic; `inside` stands for the services behind it."""
    asyncio.run(create_topics(broker.bootstrap, load_topics(TOPICS)))
    process = GatewayProcess(
        broker=broker,
        mongodb_uri=database.uri,
        database=f"gateway_{uuid.uuid4().hex[:12]}",
        port=free_port(),
        inside=f"http://127.0.0.1:{inside.server_port}",
        log=folder / "gateway.log",
        settings=settings,
    )
    process.start()
    try:
        yield process
    finally:
        process.stop()
