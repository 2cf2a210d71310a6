"""The local stack: broker, database and the six services as children, started in order and ended in order."""

import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from cli import backing, draining, endpoints, log_tail
from cli.backing import BackingParts
from cli.environments import environment
from cli.keys import Keys
from cli.ports import SERVICES, Ports
from cli.topics import create
from switchyard.stack.child import Child, StackError

_READY_SECONDS = 60.0
_SERVICE_STOP_SECONDS = 11.0
_WATCH_SECONDS = 0.2
_POLL_SECONDS = 0.1

Say = Callable[[str], None]


class Interrupted(Exception):
    """The user ended the stack while it was starting."""


@dataclass(slots=True, kw_only=True)
class Stack:
    """Children are started from the main thread only: the kernel ends them with the thread that started them."""

    folder: Path
    ports: Ports
    keys: Keys
    parts: BackingParts
    say: Say
    #: Start a service that died again rather than end the stack; for failure tests.
    restart: bool = False
    asked_to_end: threading.Event = field(default_factory=threading.Event)
    _services: dict[str, Child] = field(default_factory=dict)

    def start(self) -> None:
        """Return when every service is ready. Raises StackError, Interrupted."""
        self._start_backing()
        for name in SERVICES:
            self._services[name] = self._service(name)
            self._services[name].start()
        self._tell_processes()
        until = time.monotonic() + _READY_SECONDS
        for child in self._services.values():
            self._await_ready(child, until)

    def _await_ready(self, child: Child, until: float) -> None:
        while not is_ready(self.ports.url(child.name)):
            self._raise_if_interrupted()
            if not child.running:
                raise StackError(f"{child.name} could not start; its log says:\n{self._last_lines(child.name)}")
            if time.monotonic() > until:
                raise StackError(
                    f"{child.name} was not ready in {_READY_SECONDS:.0f} s:\n{self._last_lines(child.name)}"
                )
            time.sleep(_POLL_SECONDS)

    def _start_backing(self) -> None:
        waits = (
            (self.parts.broker, lambda: backing.broker_answers(self.ports)),
            (self.parts.database, lambda: backing.database_answers(self.ports)),
        )
        for child, _ in waits:
            if child is not None:
                child.start()
        for child, answers in waits:
            if child is not None:
                child.wait_ready(self._or_interrupted(answers), timeout=_READY_SECONDS)
        create(self.parts.backing.kafka)

    def _service(self, name: str) -> Child:
        log_file = self.folder / "log" / f"{name}.log"
        log_file.parent.mkdir(parents=True, exist_ok=True)
        if log_file.exists():
            log_file.replace(log_file.with_suffix(".log.1"))
        variables = environment(name, self.ports, self.keys, self.parts.backing)
        return Child(name, [sys.executable, "-m", f"services.{name}"], log_file=log_file, environment=variables)

    def _or_interrupted(self, answers: Callable[[], bool]) -> Callable[[], bool]:
        def check() -> bool:
            self._raise_if_interrupted()
            return answers()

        return check

    def _raise_if_interrupted(self) -> None:
        if self.asked_to_end.is_set():
            raise Interrupted

    def _tell_processes(self) -> None:
        pids = {child.name: child.pid for child in self._children() if child.running}
        endpoints.write_processes(self.folder, pids)

    def _children(self) -> list[Child]:
        own = [child for child in (self.parts.broker, self.parts.database) if child is not None]
        return [*own, *self._services.values()]

    def wait(self) -> None:
        """Return when asked to end. Raises StackError when a child dies."""
        while not self.asked_to_end.wait(_WATCH_SECONDS):
            for child in self._children():
                if not child.running:
                    self._on_death(child)

    def _on_death(self, child: Child) -> None:
        if not self.restart:
            raise StackError(f"{child.name} died; the last lines of its log:\n{self._last_lines(child.name)}")
        self.say(f"{child.name} died and is started again")
        child.start()
        self._tell_processes()

    def _last_lines(self, name: str) -> str:
        return log_tail.tail(self.folder / "log" / f"{name}.log")

    def stop(self) -> None:
        """Close intake, let what is under way be decided and stored, then end all; the broker is last."""
        gateway = self._services.pop("gateway", None)
        if gateway is not None:
            gateway.stop(timeout=_SERVICE_STOP_SECONDS)
            draining.wait_until_read([self.ports.url(name) for name in self._services], say=self.say)
        services = list(self._services.values())
        with ThreadPoolExecutor(max_workers=len(SERVICES)) as pool:
            list(pool.map(lambda child: child.stop(timeout=_SERVICE_STOP_SECONDS), services))
        self.parts.stop()


def is_ready(url: str) -> bool:
    """Ask by the plainest client: this is polled while six processes want the processor to start."""
    connection = HTTPConnection(url.removeprefix("http://"), timeout=2)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
