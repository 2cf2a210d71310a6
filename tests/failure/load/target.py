"""The stack under test: where it is now, with which tokens, and which of its processes to hurt."""

import asyncio
import json
import os
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cli import keys
from cli.background_stack import BackgroundStack
from switchyard.kafka.settings import KafkaSettings
from switchyard.testing.processes import KAFKA_LIBRARIES


@dataclass(slots=True)
class Target:
    """Apache Kafka, the database and the six services; a service or broker that dies is started again."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    stack: BackgroundStack = field(init=False)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        KAFKA_LIBRARIES.mkdir(parents=True, exist_ok=True)
        # The jars are brought once a checkout rather than once a stack.
        (self.folder / "kafka-libs").symlink_to(KAFKA_LIBRARIES)
        self.stack = BackgroundStack(self.folder, ["--broker", "kafka", "--restart"], self.environment)

    @property
    def endpoints(self) -> Mapping[str, Any]:
        return self.stack.endpoints

    @property
    def api(self) -> str:
        return str(self.endpoints["api"])

    @property
    def tenant(self) -> str:
        return str(self.endpoints["tenant"])

    @property
    def kafka(self) -> KafkaSettings:
        return KafkaSettings(bootstrap=str(self.endpoints["kafka"]), client_id="evidence")

    def token(self, subject: str, *roles: str) -> str:
        made = keys.load_or_make(self.folder)
        return made.token(
            tenant=self.tenant, subject=subject, roles=list(roles), now=datetime.now(UTC), lifetime=timedelta(hours=6)
        )

    def pid(self, name: str) -> int:
        return self.stack.processes[name]

    def signal(self, name: str, number: signal.Signals) -> int:
        """Send a signal to one child; returns its process id."""
        pid = self.pid(name)
        os.kill(pid, number)
        return pid

    async def gone(self, pid: int, seconds: float) -> float:
        """Return how long the process took to go. Raises AssertionError."""
        return await waited(lambda: not _alive(pid), f"process {pid} to end", seconds)

    async def replaced(self, name: str, old: int, seconds: float = 30) -> None:
        """Return when the child runs again under another id. Raises AssertionError."""

        def is_new() -> bool:
            try:
                return self.pid(name) != old
            except json.JSONDecodeError:
                # Caught while it was being written.
                return False

        await waited(is_new, f"{name} to be started again", seconds)


async def waited(condition: Callable[[], bool], what: str, seconds: float) -> float:
    """Poll until the condition holds; return how long that took. Raises AssertionError."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, f"waited {seconds:g} s in vain for {what}"
        await asyncio.sleep(0.02)
    return time.monotonic() - began


def _alive(pid: int) -> bool:
    """A child that ended but was not yet waited for has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def tail(target: Target, names: Sequence[str] = ("gateway", "routing")) -> str:
    """Give the ends of logs, for a failure's message."""
    logs = [target.folder / "log" / f"{name}.log" for name in names]
    return "\n".join(f"== {log.name}\n{log.read_text()[-1500:]}" for log in logs if log.exists())
