"""One child process: started, awaited until it is ready, and never left behind."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

#: Ask the kernel to kill the child when its parent dies, however that dies; then become the program. 1 is
#: PR_SET_PDEATHSIG. Run as a program of its own, because code between fork and exec is unsafe where threads run.
_GUARD = (
    "import ctypes, os, signal, sys; "
    "parent, one_core, linux = int(sys.argv[1]), sys.argv[2] == 'True', sys.platform == 'linux'; "
    "ctypes.CDLL(None).prctl(1, signal.SIGKILL) if linux else None; "
    "cores = sorted(os.sched_getaffinity(0)) if linux else []; "
    "os.sched_setaffinity(0, {cores[parent % len(cores)]}) if one_core and linux else None; "
    "os.getppid() == parent or sys.exit('parent is gone'); os.execvp(sys.argv[3], sys.argv[3:])"
)
_LOG_LINES_SHOWN = 15


class StackError(Exception):
    """A part of the stack could not be started or died; the message says what to do."""


class PortTaken(StackError):
    """Another process listens on the port already."""


class Child:
    """A program that listens on a port; its output goes to a log file.

    `one_core` keeps all its threads on one core (on Linux): a Python program whose many threads fight for its one lock
    from several cores spends more on the fight than on the work.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        log_file: Path,
        environment: Mapping[str, str] | None = None,
        one_core: bool = False,
    ) -> None:
        self.name = name
        self._command = command
        self._log_file = log_file
        self._environment = environment
        self._one_core = one_core
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Raises StackError where it is not running."""
        if self._process is None:
            raise StackError(f"{self.name} is not running")
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it in a session of its own: a Ctrl-C in the terminal must not end it before those who need it."""
        self._log_file.parent.mkdir(parents=True, exist_ok=True)
        with self._log_file.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - the commands are ours
                [sys.executable, "-I", "-S", "-c", _GUARD, str(os.getpid()), str(self._one_core), *self._command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(self._environment or {})},
                start_new_session=True,
            )

    def wait_ready(self, ready: Callable[[], bool], *, timeout: float) -> None:
        """Poll until ready. Raises StackError with the end of the log where it dies or takes too long."""
        until = time.monotonic() + timeout
        while not ready():
            if not self.running:
                raise StackError(f"{self.name} ended by itself:\n{self._log_tail()}")
            if time.monotonic() > until:
                self.kill()
                raise StackError(f"{self.name} was not ready in {timeout:.0f} s:\n{self._log_tail()}")
            time.sleep(0.05)

    def stop(self, *, timeout: float = 10.0) -> None:
        """Ask it to end, then make it."""
        if self._process is None:
            return
        self._signal(signal.SIGCONT)
        self._signal(signal.SIGTERM)
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
        self._process = None

    def kill(self) -> None:
        """End it without warning, as a crash would."""
        if self._process is not None:
            self._signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def pause(self) -> None:
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        if self.running:
            os.killpg(self.pid, number)

    def _log_tail(self) -> str:
        lines = self._log_file.read_text(errors="replace").splitlines()
        return "\n".join(f"  {line}" for line in lines[-_LOG_LINES_SHOWN:]) or "  (no output)"


def require_free(port: int, wanted_by: str) -> None:
    """Raises PortTaken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise PortTaken(
                f"port {port} is taken: {wanted_by} needs it; end what listens there, or choose another"
            ) from error
