"""A local stack in the background: `switchyard up` as a child with free ports, for tests and benches."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from cli import endpoints
from switchyard.stack.child import StackError

_START_SECONDS = 120.0
_STOP_SECONDS = 60.0


class BackgroundStack:
    """Use it as a context manager; inside, `endpoints` is what endpoints.json says.

    `arguments` go to `switchyard up`, such as --broker kafka or --restart.
    """

    def __init__(self, folder: Path, arguments: Sequence[str] = (), environment: dict[str, str] | None = None) -> None:
        self.folder = folder
        self.output = folder / "up.log"
        self._arguments = arguments
        self._environment = environment or {}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def endpoints(self) -> dict[str, Any]:
        return endpoints.read(self.folder)

    @property
    def pid(self) -> int:
        """Return the process id of `switchyard up` itself. Raises StackError where it is not running."""
        if self._process is None:
            raise StackError("the stack is not running")
        return self._process.pid

    @property
    def processes(self) -> dict[str, int]:
        """Return the children's process ids by name, to kill or pause one."""
        return endpoints.read_processes(self.folder)

    def start(self) -> None:
        """Return when the stack is up and its tenant applied. Raises StackError with what it said."""
        self.folder.mkdir(parents=True, exist_ok=True)
        ready = self.folder / endpoints.FILE
        ready.unlink(missing_ok=True)
        command = [sys.executable, "-m", "cli", "up", "--ports", "free", "--dir", str(self.folder), *self._arguments]
        with self.output.open("ab") as output:
            self._process = subprocess.Popen(
                command,
                cwd=Path(__file__).resolve().parents[1],
                env={**os.environ, "SWITCHYARD_PARENT_PID": str(os.getpid()), **self._environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        until = time.monotonic() + _START_SECONDS
        while not ready.exists():
            if self._process.poll() is not None or time.monotonic() > until:
                self.kill()
                raise StackError(f"the stack did not start:\n{self.output.read_text()[-4000:]}")
            time.sleep(0.1)

    def exit_code(self) -> int | None:
        """Return how it ended; None while it runs."""
        return self._process.poll() if self._process is not None else None

    def stop(self) -> int:
        """End it as Ctrl-C would; return its exit code."""
        if self._process is None:
            return 0
        self._process.send_signal(signal.SIGINT)
        try:
            return self._process.wait(_STOP_SECONDS)
        finally:
            self.kill()

    def kill(self) -> None:
        """Kill it without warning; the kernel takes its children down with it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
